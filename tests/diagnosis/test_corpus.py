"""How often the diagnosis names the true cause, over all failures of the corpus."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tests.diagnosis.corpus import corpus
from tests.diagnosis.making import Failure
from webhook_verify import RejectedDelivery
from webhook_verify.diagnosis import Diagnosis, explain


def diagnosed(failure: Failure) -> Diagnosis:
    return explain(failure.verifier, failure.body, failure.headers, url=failure.url, method=failure.method)


DIAGNOSES: list[tuple[Failure, Diagnosis]] = []


def diagnoses() -> list[tuple[Failure, Diagnosis]]:
    if not DIAGNOSES:
        DIAGNOSES.extend((failure, diagnosed(failure)) for failure in corpus())
    return DIAGNOSES
