"""Tests of the client of the Svix API."""
