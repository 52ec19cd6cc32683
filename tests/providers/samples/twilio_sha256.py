"""The sample of Twilio with SHA-256."""

from __future__ import annotations

from dataclasses import replace

from tests.providers.samples import twilio

__all__ = ["SAMPLE"]

SAMPLE = replace(twilio.SAMPLE, scheme="twilio-sha256")
