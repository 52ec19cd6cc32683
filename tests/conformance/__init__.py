"""What the Standard Webhooks specification and every known library ask of a verifier."""
