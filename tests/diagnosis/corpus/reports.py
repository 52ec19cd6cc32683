"""Failures of users, as `webhook-verify report` writes them, in the folder `reports`.

A report has neither the secret nor the signature nor the values of the body. `problem_of` makes a new secret
of the recorded shape, and a signature for which the recorded cause is true:

- A cause without a proof needs no signature: the report is explained as it is.
- A wrong time is explained with a signature of the new secret.
- A change of the body, the headers or the secret is undone as the recorded evidence describes, the result is
  signed with the new secret, and the report's own body and headers arrive with that signature.

Then the diagnosis must name the recorded cause first, with the recorded evidence. A report whose cause cannot
be reproduced is a problem as well, so no file passes without a check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from webhook_verify import Scheme, Secret, Verifier
from webhook_verify.cli.recording import RecordedRequest
from webhook_verify.diagnosis import Diagnosis, explain
from webhook_verify.diagnosis.variants.body import body_variants
from webhook_verify.diagnosis.variants.header import header_variants
from webhook_verify.diagnosis.variants.secret import key_variants, secret_encoding
from webhook_verify.keys import HmacKey

if TYPE_CHECKING:
    from webhook_verify.key_protocols import SigningKey

__all__ = ["REPORTS", "load", "new_secret", "problem_of"]

REPORTS = sorted((Path(__file__).parent / "reports").glob("*.json"))

_LETTERS = {
    "digits": "0123456789",
    "lower-case hex": "0123456789abcdef",
    "upper-case hex": "0123456789ABCDEF",
    "base64": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "base64url": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
}
_BODY_EVIDENCE = "the body changed after signing: "


def load(path: Path) -> dict[str, Any]:
    """Return the content of a report."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def new_secret(shape: dict[str, Any]) -> str:
    """Return a secret of a recorded shape."""
    letters = _LETTERS.get(shape["alphabet"], "abcdefghijklmnopqrstuvwxyz!")
    rng, size = Random("a secret of the tests"), shape["characters"] - shape["padding"]
    core = "".join(rng.choices(letters, k=size - 1)) + letters[0]  # the last letter of base64 has unused bits
    quote = '"' * shape["quoted"]
    whole = f"{quote}{shape['prefix']}{core}{'=' * shape['padding']}{quote}"
    secret: str = " " * shape["whitespace_before"] + whole + "\n" * shape["whitespace_after"]
    return secret


def problem_of(report: dict[str, Any]) -> str:
    """Return why the diagnosis of a report does not name the recorded cause; "" if it does."""
    recorded = report["diagnosis"]["causes"][0]
    expected: tuple[str, str] = recorded["cause"], recorded["evidence"]
    found = [
        (diagnosis.cause.name, diagnosis.cause.evidence)
        for diagnosis in _diagnoses(report, recorded["cause"], recorded["evidence"])
    ]
    if not found:
        return f"{expected[0]} cannot be reproduced from a report: extend {Path(__file__).name}"
    return "" if expected in found else f"expected {expected}, found {found}"


def _diagnoses(report: dict[str, Any], cause: str, evidence: str) -> Iterator[Diagnosis]:
    request = RecordedRequest.from_dict(report)
    secret = new_secret(report["secrets"][0])
    verifier = Verifier(
        secret,
        scheme=report["scheme"],
        tolerance=report["tolerance"],
        clock=lambda: float(report["verified_at"]),
    )
    key = verifier.scheme.signing_key(Secret(secret))
    failed = next((check["check"] for check in report["diagnosis"]["checks"] if not check["passed"]), "")
    is_proven = report["diagnosis"]["causes"][0]["confidence"] == "certain"
    if failed == "timestamp":
        yield _explain(verifier, _signed(request, verifier.scheme, key, request.body))
    elif not is_proven:
        yield _explain(verifier, request)
    pairs = [(name.lower(), value) for name, value in request.headers]
    for name, words, original in header_variants(verifier.scheme, pairs) if is_proven else ():
        if (name, words) == (cause, evidence):
            yield _explain(verifier, _signed(request, verifier.scheme, key, request.body, original))
    for name, words, body in body_variants(request.body) if is_proven else ():
        if (name, _BODY_EVIDENCE + words) == (cause, evidence):
            yield _explain(verifier, _signed(request, verifier.scheme, key, body))
    for name, words, octets in key_variants(Secret(secret), secret_encoding(verifier.scheme)):
        if is_proven and (name, f"secret-1: {words}") == (cause, evidence):
            yield _explain(verifier, _signed(request, verifier.scheme, HmacKey(octets), request.body))


def _signed(
    request: RecordedRequest,
    scheme: Scheme,
    key: SigningKey,
    body: bytes,
    original: list[tuple[str, str]] | None = None,
) -> RecordedRequest:
    """Return the request with the signature of another body, in place of the text of the same form.

    Args:
        request: The request of the report.
        scheme: Its scheme.
        key: The key to sign with.
        body: The body that the sender signed.
        original: The headers as the sender sent them, by default those of the report.
    """
    pairs = [(name.lower(), value) for name, value in request.headers] if original is None else original
    message_id, timestamp, *_ = scheme.parse_headers(pairs, request.url, request.method)
    signed = scheme.sign(
        body, [key], id=message_id or "msg_1", timestamp=timestamp, url=request.url, method=request.method
    )
    headers = request.headers
    for name, value in pairs:
        if value != signed.get(name, value):
            headers = [(each, text.replace(value, signed[name])) for each, text in headers]
    return RecordedRequest(headers, request.body, request.method, request.url)


def _explain(verifier: Verifier, request: RecordedRequest) -> Diagnosis:
    return explain(verifier, request.body, request.headers, url=request.url, method=request.method)
