"""Samples of the schemes that are no rows: Standard Webhooks with its brands, and Emporix."""

from __future__ import annotations

from tests.providers.sample import Sample

__all__ = ["SAMPLES"]

_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

SAMPLES: list[Sample] = [
    *(
        Sample(scheme=name, secret=_SECRET, other_secret=_OTHER)
        for name in ("standard-webhooks", "svix", "lithic")
    ),
    Sample(scheme="emporix", secret="a text of 32 characters and more", other_secret="another text, as long"),
]
