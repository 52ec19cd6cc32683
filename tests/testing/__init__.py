"""The specification of :mod:`webhook_verify.testing` and of the fixtures."""
