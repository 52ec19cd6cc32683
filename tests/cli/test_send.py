"""``send``: its deliveries are valid, or have exactly the requested fault."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.servers import Came, serving
from tests.providers.sample import Sample
from tests.providers.samples import SAMPLES
from tests.signing import SECRET
from webhook_verify import Reason, RejectedDelivery, Verifier, schemes
from webhook_verify.cli import exit_codes
from webhook_verify.cli.group import command
from webhook_verify.events import emporix, lithic, svix

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def run(*arguments: str, secret: str = SECRET) -> Result:
    return CliRunner().invoke(command, ["send", *arguments], env={"WEBHOOK_SECRET": secret, "OLD": OTHER})


def verdict(verifier: Verifier, came: Came) -> Reason | None:
    """What a verifier makes of the last that came."""
    headers, body = came.requests[-1]
    try:
        verifier.verify(body, headers, url=came.url, method="POST")
    except RejectedDelivery as error:
        return error.reason
    return None


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ([], None),
        (["--tamper"], Reason.SIGNATURE_MISMATCH),
        (["--stale"], Reason.TOO_OLD),
        (["--old-secret", "OLD"], Reason.SIGNATURE_MISMATCH),
        (["--event", "endpoint.created"], None),
        (["--event", "invoice.paid", "--tamper"], Reason.SIGNATURE_MISMATCH),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_it_is_wrong_in_the_way_that_was_asked_for(option: list[str], reason: Reason | None) -> None:
    with serving(lambda headers, body: (204, b"")) as came:
        run(came.url, *option)
        assert verdict(Verifier(SECRET), came) is reason
        assert (
            reason is not Reason.SIGNATURE_MISMATCH
            or "--tamper" in option
            or not verdict(Verifier(OTHER), came)
        )


@pytest.mark.parametrize(
    ("option", "status", "code"),
    [
        ([], 204, exit_codes.VERIFIED),
        ([], 401, exit_codes.NOT_AS_IT_MUST_BE),
        ([], 302, exit_codes.NOT_AS_IT_MUST_BE),
        ([], 500, exit_codes.NOT_AS_IT_MUST_BE),
        (["--tamper"], 401, exit_codes.VERIFIED),
        (["--tamper"], 204, exit_codes.NOT_AS_IT_MUST_BE),
        (["--stale"], 400, exit_codes.VERIFIED),
        (["--stale"], 500, exit_codes.NOT_AS_IT_MUST_BE),
        (["--old-secret", "OLD"], 204, exit_codes.VERIFIED),
    ],
)
def test_the_exit_code_says_whether_the_answer_was_right(option: list[str], status: int, code: int) -> None:
    with serving(lambda headers, body: (status, b"{}")) as came:
        result = run(came.url, *option, "--json")
    assert result.exit_code == code
    record = json.loads(result.output)
    assert (record["status"], record["as_expected"]) == (status, code == exit_codes.VERIFIED)


def test_nobody_listens() -> None:
    result = run("http://127.0.0.1:9/", "--json")
    record = json.loads(result.output)
    assert (result.exit_code, record["status"]) == (exit_codes.NO_ANSWER, None)
    assert "refused" in record["error"]


def test_several_have_an_id_each() -> None:
    with serving(lambda headers, body: (204, b"")) as came:
        result = run(came.url, "--count", "3", "--json")
    ids = [json.loads(line)["id"] for line in result.output.splitlines()]
    assert ids == [headers["webhook-id"] for headers, _ in came.requests]
    assert len(set(ids)) == 3


def test_a_body_and_headers_of_ones_own(tmp_path: Path) -> None:
    body = tmp_path / "push.json"
    body.write_bytes(b'{"ref":\n "main"}\n')
    with serving(lambda headers, body: (204, b"")) as came:
        run(came.url, "--body", f"@{body}", "-H", "X-GitHub-Event: push", "-H", "content-type: text/x")
    headers, sent = came.requests[0]
    assert (sent, headers["x-github-event"], headers["content-type"]) == (body.read_bytes(), "push", "text/x")


TYPED = {
    "svix": sorted(svix.EVENTS.classes),
    "lithic": sorted(lithic.EVENT_TYPES)[:3],
    "emporix": sorted(emporix.EVENT_TYPES)[:3],
}
CASES = [(scheme, event_type) for scheme, types in TYPED.items() for event_type in types]


@pytest.mark.parametrize(("scheme", "event_type"), CASES)
def test_a_typed_event_is_read_as_its_type(scheme: str, event_type: str) -> None:
    with serving(lambda headers, body: (204, b"")) as came:
        run(came.url, "--scheme", scheme, "--event", event_type)
    headers, body = came.requests[0]
    delivery = Verifier(SECRET, scheme=scheme).verify(body, headers)
    if scheme == "svix":
        assert type(svix.parse(delivery)) is svix.EVENTS.classes[event_type]
    elif scheme == "lithic":
        assert isinstance(lithic.parse(delivery), lithic.LithicEvent)
    else:
        assert isinstance(emporix.parse(delivery, event_type=event_type), emporix.EmporixEvent)


def test_the_types_are_listed() -> None:
    listed = run("--list-events").output.splitlines()
    assert {tuple(line.split()) for line in listed} >= set(CASES)


# Their deliveries are signed with keys that nobody else has.
NOT_FROM_A_TEMPLATE = {
    *("apple-app-store", "atlassian-forge", "aws-sns", "ebay", "fal-ai", "google-pubsub", "paypal", "plaid"),
}


def signing_secret(sample: Sample) -> str | None:
    secret = sample.signing_secret.get(sample.secret, sample.secret)
    if isinstance(secret, bytes):
        return secret.decode() if secret.isascii() else None
    return secret if isinstance(secret, str) else None


@pytest.mark.slow
@pytest.mark.parametrize(
    "sample", [each for each in SAMPLES.values() if signing_secret(each)], ids=lambda each: each.name
)
def test_every_scheme_is_sent_rightly_or_refused_with_a_sentence(sample: Sample, tmp_path: Path) -> None:
    secret = signing_secret(sample) or ""
    with serving(lambda headers, body: (204, b"")) as came:
        result = run(came.url, "--scheme", sample.name, secret=secret)
        if result.exit_code == exit_codes.USAGE:
            assert sample.name in NOT_FROM_A_TEMPLATE
            return
        assert verdict(sample.verifier(now=time.time()), came) is None
        headers, body = came.requests[-1]
    delivery = sample.verifier(now=time.time()).verify(body, headers, url=came.url, method="POST")
    assert not schemes.get(sample.name).has_id_in_body or "msg_" in delivery.id
