"""The sample of SendGrid."""

from __future__ import annotations

from tests.providers.key_pairs import der_of, p256
from tests.providers.sample import public_key_sample

__all__ = ["SAMPLE"]

SAMPLE = public_key_sample("sendgrid", der_of(p256(0)), der_of(p256(1)), '[{"event": "open"}]\r\n')
