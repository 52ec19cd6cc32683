"""Failures about headers, times and addresses: what proxies, clocks and settings do to them."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime

from tests.diagnosis.corpus.builder import HMACS, JSON, changed, made
from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.genuine import Genuine
from tests.providers.sample import NOW
from webhook_verify.verifier import labelled_secrets

__all__: list[str] = []

TIMED = ("stripe", "slack", "standard-webhooks", "zendesk", "paddle", "svix", "twitch", "workos", "discord")
TRIOS = ("standard-webhooks", "svix", "lithic")
SEVERAL = (*TIMED, "box", "hubspot")


@made("unsigned", count=12)
def stripped_of_its_signature_by_a_proxy(delivery: Genuine) -> Failure | None:
    own = set(delivery.scheme.header_names)
    return changed(
        delivery, headers={name: value for name, value in delivery.headers.items() if name not in own}
    )


@made(
    "header_missing", schemes=("standard-webhooks", "svix", "slack", "zendesk", "twitch", "discord"), count=8
)
def without_its_timestamp(delivery: Genuine) -> Failure | None:
    kept = {name: value for name, value in delivery.headers.items() if not name.endswith("timestamp")}
    return changed(delivery, headers=kept)


@made("header_missing", schemes=TRIOS, count=6)
def without_its_id(delivery: Genuine) -> Failure | None:
    return changed(
        delivery,
        headers={name: value for name, value in delivery.headers.items() if not name.endswith("-id")},
    )


@made("header_missing", schemes=("standard-webhooks", "slack", "zendesk", "discord"), count=5)
def with_a_blank_timestamp(delivery: Genuine) -> Failure | None:
    blank = {name: " " for name in delivery.headers if name.endswith("timestamp")}
    return changed(delivery, headers={**delivery.headers, **blank})


def _renamed(delivery: Genuine, rename: object) -> Failure | None:
    own = set(delivery.scheme.header_names)
    renamed = {
        rename(name) if name in own else name: value  # type: ignore[operator]
        for name, value in delivery.headers.items()
    }
    return changed(delivery, headers=renamed)


@made("header_renamed", count=10)
def with_underscores_as_a_gateway_writes_them(delivery: Genuine) -> Failure | None:
    return _renamed(delivery, lambda name: name.replace("-", "_"))


@made("header_renamed", count=8)
def with_x_forwarded_in_front(delivery: Genuine) -> Failure | None:
    return _renamed(delivery, lambda name: "x-forwarded-" + name.removeprefix("x-"))


@made("header_brand", schemes=TRIOS, count=8)
def of_a_white_label(delivery: Genuine) -> Failure | None:
    return _renamed(delivery, lambda name: re.sub("^(webhook|svix)-", "acme-", name))


@made("header_brand", schemes=TRIOS, count=6)
def of_two_brands(delivery: Genuine) -> Failure | None:
    brand = "svix" if delivery.name != "svix" else "webhook"
    return _renamed(
        delivery, lambda name: name if name.endswith("signature") else f"{brand}-{name.partition('-')[2]}"
    )


def _doubled(delivery: Genuine, value: str) -> Failure | None:
    name = delivery.signature_headers[0]
    return changed(delivery, headers=[(name, value), *delivery.headers.items()])


@made("header_duplicated", count=10)
def with_a_second_signature_of_a_middleware(delivery: Genuine) -> Failure | None:
    return _doubled(delivery, "verified")


@made("header_duplicated", schemes=("standard-webhooks", "slack", "zendesk", "twitch"), count=6)
def with_the_time_of_a_proxy(delivery: Genuine) -> Failure | None:
    name = next(name for name in delivery.headers if name.endswith("timestamp"))
    return changed(delivery, headers=[*delivery.headers.items(), (name, "0")])


@made("header_joined", schemes=("stripe", "paddle", "workos", "calendly"), count=8)
def split_into_its_fields(delivery: Genuine) -> Failure | None:
    name = delivery.signature_headers[0]
    parts = re.split("[,;] *", delivery.headers[name])
    others = [pair for pair in delivery.headers.items() if pair[0] != name]
    return changed(delivery, headers=[*others, *((name, part) for part in parts)])


@made("header_joined", schemes=("standard-webhooks", "svix", "github", "zendesk", "slack"), count=8)
def joined_with_a_second_one(delivery: Genuine) -> Failure | None:
    """A middleware adds the headers once more, and the server joins them: RFC 9110 section 5.3."""
    names = [name for name in delivery.headers if name in delivery.scheme.header_names]
    joined = {name: f"{delivery.headers[name]}, {delivery.headers[name]}" for name in names}
    return changed(delivery, headers={**delivery.headers, **joined})


@made("header_joined", schemes=TRIOS[:2], count=6)
def with_commas_between_the_signatures(delivery: Genuine) -> Failure | None:
    other = delivery.scheme.verifying_key(labelled_secrets(delivery.verifier(delivery.other_secret))[0][1])
    both = delivery.signed_with([other, delivery.signing_key])
    name = delivery.signature_headers[0]
    return changed(both, headers={**both.headers, name: both.headers[name].replace(" ", ",")})


@made("header_unreadable", schemes=("standard-webhooks", "svix", "slack", "zendesk", "discord"), count=10)
def with_a_time_that_is_none(delivery: Genuine) -> Failure | None:
    name = next(name for name in delivery.headers if name.endswith("timestamp"))
    return changed(delivery, headers={**delivery.headers, name: "yesterday"})


@made("header_unreadable", schemes=TRIOS, count=4)
def with_an_id_that_is_no_ascii(delivery: Genuine) -> Failure | None:
    name = next(name for name in delivery.headers if name.endswith("-id"))
    return changed(delivery, headers={**delivery.headers, name: "Zoë"})


_HEX = re.compile("[0-9a-f]{40,}")
_BASE64 = re.compile("[A-Za-z0-9+/]{27,}={0,2}")


def _resigned(delivery: Genuine, pattern: re.Pattern[str], change: object) -> Failure | None:
    name = delivery.signature_headers[0]
    value = pattern.sub(lambda match: change(match[0]), delivery.headers[name])  # type: ignore[operator]
    return changed(delivery, headers={**delivery.headers, name: value})


IN_HEX = ("github", "stripe", "slack", "sentry", "paddle", "twitch", "dropbox", "vercel")
IN_BASE64 = ("shopify", "standard-webhooks", "zendesk", "line", "box", "svix")


@made("signature_encoded_otherwise", schemes=IN_HEX, count=10)
def base64_for_hex(delivery: Genuine) -> Failure | None:
    return _resigned(delivery, _HEX, lambda text: b64encode(bytes.fromhex(text)).decode())


@made("signature_encoded_otherwise", schemes=IN_BASE64, count=10)
def hex_for_base64(delivery: Genuine) -> Failure | None:
    return _resigned(delivery, _BASE64, lambda text: b64decode(text).hex())


@made("signature_form", schemes=("github", "slack", "standard-webhooks", "bitbucket", "svix"), count=10)
def with_its_prefix_cut(delivery: Genuine) -> Failure | None:
    name = delivery.signature_headers[0]
    bare = re.sub("^(sha256=|v0=|v1,)", "", delivery.headers[name])
    return changed(delivery, headers={**delivery.headers, name: bare})


@made("signature_form", schemes=("shopify", "sentry", "line", "zendesk", "dropbox"), count=8)
def with_a_prefix_of_others(delivery: Genuine) -> Failure | None:
    name = delivery.signature_headers[0]
    return changed(delivery, headers={**delivery.headers, name: f"sha256={delivery.headers[name]}"})


@made("signature_form", count=8)
def in_quotes(delivery: Genuine) -> Failure | None:
    name = delivery.signature_headers[0]
    return changed(delivery, headers={**delivery.headers, name: f'"{delivery.headers[name]}"'})


@made("signature_form", schemes=IN_BASE64, count=6)
def in_lower_case(delivery: Genuine) -> Failure | None:
    name = delivery.signature_headers[0]
    return changed(delivery, headers={**delivery.headers, name: delivery.headers[name].lower()})


@made("header_unreadable", count=8)
def masked_by_a_log(delivery: Genuine) -> Failure | None:
    return changed(delivery, headers={**delivery.headers, delivery.signature_headers[0]: "[Filtered]"})


@made("signature_truncated", schemes=(*HMACS, "discord", "line"), count=14)
def cut_at_its_end(delivery: Genuine) -> Failure | None:
    name = delivery.signature_headers[0]
    return changed(delivery, headers={**delivery.headers, name: delivery.headers[name][:-15]})


@made("signature_altered", schemes=(*HMACS, "line", "twitch", "workos"), count=14)
def edited_by_hand(delivery: Genuine) -> Failure | None:
    name = delivery.signature_headers[0]
    value = delivery.headers[name]
    place = len(value) - 9
    other = "b" if value[place].lower() != "b" else "c"
    return changed(delivery, headers={**delivery.headers, name: value[:place] + other + value[place + 1 :]})


@made(
    "content_differs", schemes=("stripe", "slack", "standard-webhooks", "zendesk", "svix", "workos"), count=10
)
def signed_without_its_time(delivery: Genuine) -> Failure | None:
    return _of_content(delivery, delivery.body)


@made("content_differs", schemes=("github", "shopify", "sentry", "line"), kinds=JSON, count=8)
def signed_with_a_time(delivery: Genuine) -> Failure | None:
    sent = _of_content(delivery, b"%d.%b" % (NOW, delivery.body))
    return replace(sent, headers={**sent.headers, "x-timestamp": str(NOW)}) if sent else None


def _of_content(delivery: Genuine, content: bytes) -> Failure | None:
    """The delivery with the signature of that content in the place of its own."""
    key = delivery.signing_key

    class _Key:
        version = key.version

        def sign(self, _: bytes) -> str:
            signature: str = key.sign(content)
            return signature

    return changed(delivery.signed_with([_Key()]), verifier=delivery.verifier())


def _restamped(delivery: Genuine, pattern: str, stamp: str) -> Failure | None:
    """A sender that signs and sends its timestamp like that."""
    key = delivery.signing_key
    old = next(
        (match[0] for name in delivery.headers if (match := re.search(pattern, delivery.headers[name]))), ""
    )
    assert old

    class _Key:
        version = key.version

        def sign(self, content: bytes) -> str:
            signature: str = key.sign(content.replace(old.encode(), stamp.encode()))
            return signature

    sent = delivery.signed_with([_Key()])
    own = {
        name: value.replace(old, stamp)
        for name, value in sent.headers.items()
        if name in sent.scheme.header_names
    }
    return changed(sent, headers={**sent.headers, **own})


IN_SECONDS = ("standard-webhooks", "svix", "stripe", "slack", "mux", "paddle", "discord", "lithic")


@made("timestamp_in_milliseconds", schemes=IN_SECONDS, count=12)
def in_milliseconds(delivery: Genuine) -> Failure | None:
    return _restamped(delivery, rf"\b{NOW}\b", str(NOW * 1000 + 123))


@made("timestamp_form", schemes=IN_SECONDS, count=8)
def in_iso_8601(delivery: Genuine) -> Failure | None:
    return _restamped(delivery, rf"\b{NOW}\b", datetime.fromtimestamp(NOW, UTC).isoformat())


@made("timestamp_form", schemes=IN_SECONDS, count=6)
def with_a_fraction(delivery: Genuine) -> Failure | None:
    return _restamped(delivery, rf"\b{NOW}\b", f"{NOW}.25")


@made("timestamp_form", schemes=("zendesk", "box", "twitch", "workos", "hubspot"), count=8)
def in_seconds(delivery: Genuine) -> Failure | None:
    return _restamped(delivery, r"\d{4}-\d\d-\d\dT[^ ]*Z|\b\d{13}\b", str(NOW))


def _later(delivery: Genuine, seconds: float) -> Failure | None:
    late = replace(delivery, now=NOW + seconds)
    return changed(late, verifier=late.verifier())


WITH_TIME = (*TIMED, "mailgun", "linear", "aws-sns", "box")


# One delivery does not show whether it is late or a clock is wrong. So an old one is called old first.
@made("delivery_too_old", schemes=TIMED, count=14)
def of_a_clock_that_is_slow(delivery: Genuine) -> Failure | None:
    return _later(delivery, 307 + 61 * len(delivery.kind) % 700)


@made("clock_skew", schemes=("standard-webhooks", "slack", "zendesk", "svix", "discord", "paddle"), count=10)
def of_a_clock_that_is_fast(delivery: Genuine) -> Failure | None:
    return _later(delivery, -(311 + 67 * len(delivery.kind) % 700))


@made("provider_retry", schemes=("mailgun", "linear"), count=2)
def of_a_time_in_the_body(delivery: Genuine) -> Failure | None:
    return _later(delivery, 1234)


@made("time_zone", also=("delivery_too_old",), schemes=TIMED, count=10)
def of_a_clock_set_to_local_time(delivery: Genuine) -> Failure | None:
    hours = (1, 2, 5.5, 8)[len(delivery.name) % 4]
    return _later(delivery, hours * 3600 + 2)


@made(
    "time_zone", also=("clock_skew",), schemes=("standard-webhooks", "slack", "zendesk", "discord"), count=6
)
def of_a_sender_set_to_local_time(delivery: Genuine) -> Failure | None:
    return _later(delivery, 2 - 3600 * (1, 2, 5.75, 9)[len(delivery.name) % 4])


@made("provider_retry", schemes=("mailgun", "linear"), count=2)
def sent_again_hours_later_with_its_first_time(delivery: Genuine) -> Failure | None:
    return _later(delivery, 6 * 3600 + 65)


@made("delivery_too_old", schemes=(*TIMED, "mailgun", "linear"), count=12)
def replayed_from_a_log(delivery: Genuine) -> Failure | None:
    return _later(delivery, 86_400 * (1 + len(delivery.kind)) + 4321)


ADDRESSED = ("square", "hubspot", "twilio", "twilio-sha256")


def _called(delivery: Genuine, url: str) -> Failure | None:
    return changed(delivery, url=url)


@made("url_differs", schemes=ADDRESSED, kinds=("form",), count=4)
def behind_a_proxy_that_speaks_http(delivery: Genuine) -> Failure | None:
    assert delivery.url
    return _called(delivery, delivery.url.replace("https:", "http:"))


@made("url_differs", schemes=ADDRESSED, kinds=("form",), count=4)
def on_the_port_of_a_container(delivery: Genuine) -> Failure | None:
    assert delivery.url
    return _called(delivery, delivery.url.replace("https://shop.example", "http://shop.example:8000"))


@made("url_differs", schemes=ADDRESSED, kinds=("form",), count=4)
def with_a_slash_at_its_end(delivery: Genuine) -> Failure | None:
    assert delivery.url
    return _called(delivery, delivery.url.replace("/in?", "/in/?"))


@made("url_differs", schemes=ADDRESSED, kinds=("form",), count=4, bare=False)
def on_the_host_behind_a_proxy(delivery: Genuine) -> Failure | None:
    assert delivery.url
    return _called(delivery, delivery.url.replace("https://shop.example", "http://10.0.0.7:8000"))


@made("url_differs", schemes=ADDRESSED, kinds=("form",), count=4)
def without_its_query(delivery: Genuine) -> Failure | None:
    """The sender was given the address without a query, and the receiver tells it with one."""
    assert delivery.url
    sent = replace(delivery, url=delivery.url.partition("?")[0])
    return changed(sent.signed_again(), url=delivery.url)


@made("url_missing", schemes=ADDRESSED, kinds=("form",), count=6)
def verified_without_the_address(delivery: Genuine) -> Failure | None:
    sent = changed(delivery, verifier=delivery.verifier())
    return replace(sent, url=None) if sent else None


@made("body_unreadable", schemes=("adyen", "mailgun", "microsoft-graph"), kinds=JSON, count=6)
def of_another_webhook_of_the_same_provider(delivery: Genuine) -> Failure | None:
    return changed(delivery, body=b'{"type":"ping"}', headers={"content-length": "15"})
