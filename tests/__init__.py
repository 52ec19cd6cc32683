"""The specification of webhook_verify, as tests. README.md says where is what."""
