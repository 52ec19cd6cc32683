"""What single providers are known to be got wrong by, each as a genuine delivery and what must not pass."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable

import pytest

from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from webhook_verify import (
    RejectedDelivery,
    SignatureMismatch,
    TimestampOutsideTolerance,
    Verifier,
)

Headers = dict[str, str]


def mac(name: str, content: bytes, digest: str = "sha256", secret: str = "") -> bytes:
    return hmac.digest((secret or SAMPLES[name].secret).encode(), content, digest)


def base64(octets: bytes) -> str:
    return b64encode(octets).decode()


# --- another algorithm, version or key than the provider's ------------------------------------------

# What an attacker, or a careless reader of the documentation, sends for the body: it is right for another
# provider, another version or another reading of the secret.
FOREIGN: dict[str, tuple[str, Callable[[bytes], Headers]]] = {
    "GitHub's older SHA-1, in its own header": (
        "github",
        lambda body: {"x-hub-signature": f"sha1={mac('github', body, 'sha1').hex()}"},
    ),
    "GitHub's older SHA-1, in the newer header": (
        "github",
        lambda body: {"x-hub-signature-256": f"sha1={mac('github', body, 'sha1').hex()}"},
    ),
    "Bitbucket with the SHA-1 of Intercom, which has the same header": (
        "bitbucket",
        lambda body: {"x-hub-signature": f"sha1={mac('bitbucket', body, 'sha1').hex()}"},
    ),
    "Intercom with the SHA-256 of Bitbucket": (
        "intercom",
        lambda body: {"x-hub-signature": f"sha256={mac('intercom', body).hex()}"},
    ),
    "Stripe's v0": (
        "stripe",
        lambda body: {"stripe-signature": f"t={NOW},v0={mac('stripe', b'%d.%b' % (NOW, body)).hex()}"},
    ),
    "Stripe's secret without its whsec_": (
        "stripe",
        lambda body: {
            "stripe-signature": f"t={NOW},v1="
            + mac("stripe", b"%d.%b" % (NOW, body), secret=SAMPLES["stripe"].secret[6:]).hex()
        },
    ),
    "Zendesk's secret read as base64": (
        "zendesk",
        lambda body: {
            "x-zendesk-webhook-signature": base64(
                hmac.digest(b64decode(SAMPLES["zendesk"].secret, b"-_"), STAMP.encode() + body, "sha256")
            ),
            "x-zendesk-webhook-signature-timestamp": STAMP,
        },
    ),
    "Zendesk's body before the timestamp, as in its beta": (
        "zendesk",
        lambda body: {
            "x-zendesk-webhook-signature": base64(mac("zendesk", body + STAMP.encode())),
            "x-zendesk-webhook-signature-timestamp": STAMP,
        },
    ),
    "Shopify's in hex": (
        "shopify",
        lambda body: {"x-shopify-hmac-sha256": mac("shopify", body).hex()},
    ),
    "Shopify's newer events under the older name": (
        "shopify",
        lambda body: {"shopify-hmac-sha256": base64(mac("shopify", body))},
    ),
    "Square's body without the URL": (
        "square",
        lambda body: {"x-square-hmacsha256-signature": base64(mac("square", body))},
    ),
    "Slack's without the version": (
        "slack",
        lambda body: {
            "x-slack-signature": mac("slack", b"v0:%d:%b" % (NOW, body)).hex(),
            "x-slack-request-timestamp": str(NOW),
        },
    ),
}
STAMP = "2026-09-21T14:13:20Z"  # is NOW


@pytest.mark.parametrize(("name", "signed"), FOREIGN.values(), ids=FOREIGN)
def test_what_another_would_have_signed_does_not_pass(name: str, signed: Callable[[bytes], Headers]) -> None:
    sample = SAMPLES[name]
    body, _ = sample.signed()

    with pytest.raises(RejectedDelivery):
        sample.verify(sample.verifier(), body, signed(body))


# --- time -------------------------------------------------------------------------------------------

# (the provider, how many seconds after it was signed a delivery comes, whether it is taken)
TIMES = [
    ("stripe", 300, True),
    ("stripe", 301, False),
    ("stripe", -86_400, True),
    ("paddle", 5, True),
    ("paddle", 6, False),
    ("paddle", -6, False),
    ("slack", 300, True),
    ("slack", 301, False),
    ("slack", -301, False),
    ("zoom", 301, False),
    ("linear", 60, True),
    ("linear", 61, False),
    ("linear", -61, False),
    ("zendesk", 301, False),
    ("zendesk", -301, False),
    ("github", 10**8, True),
    ("square", 10**8, True),
]


@pytest.mark.parametrize(("name", "late", "taken"), TIMES)
def test_how_late_a_delivery_may_be(name: str, late: int, taken: bool) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed()
    verifier = sample.verifier(now=NOW + late)

    if taken:
        assert sample.verify(verifier, body, headers).body == body
    else:
        with pytest.raises(TimestampOutsideTolerance):
            sample.verify(verifier, body, headers)


# The time that a header says and nobody signed.
UNSIGNED_TIMES = {
    "linear": ("linear-timestamp", str(1000 * (NOW + 3600))),
    "sentry": ("sentry-hook-timestamp", str(NOW + 3600)),
    "shopify": ("x-shopify-triggered-at", "2026-09-21T15:13:20Z"),
}


@pytest.mark.parametrize("name", UNSIGNED_TIMES)
def test_a_time_that_nobody_signed_proves_nothing(name: str) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed()
    header, claimed = UNSIGNED_TIMES[name]

    delivery = sample.verify(sample.verifier(), body, headers | {header: claimed})

    assert delivery.timestamp.timestamp() == NOW
    assert delivery.timestamp_is_signed == (name == "linear")


def test_a_stale_delivery_of_linear_stays_stale_whatever_the_header_says() -> None:
    body, headers = SAMPLES["linear"].signed()
    late = {"linear-timestamp": str(1000 * (NOW + 3600))}
    with pytest.raises(TimestampOutsideTolerance):
        SAMPLES["linear"].verifier(now=NOW + 3600).verify(body, headers | late)


def test_the_border_between_zendesks_timestamp_and_body_stays_where_it_is() -> None:
    """They stand beside each other without a delimiter; only one border makes a timestamp."""
    sample = SAMPLES["zendesk"]
    signed_content = (STAMP + "+00:00.5Z").encode()
    signature = base64(mac("zendesk", signed_content))
    verifier = sample.verifier()
    taken: list[int] = []
    for border in range(len(signed_content) + 1):
        headers = {
            "x-zendesk-webhook-signature": signature,
            "x-zendesk-webhook-signature-timestamp": signed_content[:border].decode(),
        }
        try:
            verifier.verify(signed_content[border:], headers)
        except RejectedDelivery:
            continue
        taken.append(border)

    assert taken == [len(STAMP)]


# --- ids --------------------------------------------------------------------------------------------

# What dedupes: an id in the signed body, or the digest of what is signed where there is none.
IDS = {
    "stripe": True,
    "square": True,
    "paddle": True,
    "slack": True,
    "intercom": True,
    "shopify": False,
    "shopify-events": False,
    "github": False,
    "gitlab-token": False,
    "bitbucket": False,
    "zoom": False,
    "linear": False,
    "zendesk": False,
    "sentry": False,
}


@pytest.mark.parametrize("name", IDS)
def test_which_ids_are_signed(name: str) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed()
    delivery = sample.verify(sample.verifier(), body, headers)
    assert delivery.id_is_signed == IDS[name]

    # Another id in a header is another delivery to nobody.
    others = {header: "msg_2" if value == "msg_1" else value for header, value in headers.items()}
    replayed = sample.verify(sample.verifier(), body, others)
    assert replayed.signed_content_digest == delivery.signed_content_digest


def test_a_slash_command_of_slack_has_no_id() -> None:
    body = b"token=xyz&command=%2Fdeploy&text=event_id"
    headers = SAMPLES["slack"].signer().sign(body, timestamp=NOW)
    delivery = SAMPLES["slack"].verifier().verify(body, headers)
    assert (delivery.id, delivery.id_is_signed) == ("", False)


@pytest.mark.parametrize("name", ["stripe", "paddle"])
def test_two_times_in_one_header_are_refused(name: str) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed()
    ((header, text),) = headers.items()
    separator = ";" if name == "paddle" else ","
    field = text.partition("=")[0]
    with pytest.raises(RejectedDelivery):
        sample.verifier().verify(body, {header: f"{text}{separator}{field}={NOW - 1}"})


def test_a_token_in_another_case_is_another_token() -> None:
    sample = SAMPLES["gitlab-token"]
    body, headers = sample.signed()
    verifier = Verifier(sample.secret.swapcase(), scheme="gitlab-token")
    with pytest.raises(SignatureMismatch):
        verifier.verify(body, headers)
