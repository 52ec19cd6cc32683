"""The page about the diagnosis lists every cause with its advice, and its figures are correct."""

from __future__ import annotations

import re
from pathlib import Path

from tests.diagnosis.corpus.generated.failures import failures
from webhook_verify import Signer, Verifier
from webhook_verify.diagnosis import Confidence, explain
from webhook_verify.diagnosis.model import ADVICE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "receive" / "diagnosis.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def test_the_table_of_causes_is_that_of_the_code() -> None:
    table = PAGE.partition("## List of causes")[2].partition("\n## ")[0]
    assert dict(re.findall(r"^\| `([a-z0-9_]+)` \| (\S.*) \|$", table, re.MULTILINE)) == ADVICE


def test_the_number_of_causes_is_that_of_the_code_and_is_on_the_page_once() -> None:
    """All but ``genuine``, which is not a cause of a rejection. The README states no number."""
    assert re.findall(r"(\d+) causes\b", PAGE) == [str(len(ADVICE) - 1)]
    assert re.findall(r"\b(\d+|forty) causes", README) == []


def test_the_confidences_are_those_of_the_code() -> None:
    table = PAGE.partition("## Confidence levels")[2].partition("## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [
        one.name.lower() for one in sorted(Confidence, reverse=True)
    ]


def test_what_is_printed_is_what_the_page_shows() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = Signer(secret).sign(b'{"type":"invoice.paid"}')
    printed = str(explain(Verifier(secret), b'{"type": "invoice.paid"}', headers))
    assert printed in PAGE.replace("\n", " ")


def test_the_corpus_is_what_the_page_says() -> None:
    found = re.search(r"a corpus of (\d+) failures, which covers all causes", PAGE)
    assert found
    assert len(failures()) >= int(found[1])
    assert {failure.cause for failure in failures()} == set(ADVICE) - {"genuine"}
