"""The share of correct causes in the diagnosis of all failures of the corpus.

``python -m tests.diagnosis`` prints the figures of each cause.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from tests.diagnosis.corpus.builder import MAKERS
from tests.diagnosis.corpus.failure import Diagnosed, diagnosed, is_rejected, missed, wrongly_certain
from tests.diagnosis.corpus.generated.failures import failures
from tests.diagnosis.genuine import BODIES, Genuine, genuine, has_own_body, takes
from tests.diagnosis.redaction import leaked
from tests.providers.kinds import REPRESENTATIVES
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify.diagnosis import Confidence, Diagnosis, explain
from webhook_verify.diagnosis.model import ADVICE

# Of these a single failure may be told wrong: they cannot be proved, and some of them leave no sign.
UNPROVABLE = {"body_reserialized"}


@cache
def results() -> tuple[Diagnosed, ...]:
    return diagnosed(failures())


@cache
def results_of_a_fifth() -> tuple[Diagnosed, ...]:
    """Of every fifth failure: of each cause and each provider, some."""
    return diagnosed(failures()[::5])


def share(count: int) -> float:
    """Return the share of failures whose true cause is among the first so many."""
    return 1 - len(missed(results(), count)) / len(results())


def confusion() -> dict[str, Counter[str]]:
    """Return, for each true cause, how often which one was named first."""
    found: dict[str, Counter[str]] = {}
    for failure, names, *_ in results():
        first = failure.cause if names[0] in failure.causes else names[0]
        found.setdefault(failure.cause, Counter())[first] += 1
    return found


def test_the_corpus_is_as_large_and_as_mixed_as_it_must_be() -> None:
    assert len(failures()) >= 900
    assert len({failure.cause for failure in failures()}) >= 38
    assert len({failure.verifier.scheme.name for failure in failures()}) >= 35
    kinds = {failure.made_of.partition(", ")[2] for failure in failures()}
    assert kinds >= set(BODIES)


def test_every_cause_that_can_be_named_is_in_the_corpus() -> None:
    assert {maker.cause for maker in MAKERS} == set(ADVICE) - {"genuine"}


@rows("maker", MAKERS, ids=lambda maker: maker.make.__name__)
def test_every_failure_is_one(maker: object) -> None:
    name = getattr(maker, "make").__name__.replace("_", " ")  # noqa: B009
    of_it = [failure for failure in failures() if failure.how == name]
    assert of_it
    for failure in of_it:
        assert is_rejected(failure)


def test_the_true_cause_of_a_fifth_is_named_first() -> None:
    found = results_of_a_fifth()
    assert len(missed(found, 1)) <= 0.03 * len(found), missed(found, 1)
    assert wrongly_certain(found) == []


@pytest.mark.slow
def test_the_true_cause_is_named_first() -> None:
    assert share(1) >= 0.97, missed(results(), 1)


@pytest.mark.slow
def test_the_true_cause_is_among_the_first_three() -> None:
    assert share(3) >= 0.995, missed(results(), 3)


@pytest.mark.slow
@pytest.mark.parametrize("cause", sorted(set(ADVICE) - {"genuine"}))
def test_no_cause_is_taken_for_another(cause: str) -> None:
    """The confusion, cause by cause: what can be proved is never taken for anything else."""
    found = confusion()[cause]
    least = 0.85 if cause in UNPROVABLE else 1
    assert found[cause] >= least * found.total(), found


@pytest.mark.slow
def test_what_is_certain_is_true() -> None:
    assert wrongly_certain(results()) == []


@pytest.mark.parametrize(
    "of", [results_of_a_fifth, pytest.param(results, marks=pytest.mark.slow)], ids=["a fifth", "all"]
)
def test_nothing_is_said_that_must_not_be(of: Callable[[], tuple[Diagnosed, ...]]) -> None:
    for failure, _, _, text in of():
        assert leaked(text, failure.verifier, failure.body, failure.headers) == [], str(failure)


def _kinds(name: str) -> list[str]:
    """Every kind of body for one provider of each kind, and the first for the others."""
    kinds = [kind for kind in BODIES if takes(name, kind)]
    return kinds if name in REPRESENTATIVES else kinds[:1]


DELIVERIES = [
    pytest.param(name, kind, id=f"{name}, {kind}")
    for name in SAMPLES
    for kind in (["its own"] if has_own_body(name) else _kinds(name))
]


@rows(("name", "kind"), DELIVERIES)
def test_a_genuine_delivery_is_called_genuine(name: str, kind: str) -> None:
    """Of every provider, and with every kind of body of one provider of each kind."""
    delivery = genuine(name, next(iter(BODIES)) if kind == "its own" else kind)
    diagnosis = _of(delivery)
    assert diagnosis.verified
    assert [cause.name for cause in diagnosis.causes] == ["genuine"]
    assert all(check.passed for check in diagnosis.checks)
    assert diagnosis.failed_check is None


@pytest.mark.slow
@rows(("name", "kind"), DELIVERIES)
def test_a_delivery_for_somebody_else_is_never_surely_anything_else(name: str, kind: str) -> None:
    """Another secret, which no sign should be surer than."""
    delivery = genuine(name, next(iter(BODIES)) if kind == "its own" else kind)
    diagnosis = _of(delivery, other=True)
    assert not diagnosis.verified
    assert {cause.name for cause in diagnosis.causes if cause.confidence is Confidence.CERTAIN} <= {
        "wrong_secret_or_forgery"
    }
    assert diagnosis.failed_check is not None


def _of(delivery: Genuine, *, other: bool = False) -> Diagnosis:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verifier = delivery.verifier(delivery.other_secret if other else None)
    return explain(verifier, delivery.body, delivery.headers, url=delivery.url, method=delivery.method)
