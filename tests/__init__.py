"""The specification of webhook_verify, as tests. See README.md for the folders."""
