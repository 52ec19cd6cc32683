"""The payloads of the Svix API: one struct for each schema, API 1.4 and today's in one."""
