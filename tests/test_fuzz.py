"""A short run of the fuzzer ``python -m tests.fuzz``, which tests two million deliveries.

One seed is fixed, so that a failure is repeated. Another one is new in every run, and the message of a
failure ends with the command that repeats it.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.fuzz import providers
from tests.fuzz.oracle import Hostile
from tests.fuzz.run import BATCH, RECEIVERS, Report, run_batch
from webhook_verify import Delivery, Reason

_BATCHES = 10


def _run(seed: int) -> Report:
    """Several batches as one report, up to the first failure."""
    whole = Report(Counter(), Counter())
    for number in range(_BATCHES):
        batch = run_batch(seed + number)
        whole.verdicts += batch.verdicts
        whole.changes += batch.changes
        if batch.failure:
            whole.failure = batch.failure
            break
    return whole


@pytest.mark.slow
@pytest.mark.parametrize("seed", [pytest.param(1, id="fixed"), pytest.param(None, id="random")])
def test_no_hostile_delivery_breaks_the_law(seed: int | None) -> None:
    report = _run(random.randrange(10**9) if seed is None else seed)

    assert report.failure is None, f"\n{report.failure}"
    assert report.deliveries == _BATCHES * BATCH


def test_the_fuzzer_meets_every_verdict_that_headers_and_bodies_lead_to() -> None:
    """Else it would hold the law where nothing happens."""
    # There is no limit here, always a valid secret, and most of the keys that deliveries name can be had.
    impossible = {Reason.BODY_TOO_LARGE, Reason.NO_SECRET, Reason.KEY_UNAVAILABLE}

    assert set(run_batch(1).verdicts) - impossible == {"verified", *Reason} - impossible


@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param("window", id="old deliveries are accepted"),
        pytest.param("mac", id="every signature is accepted"),
        pytest.param("raise", id="a foreign error escapes"),
        pytest.param("refuse", id="good deliveries are refused"),
        pytest.param("token", id="every token is accepted"),
        pytest.param("path", id="a body that is signed breaks its reader"),
    ],
)
def test_the_fuzzer_finds_a_verifier_that_breaks_the_law(
    mistake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fuzzer that cannot fail proves nothing: here it meets verifiers that are broken on purpose."""
    _break(mistake, monkeypatch)

    failure = run_batch(1).failure

    assert failure is not None
    kinds = {"raise": "ESCAPED", "path": "ESCAPED", "refuse": "REFUSED"}
    assert failure.startswith(kinds.get(mistake, "ACCEPTED"))
    assert "python -m tests.fuzz --seed" in failure


def _break(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if mistake == "window":
        for receiver in RECEIVERS:
            monkeypatch.setattr(receiver.verifier, "_earliest", -(10**9))
            monkeypatch.setattr(receiver.verifier, "_latest", 10**9)
        return
    if mistake == "token":
        # Of one chunk and of several, or the disagreement may be found before the acceptance.
        for name in ("verify", "is_among"):
            monkeypatch.setattr(f"webhook_verify.keys.TokenKey.{name}", lambda _, shown, *__: bool(shown))
        return
    if mistake == "path":
        monkeypatch.setattr("webhook_verify.schemes.header_scheme.strings_at", lambda *_: 1 / 0)
        return
    answer = {"mac": lambda *_: True, "refuse": lambda *_: False, "raise": lambda *_: 1 / 0}[mistake]
    for name in ("HmacKey.verify", "Ed25519VerifyingKey.verify"):
        monkeypatch.setattr(f"webhook_verify.secret.{name}", answer)
    for module in ("oracle", "providers"):
        monkeypatch.setattr(f"tests.fuzz.{module}.streamed", lambda hostile, rng: _at_once(hostile))


def _at_once(hostile: Hostile | providers.Hostile) -> Delivery:
    if isinstance(hostile, Hostile):
        return hostile.genuine.receiver.verifier.verify(hostile.body, hostile.headers)
    sample = hostile.target.sample
    delivery: Delivery = sample.verify(hostile.target.verifier, hostile.body, hostile.headers)
    return delivery
