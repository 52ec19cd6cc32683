"""The holdout: failed deliveries by authors who had not read the rules of the diagnosis. See tests/README.md.

There are six batches: in this folder, in `second/`, in `third/`, in `fourth/`, in `fifth/` and in `sixth/`.
Each `<provider>.json` is a list of objects:

- `title`: the mistake.
- `source`: the address of the report that the delivery reproduces, or `experience`.
- `scheme`: the name of a registered scheme, or the arguments of a `HeaderScheme`.
- `secret`: a text, `{"base64": ...}` for bytes, `{"parts": [...]}` for a text that secret scanners would
  report, `{"text": ..., "label": ..., "expires_at": ..., "not_before": ...}` with Unix seconds, or a list.
- `body`, or `body_base64` for a body that is not UTF-8; `headers`, `url`, `method`; `clock` in Unix seconds.
- `causes`: the causes that are a right first answer, several only where one delivery cannot tell them apart.
  A name with "?" is that of a cause that did not exist when the batch was made; `sentence` describes it.
- `told_apart_by`: what would tell the causes apart.
"""

from __future__ import annotations

import json
import warnings
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from webhook_verify import RejectedDelivery, Secret, Verifier
from webhook_verify.diagnosis import Cause, Confidence, explain
from webhook_verify.schemes import HeaderScheme, Scheme
from webhook_verify.schemes.providers.aws_sns import AmazonSns
from webhook_verify.schemes.providers.google_pubsub import GooglePubSub
from webhook_verify.schemes.providers.paypal import PayPal
from webhook_verify.schemes.providers.plaid import Plaid

__all__ = [
    "FIFTH",
    "FIRST",
    "FOURTH",
    "SECOND",
    "SIXTH",
    "THIRD",
    "Failure",
    "Result",
    "diagnose",
    "is_rejected",
    "load",
]

FIRST = Path(__file__).parent
SECOND = FIRST / "second"
THIRD = FIRST / "third"
FOURTH = FIRST / "fourth"
FIFTH = FIRST / "fifth"
SIXTH = FIRST / "sixth"

_TIMES = {"expires_at", "not_before"}


@dataclass(frozen=True)
class Failure:
    """A failed delivery with its true causes."""

    provider: str
    title: str
    scheme: str | dict[str, Any]
    secret: Any
    body: bytes
    headers: list[tuple[str, str]]
    url: str | None
    method: str
    clock: float
    true_causes: frozenset[str]

    @property
    def name(self) -> str:
        """The provider and the title."""
        return f"{self.provider}: {self.title}"

    @property
    def is_scored(self) -> bool:
        """Whether one of the true causes has a name."""
        return any(not cause.startswith("?") for cause in self.true_causes)

    def verifier(self) -> Verifier:
        """Return the verifier that rejected the delivery, with its clock."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some reported secrets are weak
            return Verifier(_secret(self.secret), scheme=_scheme(self.scheme), clock=lambda: self.clock)


@dataclass(frozen=True)
class Result:
    """The causes that the diagnosis reports for a failure, most likely first."""

    failure: Failure
    causes: tuple[Cause, ...]

    @property
    def is_first(self) -> bool:
        """Whether the first cause is a true one."""
        return self._is_among(1)

    @property
    def is_in_three(self) -> bool:
        """Whether one of the first three causes is a true one."""
        return self._is_among(3)

    @property
    def is_false_certain(self) -> bool:
        """Whether the first cause is wrong and reported as certain."""
        return bool(self.causes) and self.causes[0].confidence is Confidence.CERTAIN and not self.is_first

    def _is_among(self, count: int) -> bool:
        return any(cause.name in self.failure.true_causes for cause in self.causes[:count])


def load(folder: Path = FIRST) -> list[Failure]:
    """Return all failures of a folder, sorted by provider."""
    return [
        _failure(path.stem, item)
        for path in sorted(folder.glob("*.json"))
        for item in json.loads(path.read_text(encoding="utf-8"))
    ]


def is_rejected(failure: Failure) -> bool:
    """Return whether the verifier does not accept the delivery. A missing URL is a TypeError."""
    try:
        failure.verifier().verify(failure.body, failure.headers, url=failure.url, method=failure.method)
    except RejectedDelivery:
        return True
    except TypeError:
        return failure.url is None
    return False


def diagnose(failure: Failure) -> Result:
    """Return the result of the diagnosis."""
    verifier = failure.verifier()
    diagnosis = explain(verifier, failure.body, failure.headers, url=failure.url, method=failure.method)
    return Result(failure, diagnosis.causes)


def _scheme(scheme: str | dict[str, Any]) -> str | Scheme:
    """Return a scheme that does not fetch keys from the internet."""
    if isinstance(scheme, dict):
        return HeaderScheme(**scheme)
    fetching: dict[str, Callable[[], Scheme]] = {
        "aws-sns": lambda: AmazonSns(fetch=_fail),
        "google-pubsub": lambda: GooglePubSub(fetch=_fail),
        "paypal": lambda: PayPal(fetch=_fail),
        "plaid": lambda: Plaid(fetch=_fail),
    }
    return fetching[scheme]() if scheme in fetching else scheme


def _fail(url: str, content: bytes | None) -> NoReturn:
    raise OSError("the holdout is scored offline")


def _failure(provider: str, item: dict[str, Any]) -> Failure:
    return Failure(
        provider=provider,
        title=item["title"],
        scheme=item["scheme"],
        secret=item["secret"],
        body=item["body"].encode() if "body" in item else b64decode(item["body_base64"]),
        headers=[(name, value) for name, value in item["headers"]],
        url=item["url"],
        method=item["method"],
        clock=item["clock"],
        true_causes=frozenset(item["causes"]),
    )


def _secret(value: Any) -> Any:
    if isinstance(value, list):
        return [_secret(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "base64" in value:
        return b64decode(value["base64"])
    if "parts" in value:
        return "".join(value["parts"])
    times = {name: datetime.fromtimestamp(value[name], UTC) for name in value.keys() & _TIMES}
    return Secret(value["text"], label=value["label"], **times)
