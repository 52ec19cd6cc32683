"""Each check with each scheme: our verifier gives the expected result for every request."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.cli.probe.helpers import probe
from tests.providers.sample import Sample
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import RejectedDelivery, Verifier, schemes
from webhook_verify.cli.probe.check import ACCEPTED, REFUSED, CheckCase, Group, ProbeCheck
from webhook_verify.cli.probe.checks import CHECKS
from webhook_verify.cli.probe.endpoint import Endpoint
from webhook_verify.cli.probe.judging import signable_cases
from webhook_verify.cli.probe.payload import Payload, pad_body, respell_json
from webhook_verify.cli.probe.sender import NotApplicable, Sender, secrets_like
from webhook_verify.cli.probe.signatures import locate_signatures
from webhook_verify.cli.sample_payloads import needs_own_form
from webhook_verify.schemes import HeaderScheme, JwtScheme

URL = "https://hooks.example/hook?a=1"


# Whose keys no signer has.
UNSIGNABLE = {
    *("apple-app-store", "atlassian-forge", "aws-sns", "ebay", "fal-ai", "google-pubsub", "paypal", "plaid"),
}

REGISTERED = [sample for sample in SAMPLES.values() if sample.name in schemes.names()]
EACH_SCHEME = rows(
    "sample",
    [sample for sample in REGISTERED if sample.name not in UNSIGNABLE],
    ids=lambda sample: sample.name,
)


def sender_of(sample: Sample) -> Sender:
    """A sender with the secret that the sample signs with."""
    secret = sample.signing_secret.get(sample.secret, sample.secret)
    scheme = schemes.get(sample.name)
    payload = Payload(form=scheme if needs_own_form(scheme) else None)
    return Sender(Endpoint(URL), payload, [secret], scheme=sample.name, url=URL)


def cases_of(sender: Sender) -> Iterator[tuple[ProbeCheck, CheckCase]]:
    for check in CHECKS:
        # What is about HTTP is no verifier's.
        if check.cases is not None and check.group is not Group.TRANSPORT:
            with suppress(NotApplicable):
                for case in signable_cases(check.cases(sender)):
                    yield check, case


@EACH_SCHEME
@pytest.mark.slow
def test_the_verifier_does_what_the_rows_say(sample: Sample) -> None:
    sender, seen = sender_of(sample), set[str]()
    verifier = Verifier(sample.secret, scheme=sample.name)
    for check, case in cases_of(sender):
        must = case.expected or check.expected
        if must in (ACCEPTED, REFUSED):
            assert accepts(verifier, case) is (must is ACCEPTED), f"{check.name}: {case.label}"
            seen.add(check.name)
    assert seen >= {"genuine", "unsigned"}
    in_headers = {"missing-header", "empty-signature", "zero-signature"}
    assert seen & in_headers == (set() if sender.scheme.has_signature_in_body else in_headers)
    assert "wrong-secret" in seen or sample.signing_secret
    assert ("tampered-body" in seen) is sender.scheme.signs_body
    in_body = sender.scheme.has_id_in_body or sender.scheme.has_signature_in_body
    in_header = sender.scheme.signs_id and not isinstance(sender.scheme, JwtScheme)
    assert ("changed-id" in seen) is (in_header and not in_body)
    assert ("stale" in seen) is sender.scheme.signs_timestamp


def accepts(verifier: Verifier, case: CheckCase) -> bool:
    try:
        verifier.verify(case.request.body, list(case.request.headers), url=URL, method="POST")
    except RejectedDelivery:
        return False
    return True


@pytest.mark.parametrize("name", sorted(UNSIGNABLE))
def test_what_cannot_be_signed_is_said_at_once(name: str) -> None:
    secret = SAMPLES[name].secret
    text = secret if isinstance(secret, str) else "0123456789abcdef" * 4
    result = probe("http://127.0.0.1:9/", "--scheme", name, env={"WEBHOOK_SECRET": text})
    assert result.exit_code == 2
    assert "cannot sign a delivery" in result.output
    assert text not in result.output


@EACH_SCHEME
def test_a_signature_is_found_where_it_stands(sample: Sample) -> None:
    sender = sender_of(sample)
    if sender.scheme.has_signature_in_body:
        with pytest.raises(NotApplicable):
            locate_signatures(sender, sender.delivery())
        return
    genuine, other = (
        sender.delivery(),
        sender.delivery(body=None if needs_own_form(sender.scheme) else b'{"a":1}'),
    )
    for one in locate_signatures(sender, genuine):
        assert one.token in dict(genuine.headers)[one.header]
        is_the_same = one.token in dict(other.headers)[one.header]
        if sender.scheme.signs_body:
            assert not is_the_same
        elif isinstance(sender.scheme, HeaderScheme) and not sender.scheme.algorithm.signs:
            assert is_the_same  # the token is the secret itself


def test_the_body_is_filled_in() -> None:
    payload = Payload(b"{{id}} {{time}} {{seconds}} {{milliseconds}} {{other}}")
    assert payload.body("msg_1", 1_700_000_000) == (
        b"msg_1 2023-11-14T22:13:20Z 1700000000 1700000000000 {{other}}"
    )


@pytest.mark.parametrize(
    "body",
    [b'{"type":"e","n":[1,"\\u00e9\\\\e"]}', Payload().body("msg_1", 1_700_000_000), b' {"":{}} '],
)
def test_odd_spellings_are_of_the_same_json(body: bytes) -> None:
    spellings = respell_json(body)
    assert len({body, *spellings.values()}) == len(spellings) + 1
    for spelling in spellings.values():
        assert json.loads(spelling) == json.loads(body)


@pytest.mark.parametrize(
    ("body", "made"),
    [
        (b'{"a":1}', b'{"a":1,"padding":"xxxxxx"}'),
        (b'{"a": 1}', b'{"a": 1, "padding": "xxx"}'),
        (b"a=1", b"a=1" + b" " * 23),
    ],
)
def test_a_body_is_padded_in_its_own_spelling(body: bytes, made: bytes) -> None:
    assert pad_body(body, 26) == made
    assert len(made) == 26


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"a=b", b"[" * 20_000, b"\xff"])
def test_what_is_no_object_has_no_odd_spelling(body: bytes) -> None:
    assert respell_json(body) == {}


def test_a_stranger_has_a_secret_of_the_same_shape() -> None:
    for secret in (
        "whsec_" + b64encode(bytes(32)).decode(),
        "ab" * 32,
        b64encode(bytes(24)).decode(),
        "plain text",
    ):
        assert len({*secrets_like(secret)}) > 1
    assert len(next(secrets_like("ab" * 20))) == 40
    assert not [*secrets_like("-----BEGIN PRIVATE KEY-----")]
