"""The stored corpus of coverage-guided fuzzing, without atheris: each input once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.coverage_targets import TARGETS, seeds
from tests.fuzz.oracle import Failure
from tests.rows import rows

CORPUS = Path(__file__).parent / "data" / "fuzz"
KEPT = sorted(file for file in CORPUS.rglob("*") if file.is_file())
SMALL = [file for file in KEPT if file.parent.name != "diagnose"]  # a diagnosis tries all that it can


@rows("file", SMALL, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_kept_input_breaks_no_promise(file: Path) -> None:
    TARGETS[file.parent.name](file.read_bytes())


@pytest.mark.slow
@rows("file", [file for file in KEPT if file not in SMALL], ids=lambda file: file.name)
def test_a_kept_input_can_be_explained(file: Path) -> None:
    TARGETS["diagnose"](file.read_bytes())


@rows("name", ["github", "stripe", "mailgun", "hubspot", "emporix", "discord"])
def test_a_seed_is_a_genuine_delivery(name: str) -> None:
    """Else the fuzzer would stay before the signature."""
    data = seeds()[name]
    TARGETS["verify"](data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.fuzz.providers.Delivery", ())  # nothing is one, so the acceptance is not seen
        with pytest.raises(AttributeError):  # a Delivery has no reason
            TARGETS["verify"](data)


def test_a_forgery_that_is_accepted_is_found() -> None:
    forged = seeds()["stripe"].replace(b"invoice.paid", b"invoice.free")
    TARGETS["verify"](forged)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("webhook_verify.keys.HmacKey.verify", lambda *_: True)
        patch.setattr("webhook_verify.keys._HmacCheck.matches", lambda *_: True)
        with pytest.raises(Failure, match="ACCEPTED"):
            TARGETS["verify"](forged)


def test_the_kept_corpus_is_small_and_of_every_target() -> None:
    assert {file.parent.name for file in KEPT} == set(TARGETS)
    assert sum(file.stat().st_size for file in KEPT) < 131_072
