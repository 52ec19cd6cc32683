"""Payloads of the Svix API: one struct for each schema, for API 1.4 and the current API."""
