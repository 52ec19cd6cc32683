"""A diagnosis in a thread does not block the event loop: no step holds the interpreter's lock for long."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import MalformedDelivery
from webhook_verify.diagnosis import explain
from webhook_verify.schemes.json_size import has_few_values

_MIB = 1_048_576
_MAX_HELD_SECONDS = 0.05  # CPU seconds of the diagnosing thread
_MAX_TOTAL_SECONDS = 0.5  # CPU seconds of a whole request
_TRIES = 5  # of which the quickest counts, for the machine may be busy


def _repeated(unit: str, size: int, before: str = "", after: str = "") -> bytes:
    count = (size - len(before) - len(after)) // len(unit.encode())
    return (before + unit * count + after).encode()


NESTED = "[" * 900 + "1" + "]" * 900 + ","
BODIES: dict[str, Callable[[int], bytes]] = {  # each was over a limit before there was one
    "colons": lambda size: _repeated(":", size),
    "blanks": lambda size: _repeated(" ", size),
    "numbers": lambda size: _repeated("1,", size, "[", "1]"),
    "floats": lambda size: _repeated("1.5,", size, "[", "1]"),
    "nested lists": lambda size: _repeated(NESTED, size, "[", "1]"),
    "keys": lambda size: _repeated('"é":["a","b"],', size, "{", '"b":1}'),
    "decomposed": lambda size: _repeated("\U0001d160", size),
    "characters of no table": lambda size: _repeated("é", size),
    "a form": lambda size: _repeated("a=%41%C3%A9&", size),
}
SCHEMES = ("standard-webhooks", "adyen", "mailgun", "microsoft-graph", "aws-sns", "emporix", "twilio")


@pytest.fixture
def short_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    # A collection takes as long as the process of the tests has objects, whatever the diagnosis does.
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    sys.setswitchinterval(before)


def held_seconds(call: Callable[[], object]) -> tuple[float, float]:
    """The CPU seconds of a thread for which no other could run, the most at once, and all of them."""
    clocks: list[int] = []
    totals: list[float] = []

    def work() -> None:
        clocks.append(time.pthread_getcpuclockid(threading.get_ident()))
        started = time.thread_time()
        call()
        totals.append(time.thread_time() - started)
        may_end.wait()

    may_end = threading.Event()
    thread = threading.Thread(target=work)
    thread.start()
    most, last = 0.0, None
    while not totals:
        if clocks:
            now = time.clock_gettime(clocks[0])
            most = max(most, now - last) if last is not None else most
            last = now
        time.sleep(0.0005)
    may_end.set()
    thread.join()
    return most, totals[0]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("short_switches")
@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="this system has no clock per thread")
@rows("kind", BODIES)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", [_MIB, 131_000])
def test_no_step_holds_the_lock_for_long(scheme: str, kind: str, size: int) -> None:
    sample: Any = SAMPLES[scheme]
    verifier, (_, headers) = sample.verifier(), sample.signed()
    body = BODIES[kind](size)
    most = total = 1.0
    for _ in range(_TRIES):
        held, spent = held_seconds(lambda: explain(verifier, body, headers, url=sample.url, method="POST"))
        most, total = min(most, held), min(total, spent)
        if most < _MAX_HELD_SECONDS and total < _MAX_TOTAL_SECONDS:
            break
    assert most < _MAX_HELD_SECONDS
    assert total < _MAX_TOTAL_SECONDS


@rows("scheme", ["adyen", "mailgun", "microsoft-graph", "aws-sns"])
def test_json_of_too_many_values_is_rejected_before_it_is_parsed(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample: Any = SAMPLES[scheme]
    verifier, (_, headers) = sample.verifier(), sample.signed()
    with monkeypatch.context() as patch:
        patch.setattr("json.loads", lambda *_, **__: pytest.fail("it was parsed"))
        with pytest.raises(MalformedDelivery):
            verifier.verify(BODIES["nested lists"](_MIB), headers)


@rows(
    ("body", "is_cheap"),
    [
        (b"[" + b"1," * 131_060 + b"1]", True),
        (b"[" + b"1," * 131_072 + b"1]", False),
        (b"{}" * 32_768, True),
        (b"[]" * 32_769, False),
        (b"x" * _MIB, True),
    ],
    ids=["numbers", "more numbers", "objects", "more lists", "text"],
)
def test_the_cost_is_counted_alike_of_bytes_and_text(body: bytes, is_cheap: bool) -> None:
    assert has_few_values(body) is has_few_values(body.decode()) is is_cheap
