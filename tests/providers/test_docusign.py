"""Docusign: the signatures of up to a hundred keys."""

from __future__ import annotations

from tests.providers.samples import SAMPLES


def test_docusign_signs_with_each_key_that_an_account_has() -> None:
    """Docusign counts its keys from 1 to 100, and the receiver may know any one of them."""
    sample = SAMPLES["docusign"]
    body, headers = sample.signed()
    signature = headers["x-docusign-signature-1"]

    for number in (1, 7, 100):
        others = {f"x-docusign-signature-{each}": "A" * 43 + "=" for each in range(1, 101)}
        moved = {**others, f"X-DocuSign-Signature-{number}": signature}
        del moved[f"x-docusign-signature-{number}"]
        assert sample.verifier().verify(body, moved).scheme == "docusign"
