"""The sample of Adyen's signature in a header."""

from __future__ import annotations

from tests.providers.sample import Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="adyen-header",
    secret="44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
    other_secret="DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
)
