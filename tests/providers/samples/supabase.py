"""The sample of Supabase."""

from __future__ import annotations

from tests.providers.sample import OTHER_WHSEC_SECRET, WHSEC_SECRET, Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(scheme="supabase", secret=f"v1,{WHSEC_SECRET}", other_secret=f"v1,{OTHER_WHSEC_SECRET}")
