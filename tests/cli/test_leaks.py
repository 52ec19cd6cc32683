"""No output of a subcommand contains a secret or a signature, even if it is passed in the wrong place.

Only ``sign`` prints the signature that it creates, and ``secret`` the secret that it generates.
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.servers import serving
from tests.effort import examples
from webhook_verify import Signer, schemes
from webhook_verify.cli.group import VERBS
from webhook_verify.cli.main import run
from webhook_verify.cli.recording import RecordedRequest
from webhook_verify.cli.store.delivery_store import DeliveryStore, StoredDelivery

MIN_LEAK_CHARS = 16
BODY = b'{"type": "invoice.paid"}'
NOBODY = "http://127.0.0.1:9/hook"

_TEXT = "".join(map(chr, range(0x21, 0x7F)))
SECRETS = st.one_of(
    st.binary(min_size=24, max_size=64).map(lambda key: "whsec_" + base64.b64encode(key).decode()),
    st.binary(min_size=24, max_size=64).map(lambda key: base64.urlsafe_b64encode(key).decode()),
    st.binary(min_size=16, max_size=32).map(lambda key: key.hex()),
    # By a seed, because a text of few different characters, such as 000000012:@@@@, may be a name.
    st.integers(0, 2**64 - 1).map(lambda seed: "".join(Random(seed).choices(_TEXT, k=20 + seed % 41))),
    st.sampled_from(
        ["correct horse battery staple", "JBSWY3DPEHPK3PXPJBSWY3DP", "it's a \"secret\" to 'everybody'"]
    ),
)

# The secret stands where it must not: SECRET is replaced by it.
MISPLACED = [
    ["SECRET"],
    ["--SECRET"],
    ["-SECRET"],
    ["--plugin", "SECRET"],
    ["--plugin", "SECRET.py", "providers"],
    *(
        [verb, *rest]
        for verb in ("verify", "explain", "report")
        for rest in (
            ["SECRET"],
            ["--secret", "SECRET"],
            ["--secret=SECRET"],
            ["--json=SECRET"],
            ["--SECRET"],
            ["--secret-file", "SECRET"],
            ["--secret-env", "SECRET"],
            ["--body", "SECRET"],
            ["--body", "@SECRET"],
            ["--headers", "SECRET"],
            ["--headers", "@SECRET"],
            ["-H", "SECRET"],
            ["-H", "webhook-id: SECRET", "--body", "@b.json"],
            ["-H", "webhook-signature: SECRET", "-H", "webhook-id: 1", "-H", "webhook-timestamp: 1"],
            ["-H", "webhook-timestamp: SECRET", "--headers", "@h.json", "--body", "@b.json"],
            ["--at", "SECRET"],
            ["--tolerance", "SECRET"],
            ["--scheme", "SECRET"],
            ["--from", "SECRET"],
            ["--from", "secret.txt"],
            ["--from", "har.json"],
            ["--entry", "SECRET"],
            ["--headers", "@secret.txt"],
            ["--headers", "@h.json", "--body", "@secret.txt"],
            ["--headers", "@h.json", "--body", "@b.json", "--method", "SECRET", "--url", "SECRET"],
        )
    ),
    ["sign", "SECRET"],
    ["sign", "--secret", "SECRET"],
    ["sign", "--timestamp", "SECRET"],
    ["sign", "--body", "SECRET"],
    ["sign", "--body", "@SECRET"],
    ["sign", "--scheme", "SECRET"],
    ["sign", "--scheme", "svix", "--body", "@b.json", "--id", "SECRET\n"],
    ["send", "SECRET"],
    ["send", NOBODY, "SECRET"],
    ["send", NOBODY, "--count", "SECRET"],
    ["send", NOBODY, "--timeout", "SECRET"],
    ["send", NOBODY, "--old-secret", "SECRET"],
    ["send", NOBODY, "--old-secret", "@SECRET"],
    ["send", NOBODY, "-H", "SECRET"],
    ["send", NOBODY, "-H", "x: SECRET"],
    ["send", NOBODY, "--body", "@secret.txt"],
    ["inbox", "SECRET"],
    ["inbox", "list", "SECRET"],
    ["inbox", "list", "postgresql://me:SECRET@127.0.0.1:9/db"],
    ["inbox", "show", "SECRET", "1"],
    ["inbox", "run", "SECRET"],
    ["inbox", "run", "SECRET:inbox"],
    ["inbox", "redrive", "json:dumps", "SECRET"],
    ["inbox", "list", "json:dumps", "--since", "SECRET"],
    ["inbox", "list", "json:dumps", "--state", "SECRET"],
    ["inbox", "export", "json:dumps", "--out", "SECRET"],
    ["listen", "SECRET"],
    ["listen", "--secret-file", "SECRET"],
    ["listen", "--secret-env", "SECRET"],
    ["listen", "--scheme", "SECRET"],
    ["listen", "--forward", "SECRET"],
    ["replay", "SECRET"],
    ["replay", "1", "SECRET"],
    ["replay", "--list", "--store", "SECRET"],
    ["replay", "--list"],
    ["replay", "1", "--to", "SECRET"],
    ["replay", "1", "--to", "http://me:SECRET@127.0.0.1:9"],
    ["replay", "1", "--to", NOBODY, "--scheme", "SECRET"],
    ["replay", "1", "--to", NOBODY, "--scheme", "twilio", "--public-url", "SECRET"],
    ["replay", "1", "--to", NOBODY, "--secret-file", "SECRET"],
    ["replay", "1", "--to", NOBODY + "?token=SECRET"],
    ["replay", "1", "--to", NOBODY, "--as-it-was"],
    ["replay", "1", "--save", "absent/SECRET"],
    ["probe", "SECRET"],
    ["probe", "http://SECRET/"],
    ["probe", "http://SECRET@127.0.0.1:9/"],
    ["probe", NOBODY, "SECRET"],
    ["probe", NOBODY, "--old-secret", "SECRET"],
    ["probe", NOBODY, "--old-secret", "@SECRET"],
    ["probe", NOBODY, "--only", "SECRET"],
    ["probe", NOBODY, "--fail-on", "SECRET"],
    ["probe", NOBODY, "--event", "SECRET"],
    ["probe", NOBODY, "--count-url", "SECRET"],
    ["probe", NOBODY, "--public-url", "SECRET"],
    ["probe", NOBODY, "--tolerance", "SECRET"],
    ["probe", NOBODY, "--failing-body", "@SECRET"],
    ["probe", NOBODY, "--body", "@secret.txt"],
    ["probe", NOBODY, "-H", "SECRET"],
    ["probe", NOBODY, "-H", "x: SECRET"],
    ["providers", "SECRET"],
    ["doctor", "SECRET"],
    ["doctor", "--clock", "SECRET"],
    ["doctor", "--secret-file", "SECRET"],
    ["doctor", "--secret-file", "secret.txt"],
    ["doctor", "--secret-env", "SECRET"],
    ["doctor", "--scheme", "github"],
    ["doctor"],
    ["completion", "SECRET"],
    ["completion", "bash", "SECRET"],
    ["demo", "SECRET"],
    ["demo", "--port", "SECRET"],
    ["report", "--out", "SECRET", "--headers", "@h.json", "--body", "@b.json"],
    ["secret", "--kind", "SECRET"],
    ["secret", "SECRET"],
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b.json").write_bytes(BODY)


@contextmanager
def surroundings(secret: str) -> Iterator[None]:
    Path("secret.txt").write_text(secret)
    har = {"log": {"entries": [{"request": {"method": secret, "url": secret, "headers": secret}}]}}
    Path("har.json").write_text(json.dumps(har))
    _keep(secret)
    Path("h.json").write_text(json.dumps(dict.fromkeys(("webhook-id", "webhook-timestamp"), "1")))
    with configured(secret):
        yield


def _keep(secret: str) -> None:
    """A delivery that ``listen`` has kept, with the secret in all that a sender writes but for its id."""
    Path("kept.sqlite").unlink(missing_ok=True)
    store = DeliveryStore(Path("kept.sqlite"))
    headers = [("webhook-id", "msg_1"), ("webhook-signature", secret), ("x-token", secret)]
    given: dict[str, Any] = {"scheme": "standard-webhooks", "verdict": "verified", "url": ""}
    one = StoredDelivery(1e9, "POST", f"/?{secret}", headers=headers, body=secret.encode(), **given)
    store.add(one)
    store.close()


def output_of(*arguments: str) -> str:
    octets = io.BytesIO()
    printed = io.TextIOWrapper(octets, "utf-8", write_through=True)
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(printed), redirect_stderr(printed):
        patched.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
        run(arguments)
    assert octets.getvalue()
    return octets.getvalue().decode()


@contextmanager
def configured(secret: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WEBHOOK_SECRET", secret)
        patched.setenv("WEBHOOK_VERIFY_STORE", "kept.sqlite")
        yield


def leaks(printed: str, *kept: str) -> list[str]:
    """The parts of what must be kept that are in the output, however its lines are folded."""
    flat = "".join(printed.split())
    found: list[str] = []
    for whole in kept:
        text = "".join(whole.split())
        parts = (
            text[start : start + MIN_LEAK_CHARS] for start in range(max(len(text) - MIN_LEAK_CHARS, 0) + 1)
        )
        found += [part for part in parts if part in flat]
    return found


def test_every_verb_is_called_here() -> None:
    assert {arguments[0] for arguments in MISPLACED} >= set(VERBS)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", MISPLACED, ids=" ".join)
@given(secret=SECRETS)
@examples(15)
@example(secret="correct horse battery staple")
@example(secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
def test_a_secret_in_the_wrong_place_is_not_repeated(arguments: list[str], secret: str) -> None:
    called = [word.replace("SECRET", secret) for word in arguments]
    with surroundings(secret):
        assert leaks(output_of(*called), secret) == []
        if "--json" not in arguments and not arguments[0].startswith("-"):
            assert leaks(output_of(*called, "--json"), secret) == []


def changed(body: bytes) -> list[bytes]:
    return [body, body + b"\n", body.replace(b" ", b""), b"", b"\xef\xbb\xbf" + body]


@pytest.mark.slow
@given(
    key=st.binary(min_size=24, max_size=40).map(lambda key: b"k" + key),
    body=st.sampled_from(changed(BODY)),
    at=st.sampled_from([0, 1e4]),
)
@examples(25)
@pytest.mark.parametrize("scheme", ["standard-webhooks", "github", "stripe", "slack", "square"])
@pytest.mark.parametrize("verb", ["verify", "explain"])
def test_neither_the_secret_nor_the_signature_of_a_delivery_is_shown(
    verb: str, scheme: str, key: bytes, body: bytes, at: float
) -> None:
    secret = base64.b64encode(key).decode()
    url = "https://example.com/hook"
    headers = Signer(secret, scheme=scheme).sign(
        BODY, id="msg_1", timestamp=1_700_000_000, url=url, method="POST"
    )
    record = RecordedRequest(list(headers.items()), body, url=url, received_at=1_700_000_000 + at)
    signatures = [part for value in headers.values() for part in value.replace("=", " ", 1).split()]
    Path("given").write_text(json.dumps(record.as_dict()))
    with configured(secret):
        for machine in ([], ["--json"]):
            printed = output_of(verb, "--from", "given", "--scheme", scheme, *machine)
            assert printed
            assert leaks(printed, secret, *(each for each in signatures if len(each) >= MIN_LEAK_CHARS)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "scheme", ["standard-webhooks", "github", "stripe", "slack", "gitlab-token", "twilio"]
)
@pytest.mark.parametrize("how", ["as it is", "JSON", "upper case"])
def test_an_answer_that_repeats_the_request_shows_no_signature(scheme: str, how: str) -> None:
    secret = base64.b64encode(b"\xff\xfe\xfd0123456789abcdefghijklmnop").decode()

    def answer(headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        # An answer is shown up to 200 characters: what is of no interest would push the rest out.
        signed = {name[-3:]: headers[name] for name in schemes.get(scheme).header_names if name in headers}
        repeated = json.dumps(signed).replace("/", "\\/") if how == "JSON" else str(signed)
        return 500, (repeated.upper() if how == "upper case" else repeated).encode()

    with serving(answer) as came, configured(secret):
        for machine in ([], ["--json"]):
            printed = output_of("send", came.url, "--scheme", scheme, *machine)
            sent, _ = came.requests[-1]
            values = [part for value in sent.values() for part in value.replace("=", " ", 1).split()]
            kept = [
                each
                for each in values
                if len(each) >= 20 and not each.startswith(("msg_", "webhook-verify", "application/"))
            ]
            assert (
                leaks(printed.replace("\\\\", "").lower(), *(each.lower() for each in (*kept, secret))) == []
            )


@pytest.mark.parametrize("scheme", ["adyen", "mailgun", "microsoft-graph"])
def test_an_answer_that_repeats_a_body_shows_no_signature_in_it(scheme: str) -> None:
    secret = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"

    def answer(headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        return 500, b" ".join(re.findall(rb'"[^"]{25,}"', body))

    with serving(answer) as came, configured(secret):
        for machine in ([], ["--json"]):
            printed = output_of("send", came.url, "--scheme", scheme, *machine)
            signatures = re.findall(r'"([^"]{25,})"', came.requests[-1][1].decode())
            assert signatures
            assert leaks(printed, secret, *signatures) == []


@pytest.mark.usefixtures("registry")
def test_a_fault_is_told_without_what_its_message_says(tmp_path: Path) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    Path("broken.py").write_text(
        "from webhook_verify.schemes import HeaderScheme, register\n"
        "class Broken(HeaderScheme):\n"
        "    def verifying_key(self, secret):\n"
        "        raise RuntimeError(f'no key: {secret.reveal()}')\n"
        "register(Broken('broken', signature_header='x'))\n"
    )
    with configured(secret):
        printed = output_of("--plugin", "broken.py", "verify", "--scheme", "broken", "--body", "@b.json")
    assert "RuntimeError in broken.py:4" in printed
    assert leaks(printed, secret) == []
