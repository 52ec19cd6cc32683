"""Signed parameters of a URL: Shopify's app proxies and Vonage's signed messages, against their SDKs."""

from __future__ import annotations

import hashlib
import hmac
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.sample import NOW, OTHER_TEXT_SECRET, TEXT_SECRET
from tests.providers.wheels import definition_in
from tests.rows import rows
from webhook_verify import Delivery, Reason, RejectedDelivery, Signer, Verifier
from webhook_verify.schemes.query_scheme import QueryScheme

PROXY = {
    "extra": ["1", "2"],
    "logged_in_customer_id": [""],
    "path_prefix": ["/apps/awesome_reviews"],
    "shop": ["acme.myshopify.com"],
    "timestamp": [str(NOW)],
}
MESSAGE = {"msisdn": "447700900000", "text": "Grüße & more=1", "timestamp": str(NOW), "to": "447700900001"}


def _shopify(parameters: dict[str, list[str]], key: str = TEXT_SECRET) -> str:
    """The signature as Shopify's documentation describes it."""
    text = "".join(f"{name}={','.join(values)}" for name, values in sorted(parameters.items()))
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()


def _vonage(parameters: dict[str, str], digest: str = "", key: str = TEXT_SECRET) -> str:
    """The signature as Vonage's documentation describes it."""
    clean = {name: value.replace("&", "_").replace("=", "_") for name, value in parameters.items()}
    text = "".join(f"&{name}={value}" for name, value in sorted(clean.items()) if value.strip())
    if digest:
        return hmac.new(key.encode(), text.encode(), digest).hexdigest()
    return hashlib.md5((text + key).encode()).hexdigest()


def _proxy_url(parameters: Any = PROXY, **others: Any) -> str:
    signed = {**parameters, "signature": [_shopify(parameters)], **others}
    return f"https://example.com/proxy?{urlencode(signed, doseq=True)}"


def _message_url(parameters: Any = MESSAGE, digest: str = "", **others: Any) -> str:
    return f"https://example.com/in?{urlencode({**parameters, 'sig': _vonage(parameters, digest), **others})}"


def _verify(
    scheme: str, url: str, headers: Any = (), secret: Any = TEXT_SECRET, now: float = NOW
) -> Delivery:
    return Verifier(secret, scheme=scheme, clock=lambda: now).verify(b"", headers, url=url, method="GET")


def _reason(scheme: str, url: str, **options: Any) -> Reason | None:
    try:
        _verify(scheme, url, **options)
    except RejectedDelivery as error:
        return error.reason
    return None


@pytest.mark.filterwarnings("ignore::webhook_verify.errors.WeakSecretWarning")
@interop("shopify-app-proxy", by="Shopify's documentation")
@rows(
    ("customer", "signature"),
    [
        ("&logged_in_customer_id=1", "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb"),
        ("", "a9718877bea71c2484f91608a7eaea1532bdf71f5c56825065fa4ccabe549ef3"),
    ],
)
def test_shopifys_published_examples(customer: str, signature: str) -> None:
    url = (
        f"https://example.com/proxy/extra/path/components?extra=1&extra=2&shop=shop-name.myshopify.com{customer}"
        f"&path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555&signature={signature}"
    )
    delivery = _verify("shopify-app-proxy", url, secret="hush", now=1317327555)
    assert (delivery.timestamp.timestamp(), delivery.timestamp_is_signed) == (1317327555, True)
    assert (delivery.body_is_signed, delivery.id_is_signed) == (False, False)


@interop("shopify-app-proxy", by="@shopify/shopify-api (npm)")
def test_we_decide_as_shopifys_library() -> None:
    urls = [
        _proxy_url(),
        _proxy_url({**PROXY, "extra": ["Grüße", "a b+c"]}),
        _proxy_url(extra=["2", "1"]),
        _proxy_url(shop=["other.myshopify.com"]),
        _proxy_url(signature=[_shopify(PROXY, OTHER_TEXT_SECRET)]),
        _proxy_url(more=["1"]),
    ]
    script = """
        await import('@shopify/shopify-api/adapters/node');
        const { shopifyApi, ApiVersion } = await import('@shopify/shopify-api');
        const api = shopifyApi({ apiKey: 'key', apiSecretKey: given.secret, scopes: ['read_products'],
            hostName: 'example.com', apiVersion: '2025-01', isEmbeddedApp: false });
        const RealNow = Date.now; Date.now = () => given.now * 1000;
        const results = [];
        for (const query of given.queries) {
            try { results.push(await api.utils.validateHmac(query, { signator: 'appProxy' })) }
            catch (error) { results.push(String(error)) }
        }
        return results
    """
    queries = [_single(parse_qs(urlsplit(url).query, keep_blank_values=True)) for url in urls]
    theirs = node(script, {"queries": queries, "now": NOW, "secret": TEXT_SECRET})
    assert theirs == [_reason("shopify-app-proxy", url) is None for url in urls]
    assert theirs == [True, True, False, False, False, False]


def _single(values: dict[str, list[str]]) -> dict[str, Any]:
    return {name: each if len(each) > 1 else each[0] for name, each in values.items()}


@interop("vonage-signed-message", by="vonage (PyPI)")
@rows("digest", ["", "md5", "sha1", "sha256", "sha512"])
def test_we_sign_as_vonages_library(digest: str) -> None:
    modules = {"hmac": hmac, "hashlib": hashlib, "time": time}
    signature = definition_in("vonage==3.17.4", "vonage/client.py", "signature", modules)
    method = getattr(hashlib, digest) if digest else None
    client = SimpleNamespace(signature_method=method, signature_secret=TEXT_SECRET)
    theirs = signature(client, {**MESSAGE})
    assert _reason("vonage-signed-message", _message_url(sig=theirs)) is None
    assert _reason("vonage-signed-message", _message_url(sig=theirs, to="4")) is Reason.SIGNATURE_MISMATCH


CUSTOMER = "1logged_in_customer_id=7m"

OF_SHOPIFY: dict[str, tuple[str, Reason | None]] = {
    "genuine": (_proxy_url(), None),
    "another order": (_proxy_url(dict(reversed(PROXY.items()))), None),
    "parameters without meaning to Shopify": (_proxy_url({**PROXY, "zoë": ["ü", ""]}), None),
    "only the own parameters": (_proxy_url({key: PROXY[key] for key in ("shop", "timestamp")}), None),
    "stale": (_proxy_url({**PROXY, "timestamp": [str(NOW - 301)]}), Reason.TOO_OLD),
    "a time in the future": (_proxy_url({**PROXY, "timestamp": [str(NOW + 301)]}), Reason.TOO_NEW),
    "two times": (_proxy_url({**PROXY, "timestamp": [str(NOW), "5"]}), Reason.UNREADABLE_HEADER),
    "no time": (_proxy_url({"shop": ["a"]}), Reason.MISSING_HEADER),
    "no signature": ("https://example.com/proxy?shop=a&timestamp=5", Reason.MISSING_HEADER),
    "a parameter removed": (_proxy_url().replace("extra=1&", ""), Reason.SIGNATURE_MISMATCH),
    "a value that contains another parameter": (
        _proxy_url({**PROXY, "a": [CUSTOMER]}),
        Reason.UNREADABLE_HEADER,
    ),
    "that value as two parameters": (
        _proxy_url({**PROXY, "a": [CUSTOMER]}).replace("a=1logged_in_customer_id%3D7m", "a=1")
        + "&logged_in_customer_id=7&mlogged_in_customer_id=",
        Reason.UNREADABLE_HEADER,
    ),
    "two shops": (_proxy_url({**PROXY, "shop": ["evil.example", "acme"]}), Reason.UNREADABLE_HEADER),
}


@rows(("url", "reason"), OF_SHOPIFY.values(), ids=OF_SHOPIFY)
def test_the_parameters_of_a_proxy(url: str, reason: Reason | None) -> None:
    assert _reason("shopify-app-proxy", url) is reason


OF_VONAGE: dict[str, tuple[str, Reason | None]] = {
    "genuine": (_message_url(), None),
    **{digest: (_message_url(MESSAGE, digest), None) for digest in ("md5", "sha1", "sha256", "sha512")},
    "SHA-384": (_message_url(MESSAGE, "sha384"), Reason.SIGNATURE_MISMATCH),
    "in upper case": (_message_url(sig=_vonage(MESSAGE).upper()), None),
    "a blank value": (_message_url({**MESSAGE, "network-code": ""}), None),
    "another text": (_message_url(text="Hello"), Reason.SIGNATURE_MISMATCH),
    "another parameter": (_message_url(more="1"), Reason.SIGNATURE_MISMATCH),
    "an ampersand that was an underscore": (_message_url(text="Grüße _ more=1"), None),
    "a name that contains parameters": (
        _message_url({**MESSAGE, "a=1&b": "2"}),
        Reason.UNREADABLE_HEADER,
    ),
    "two texts": (_message_url() + "&text=Hello", Reason.UNREADABLE_HEADER),
    "stale": (_message_url({**MESSAGE, "timestamp": str(NOW - 301)}), Reason.TOO_OLD),
    "no time": (_message_url({"text": "a"}), Reason.MISSING_HEADER),
}


@rows(("url", "reason"), OF_VONAGE.values(), ids=OF_VONAGE)
def test_the_parameters_of_a_message(url: str, reason: Reason | None) -> None:
    assert _reason("vonage-signed-message", url) is reason


@rows("scheme", ["shopify-app-proxy", "vonage-signed-message"])
def test_a_signer_signs_the_url_with_the_time_in_a_header(scheme: str) -> None:
    headers = Signer(TEXT_SECRET, scheme=scheme).sign(b"", timestamp=NOW, url="https://example.com/a?b=c")
    assert {*headers} == {"x-query-signature", "x-query-timestamp"}
    for url in ("https://example.com/a?b=c", f"https://example.com/x?timestamp={NOW}&b=c"):
        assert _verify(scheme, url, headers).timestamp.timestamp() == NOW
        assert _verify(scheme, url, headers, [OTHER_TEXT_SECRET, TEXT_SECRET]).secret_label == "secret-2"
    assert _reason(scheme, "https://example.com/a?b=d", headers=headers) is Reason.SIGNATURE_MISMATCH
    for query in ("timestamp=5", "signature=5&sig=5"):
        with pytest.raises(ValueError, match="another timestamp"):
            Signer(TEXT_SECRET, scheme=scheme).sign(b"", timestamp=NOW, url=f"https://example.com/?{query}")


@rows(
    ("options", "message"),
    [
        ({"timestamp_parameter": "t"}, "together"),
        ({"timestamp_parameter": "t", "timestamp_header": "x-t"}, "parameters:query"),
        ({"timestamp_header": "x-t"}, "together"),
    ],
)
def test_contradictory_options_are_an_error_at_construction(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        QueryScheme("acme", parameter="signature", signature_header="x-signature", **options)


def test_the_order_of_the_parameters_is_not_signed() -> None:
    pairs = parse_qsl(urlsplit(_message_url()).query)
    for url in (f"https://example.com/in?{urlencode(pairs[::-1])}", _message_url() + "#fragment"):
        assert _reason("vonage-signed-message", url) is None
