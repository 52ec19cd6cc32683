"""Failures about secrets: another one, or the right one that one side takes for something else."""

from __future__ import annotations

import hashlib
import random
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

from tests.diagnosis.corpus.builder import ANY, HMACS, JSON, SIGNED, changed, made
from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.genuine import Genuine, genuine, signed_by
from tests.providers.samples import SAMPLES
from webhook_verify import Secret
from webhook_verify.secret import from_base64

__all__: list[str] = []

STANDARD = ("standard-webhooks", "svix", "lithic", "resend", "clerk", "anthropic")
TEXT = ("github", "stripe", "slack", "shopify", "sentry", "line", "paddle", "calendly", "emporix", "twitch")
TOKENS = ("gitlab-token", "telegram")
IN_BODY = ("adyen", "mailgun", "microsoft-graph")
ADDRESSED = ("twilio", "twilio-sha256", "hubspot", "square")
_SENDERS_SECRET = b64encode(hashlib.sha256(b"a secret of the tests").digest()).decode()


@made("wrong_secret_or_forgery", schemes=(*SIGNED, *STANDARD, *TEXT, "zoom", "intercom"), kinds=ANY, count=40)
def of_another_endpoint(delivery: Genuine) -> Failure | None:
    if not delivery.body and "content-length" not in delivery.headers:
        return None  # a body that was read before looks the same
    return changed(delivery, verifier=delivery.verifier(delivery.other_secret))


@made("wrong_secret_or_forgery", schemes=(*TOKENS, *IN_BODY), count=10)
def of_another_account(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=delivery.verifier(delivery.other_secret))


@made("wrong_secret_or_forgery", schemes=ADDRESSED, kinds=("form",), count=8)
def of_another_application(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=delivery.verifier(delivery.other_secret))


@made("wrong_secret_or_forgery", schemes=HMACS, kinds=JSON, count=12)
def forged_by_somebody_without_a_secret(delivery: Genuine) -> Failure | None:
    return _changed_all(signed_by(delivery, random.Random(delivery.kind).randbytes(32)))


def _changed_all(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=delivery.verifier())


@made("wrong_secret_or_forgery", kinds=("small JSON", "40 kB", "nested JSON"), count=12)
def tampered_with(delivery: Genuine) -> Failure | None:
    """An amount, a sku or a name is another, and the length is told as it is then."""
    for old, new in ((b"4200", b"9900"), (b"A-00001", b"A-99999"), (b"Ann", b"Bob")):
        if old in delivery.body:
            return changed(delivery, body=delivery.body.replace(old, new))
    return None


@made("wrong_secret_or_forgery", schemes=("standard-webhooks", "slack", "zendesk", "svix"), count=8)
def of_another_endpoint_and_a_day_old(delivery: Genuine) -> Failure | None:
    """Two things are wrong; waiting for a fresh one mends nothing."""
    late = replace(delivery, now=delivery.now + 86_400)
    return changed(late, verifier=late.verifier(late.other_secret))


@made("secret_is_text", schemes=STANDARD, count=10)
def the_whole_text_is_the_key(delivery: Genuine) -> Failure | None:
    return _changed_all(signed_by(delivery, delivery.secret.encode()))


@made("secret_is_text", schemes=STANDARD, count=8)
def the_text_after_the_prefix_is_the_key(delivery: Genuine) -> Failure | None:
    return _changed_all(signed_by(delivery, delivery.secret.removeprefix("whsec_").encode()))


def _of(delivery: Genuine, secret: str) -> Genuine:
    """The delivery of an account that has this secret."""
    return replace(delivery, secret=secret)


@made("secret_is_encoded", schemes=TEXT, count=10)
def the_sender_decodes_base64(delivery: Genuine) -> Failure | None:
    return _changed_all(signed_by(_of(delivery, _SENDERS_SECRET), b64decode(_SENDERS_SECRET)))


@made("secret_is_encoded", schemes=TEXT, count=8)
def the_sender_decodes_hex(delivery: Genuine) -> Failure | None:
    secret = hashlib.sha256(b"another secret").hexdigest()
    return _changed_all(signed_by(_of(delivery, secret), bytes.fromhex(secret)))


@made("secret_is_encoded", schemes=STANDARD, count=6)
def the_sender_decodes_hex_where_others_have_base64(delivery: Genuine) -> Failure | None:
    key = hashlib.sha256(b"a third secret").digest()
    return _changed_all(signed_by(_of(delivery, f"whsec_{key.hex()}"), key))


@made("secret_is_encoded", schemes=("stripe", "github", "calendly"), count=4)
def the_sender_decodes_what_follows_the_prefix(delivery: Genuine) -> Failure | None:
    return _changed_all(signed_by(_of(delivery, f"whsec_{_SENDERS_SECRET}"), b64decode(_SENDERS_SECRET)))


@made("secret_prefix", schemes=("stripe", "github", "slack", "calendly", "line"), count=8)
def the_prefix_is_cut_by_the_sender(delivery: Genuine) -> Failure | None:
    return _changed_all(signed_by(_of(delivery, f"whsec_{_SENDERS_SECRET}"), _SENDERS_SECRET.encode()))


@made("secret_prefix", schemes=("stripe", "github", "slack", "calendly", "line"), count=6)
def the_prefix_was_cut_here(delivery: Genuine) -> Failure | None:
    return _changed_all(signed_by(_of(delivery, _SENDERS_SECRET), b"whsec_" + _SENDERS_SECRET.encode()))


@made("secret_prefix", schemes=STANDARD, count=6)
def the_prefix_is_decoded_as_by_node(delivery: Genuine) -> Failure | None:
    """``Buffer.from("whsec_...", "base64")`` takes the underscore for a slash."""
    text = delivery.secret.replace("_", "/").rstrip("=")
    key = from_base64(text[: len(text) - (len(text) % 4 == 1)])
    assert key
    return _changed_all(signed_by(delivery, key))


@made("secret_has_blanks", schemes=TEXT, count=10)
def the_sender_has_a_newline(delivery: Genuine) -> Failure | None:
    return _changed_all(signed_by(delivery, delivery.secret.encode() + b"\n"))


@made("secret_has_blanks", schemes=TEXT, count=6)
def the_sender_has_quotes(delivery: Genuine) -> Failure | None:
    return _changed_all(signed_by(delivery, b'"%b"' % delivery.secret.encode()))


@made("secret_has_blanks", schemes=TEXT, count=10)
def a_file_ends_in_a_newline_here(delivery: Genuine) -> Failure | None:
    """A secret that is read as bytes, such as ``Path(...).read_bytes()``, is taken as it is."""
    return changed(delivery, verifier=delivery.verifier(delivery.secret.encode() + b"\n"))


@made("secret_has_blanks", schemes=TOKENS, count=4)
def a_token_in_quotes(delivery: Genuine) -> Failure | None:
    name = delivery.signature_headers[0]
    return changed(delivery, headers={**delivery.headers, name: f'"{delivery.secret}"'})


@made("secret_prefix", schemes=TOKENS, count=4)
def a_token_behind_bearer(delivery: Genuine) -> Failure | None:
    name = delivery.signature_headers[0]
    return changed(delivery, headers={**delivery.headers, name: f"Bearer {delivery.secret}"})


WITH_WINDOWS = (*SIGNED, *TOKENS, *IN_BODY, *ADDRESSED)


@made("secret_expired", schemes=WITH_WINDOWS, kinds=(*JSON, "form"), count=16)
def signed_with_the_old_secret(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=delivery.verifier(delivery.retired()))


@made("secret_not_yet_valid", schemes=WITH_WINDOWS, kinds=(*JSON, "form"), count=12)
def signed_with_the_next_secret(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=delivery.verifier(delivery.retired(early=True)))


_PUBLIC = "whpk_7amdYNKf0wqRichd6tz7kjIEf7QdxlEEWp9O6P12lX8="


_MESSAGE_SIGNATURES = ("http-signature", "adcp", "ucp")


@made(
    "key_id_unknown", also=["wrong_secret_or_forgery"], schemes=_MESSAGE_SIGNATURES, kinds=JSON[:2], count=6
)
def the_keys_of_another_sender(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=delivery.verifier(SAMPLES[delivery.name].other_secret))


@made("signature_coverage", schemes=_MESSAGE_SIGNATURES, kinds=JSON[:2], count=6)
def without_the_method(delivery: Genuine) -> Failure | None:
    headers = {name: value.replace('"@method" ', "") for name, value in delivery.headers.items()}
    return changed(delivery, headers=headers)


@made("key_of_another_kind", schemes=STANDARD[:4], count=6)
def a_public_key_for_an_hmac(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=delivery.verifier(_PUBLIC))


@made("key_of_another_kind", schemes=STANDARD[:4], count=6)
def a_secret_for_a_public_key(delivery: Genuine) -> Failure | None:
    private = "whsk_" + b64encode(hashlib.sha256(b"the seed").digest()).decode()
    key = delivery.scheme.signing_key(Secret(private))
    return _changed_all(delivery.signed_with([key]))


@made("digest_differs", schemes=HMACS, count=10)
def hmac_with_sha_1(delivery: Genuine) -> Failure | None:
    return _with_digest(delivery, hashlib.sha1)


@made("digest_differs", schemes=HMACS, count=8)
def hmac_with_sha_512(delivery: Genuine) -> Failure | None:
    return _with_digest(delivery, hashlib.sha512)


def _with_digest(delivery: Genuine, digest: object) -> Failure | None:
    secret = delivery.secret
    is_text = delivery.name not in STANDARD
    key = secret.encode() if is_text else from_base64(secret.removeprefix("whsec_"))
    return _changed_all(signed_by(delivery, key, digest))  # type: ignore[arg-type]


@made("other_scheme", schemes=("github", "stripe", "shopify", "slack", "standard-webhooks"), count=10)
def of_another_provider(delivery: Genuine) -> Failure | None:
    """The endpoint is configured for one provider, with the secret of the other one, which sends."""
    configured = "zoom" if delivery.name != "standard-webhooks" else "lemon-squeezy"
    verifier = replace(delivery, scheme=genuine(configured, "small JSON").scheme).verifier()
    return changed(delivery, verifier=verifier)


@made("other_scheme", schemes=("github", "stripe", "shopify", "slack", "zendesk", "hubspot"), count=8)
def of_another_provider_and_without_its_secret(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=genuine("dropbox", "small JSON").verifier())


@made("other_scheme", schemes=TEXT[:6], count=6)
def of_a_text_provider_at_standard_webhooks(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=genuine("standard-webhooks", "small JSON").verifier())


@made("identity_differs", schemes=("google-pubsub", "aws-sns"), kinds=("small JSON",), count=2)
def of_another_account_or_topic(delivery: Genuine) -> Failure | None:
    return changed(delivery, verifier=delivery.verifier(delivery.other_secret))


@made("body_changed", schemes=("plaid",), kinds=("small JSON",), count=1)
def of_another_body_than_the_token_names(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=b'{"another": "body"}')


def _offline(*_: object) -> bytes:
    raise OSError("no route to the provider")


@made("key_unavailable", schemes=("aws-sns", "google-pubsub", "plaid"), count=3)
def of_a_provider_that_cannot_be_reached(delivery: Genuine) -> Failure | None:
    made_anew: Any = type(delivery.scheme)
    return changed(delivery, verifier=replace(delivery, scheme=made_anew(fetch=_offline)).verifier())
