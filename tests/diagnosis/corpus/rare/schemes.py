"""Held-out failures of a delivery that is for another key or scheme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.corpus.rare.base import BODIES, NOW, SECRETS, Sent, b64, by_hand, mac, sent
from tests.diagnosis.corpus.rare.secrets import standard
from tests.providers.samples import SAMPLES

__all__ = ["failures"]


def _ed25519() -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def kinds() -> Iterator[Failure]:
    pair = _ed25519()
    body, stamp = BODIES["svix"], str(NOW)
    signed_content = b"msg_9." + stamp.encode() + b"." + body
    asymmetric = "v1a," + b64(pair.sign(signed_content))
    headers = {"webhook-id": "msg_9", "webhook-timestamp": stamp, "webhook-signature": asymmetric}
    public = "whpk_" + b64(pair.public_key().public_bytes_raw())
    for scheme in ("standard-webhooks", "svix", "clerk", "polar", "gitlab"):
        secret = SECRETS.get(scheme) or SAMPLES[scheme].secret
        yield by_hand(scheme, headers, body, secret).arrives(
            "key_of_another_kind", "signed with Ed25519, a secret here"
        )
    for scheme in ("standard-webhooks", "svix", "clerk", "resend", "gitlab"):
        one = sent(scheme)
        yield one.arrives("key_of_another_kind", "signed with a secret, a public key here", secret=public)
    secret = SECRETS["standard-webhooks"]
    yield standard(pair.public_key().public_bytes_raw(), secret).arrives(
        "wrong_secret_or_forgery", "an HMAC with a public key"
    )


def unavailable() -> Iterator[Failure]:
    from webhook_verify.schemes.providers.aws_sns import AmazonSns
    from webhook_verify.schemes.providers.google_pubsub import GooglePubSub
    from webhook_verify.schemes.providers.paypal import PayPal
    from webhook_verify.schemes.providers.plaid import Plaid

    def fetch(url: str, content: bytes | None = None) -> bytes:
        raise OSError("connection refused")

    def page(url: str, content: bytes | None = None) -> bytes:
        return b"<html>Access denied by the proxy</html>"

    for name, kind in (
        ("aws-sns", AmazonSns),
        ("google-pubsub", GooglePubSub),
        ("plaid", Plaid),
        ("paypal", PayPal),
    ):
        sample = SAMPLES[name]
        body, headers = sample.signed()
        for how, answer in (("no network", fetch), ("a proxy's page", page)):
            one = Sent(
                scheme=kind(fetch=answer),
                secret=sample.secret,
                body=body,
                headers=headers,
                url=sample.url,
                about=name,
            )
            yield one.arrives("key_unavailable", how)


def schemes() -> Iterator[Failure]:
    shared = "a shared secret of 32 characters"
    for configured, sender in (
        ("github", "slack"),
        ("github", "shopify"),
        ("stripe", "github"),
        ("slack", "zoom"),
        ("shopify", "square"),
        ("github", "bitbucket"),
        ("intercom", "github"),
        ("twilio-sha256", "twilio"),
        ("shopify", "shopify-events"),
        ("zoom", "slack"),
        ("stripe", "calendly"),
        ("mux", "stripe"),
        ("sentry", "linear"),
        ("github", "gitlab-token"),
        ("paddle", "stripe"),
        ("dropbox", "zendesk"),
        ("line", "shopify"),
        ("workos", "stripe"),
        ("typeform", "github"),
        ("hubspot", "square"),
        ("vercel", "lemon-squeezy"),
        ("box", "docusign"),
        ("emporix", "github"),
        ("telegram", "gitlab-token"),
    ):
        one = (
            sent(sender, "form" if sender == "twilio" else "", secret=shared)
            if sender != "linear"
            else _with(sent("linear"), shared)
        )
        url = one.url or (
            "https://hooks.acme.example/x" if configured in ("hubspot", "twilio-sha256") else None
        )
        truths = (
            "other_scheme header_renamed" if sender == "shopify-events" else "other_scheme"
        )  # one secret, one way
        yield one.arrives(truths, f"{sender} arrives", secret=shared, scheme=configured, url=url)
    for configured, sender in (
        ("github", "stripe"),
        ("svix", "github"),
        ("stripe", "svix"),
        ("slack", "discord"),
        ("shopify", "standard-webhooks"),
    ):
        one = sent(sender)
        yield one.arrives(
            "other_scheme unsigned",
            f"{sender} arrives, of another secret",
            secret=SECRETS[configured],
            scheme=configured,
        )
    one = sent("standard-webhooks", secret="whsec_" + b64(shared))
    yield one.arrives("other_scheme", "Standard Webhooks arrive", secret=shared, scheme="github")


def _with(one: Sent, secret: str) -> Sent:
    return by_hand("linear", {"linear-signature": mac(secret, one.body).hex()}, one.body, secret)


def wrong() -> Iterator[Failure]:
    for scheme in (
        "github",
        "stripe",
        "svix",
        "slack",
        "shopify",
        "zoom",
        "square",
        "hubspot",
        "twilio",
        "paddle",
        "discord",
        "telegram",
        "gitlab-token",
        "linear",
        "mailgun",
        "adyen",
        "emporix",
        "sendgrid",
    ):
        one = sent(scheme)
        yield one.arrives("wrong_secret_or_forgery", "of the test mode", secret=SAMPLES[scheme].other_secret)
    for scheme, how, other in (
        ("stripe", "the id of the endpoint", "we_1PqZk2LkdIwHu7ixUEgbFdYF"),
        ("stripe", "the API key", "sk_live_51H8xYZLkdIwHu7ixabcdef"),
        ("github", "the id of the hook", "id of the hook: 471129930"),
        ("slack", "the verification token", "XXYYZZ0123456789abcdefgh"),
        ("stripe", "of the CLI", "whsec_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        ("shopify", "its last character lost", SECRETS["shopify"][:-1]),
        ("github", "changeme", "changeme-changeme-changeme"),
        ("slack", "the variable's name", "SLACK_SIGNING_SECRET"),
        ("shopify", "the variable, not put in", "${SHOPIFY_SECRET_OF_APP}"),
        ("github", "masked", "********************************"),
        ("zoom", "of another application", "another-application-of-ours"),
    ):
        yield sent(scheme).arrives("wrong_secret_or_forgery", how, secret=other)
    for scheme in ("github", "stripe", "svix", "shopify", "slack"):
        one = sent(scheme)
        yield one.arrives(
            "wrong_secret_or_forgery body_incomplete",
            "the body of another request",
            body=b'{"id":"evt_2","type":"invoice.voided","data":{"amount":7}}',
            headers=one.headers,
        )


def identities() -> Iterator[Failure]:
    """The token or the notification names another sender or another body."""
    for scheme in ("google-pubsub", "aws-sns"):
        sample = SAMPLES[scheme]
        body, headers = sample.signed(sample.secret, timestamp=NOW)
        one = Sent(scheme=sample.scheme, secret=sample.secret, body=body, headers=headers, url=sample.url)
        yield one.arrives("identity_differs", "for somebody else", secret=sample.other_secret)
    yield sent("plaid").arrives("body_changed", "another body", body=b'{"webhook_type": "another"}')


def message_signatures() -> Iterator[Failure]:
    for scheme in ("http-signature", "adcp", "ucp"):
        one = sent(scheme)
        covered = one.headers["signature-input"].replace('"@method" ', "")
        yield one.arrives(
            "signature_coverage", "without the method", headers=one.header(covered, "signature-input")
        )
        other = SAMPLES[scheme].other_secret
        yield one.arrives(
            "key_id_unknown wrong_secret_or_forgery", "the keys of another sender", secret=other
        )


def failures() -> Iterator[Failure]:
    for make in (kinds, unavailable, schemes, wrong, identities, message_signatures):
        yield from make()
