"""`webhook-verify report`: write a rejected delivery to a file without its secret."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

import click

from webhook_verify import __version__
from webhook_verify.cli import exit_codes, output
from webhook_verify.cli.delivery_input import VerifyCase, delivery_options, verify_cases
from webhook_verify.cli.options import complete_file
from webhook_verify.cli.private_file import write_private_file
from webhook_verify.cli.recording import RecordedRequest
from webhook_verify.cli.report.reduced_body import reduce_body
from webhook_verify.cli.report.reduced_headers import HeaderReport, reduce_headers
from webhook_verify.cli.report.value_shape import PREFIXES, filler, same_shape, secret_shape
from webhook_verify.cli.usage_errors import UsageError, shown_file
from webhook_verify.diagnosis import explain
from webhook_verify.errors import RejectedDelivery
from webhook_verify.verifier import labelled_secrets

__all__ = ["report"]

_VERSION = 1
_MIN_SECRET_CHARS = 4


@click.command(epilog="Exit codes: 0 if the file was written, even for a rejected delivery.")
@click.option(
    "--out",
    metavar="FILE",
    default="webhook-report.json",
    show_default=True,
    shell_complete=complete_file,
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.option("--keep-body", is_flag=True, help="Keep the body instead of its shape.")
@click.option("--keep-signatures", is_flag=True, help="Keep the signatures instead of their shape.")
@delivery_options
@click.pass_context
def report(context: click.Context, /, as_json: bool, **options: Any) -> None:
    """Write a rejected delivery to a file without its secret, to send it to a maintainer.

    The file contains the scheme, the names of the headers, the shape of body and signatures, the versions and
    the diagnosis. Read the file before you send it.

    \b
    webhook-verify report --secret-file s.txt --headers @h.txt --body @b.json
    webhook-verify report --from recorded.jsonl --entry 3 --out stripe.json
    """
    cases = list(verify_cases(options))
    if len(cases) > 1:
        raise UsageError(f"the file contains {len(cases)} deliveries: select one with --entry N")
    written = _report(cases[0], options["keep_body"], options["keep_signatures"])
    write_private_file(
        options["out"],
        json.dumps(written, indent=1) + "\n",
        overwrite=options["force"],
        if_exists="exists: choose another --out FILE, or pass --force",
    )
    record = {"out": shown_file(options["out"]), "removed": written["removed"]}
    if as_json:
        output.emit(record, as_json)
    else:
        output.line(f"Wrote {shown_file(options['out'])}.")
        for removed in written["removed"]:
            output.paragraph(f"- {removed}", hang=2)
        output.paragraph("Header names, keys, lengths and the forms of the signatures remain.")
        output.paragraph("Read the file before you send it: names and keys may be confidential, too.")
    context.exit(exit_codes.VERIFIED)


def _report(case: VerifyCase, keep_body: bool, keep_signatures: bool) -> dict[str, Any]:
    """Return the content of the file."""
    record, scheme = case.record, case.verifier.scheme
    reason = None
    try:
        case.verifier.verify(**case.arguments)
    except RejectedDelivery as error:
        reason = str(error.reason)
    diagnosis = explain(case.verifier, **case.arguments).as_dict()
    # The beginning of a secret's hash would confirm a guess.
    del diagnosis["fingerprints"]
    headers = reduce_headers(record.headers, scheme, keep_signatures)
    body = record.body if keep_body else reduce_body(record.body)
    url = None if record.url is None else _reduce_url(record.url)
    reduced = RecordedRequest(headers.pairs, body, record.method, url, record.received_at)
    secrets = [secret.reveal() for _, secret, _ in labelled_secrets(case.verifier)]
    hidden = _hidden_texts(secrets, headers, record)
    content = {
        "report": _VERSION,
        "scheme": scheme.name,
        "reason": reason,
        "verified_at": case.verifier.now(),
        "tolerance": case.verifier.tolerance,
        **reduced.as_dict(),
        "signatures": headers.signatures,
        "secrets": [secret_shape(secret) for secret in secrets],
        "versions": {
            "webhook-verify": __version__,
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "platform": f"{platform.system()} {platform.machine()}",
        },
        "removed": _removed(headers, keep_body, keep_signatures, url is not None),
        "diagnosis": _without_values(diagnosis, "" if keep_body else record.body.decode("utf-8", "replace")),
    }
    return cast("dict[str, Any]", _scrub(content, hidden))


def _removed(headers: HeaderReport, keep_body: bool, keep_signatures: bool, has_url: bool) -> list[str]:
    """Return what the report does not contain, as sentences."""
    lines = ["The secrets were removed. Only their length, alphabet and documented prefix remain."]
    if not keep_signatures:
        lines.append("The signatures were replaced by constant text of the same form.")
    if headers.removed:
        lines.append(f"The values of these headers were removed: {', '.join(headers.removed)}.")
    if headers.reduced:
        lines.append(
            f"The values of these headers were reduced to their shape: {', '.join(headers.reduced)}."
        )
    if not keep_body:
        lines.append("The values in the body were replaced by text of the same length and character classes.")
    if has_url:
        lines.append("The URL was reduced to its shape.")
    return lines


def _reduce_url(url: str) -> str:
    """Return a URL of the same shape. The scheme and the port are kept."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return same_shape(url)
    host = ".".join("x" * len(label) for label in (parts.hostname or "").split("."))
    scheme = parts.scheme if parts.scheme in {"http", "https"} else same_shape(parts.scheme)
    query = f"?{same_shape(parts.query)}" if "?" in url else ""
    return f"{scheme}://{host}{port}{same_shape(parts.path)}{query}"


def _hidden_texts(secrets: list[str | bytes], headers: HeaderReport, record: RecordedRequest) -> list[str]:
    """Return the texts that must not be in a report, the longest first."""
    texts: set[str] = set()
    for secret in secrets:
        text = secret.decode("latin-1") if isinstance(secret, bytes) else secret
        core = text.strip().strip("\"'")
        texts |= {text, core, *(core.removeprefix(prefix) for prefix in PREFIXES), *text.splitlines()}
    texts |= headers.values
    if record.url is not None:
        texts |= {record.url, _host(record.url)}
    plain = {"", *PREFIXES}
    return sorted((text for text in texts - plain if len(text) >= _min_chars(text)), key=len, reverse=True)


def _min_chars(text: str) -> int:
    return _MIN_SECRET_CHARS if not text.isalpha() else 8


def _host(url: str) -> str:
    """Return the host of a URL; "" if it is invalid."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _without_values(diagnosis: dict[str, Any], text: str) -> object:
    """Return the diagnosis without words of the body: evidence may name a value."""

    def reduced(match: re.Match[str]) -> str:
        word = match[0]
        is_value = word in text and not word.islower()
        return same_shape(word) if is_value else word

    return _map_strings(diagnosis, lambda value: re.sub(r"[^\s:,;]{8,}", reduced, value))


def _scrub(value: object, hidden: list[str]) -> object:
    """Replace every hidden text in all strings of a JSON value."""

    def scrub(text: str) -> str:
        for each in hidden:
            if each in text:
                text = text.replace(each, filler(each) if each.isascii() else same_shape(each))
        return text

    return _map_strings(value, scrub)


def _map_strings(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {name: _map_strings(each, change) for name, each in members.items()}
    if isinstance(value, list):
        return [_map_strings(each, change) for each in cast("list[object]", value)]
    return value
