"""Behind a proxy, a delivery that was signed for another host is rejected, regardless of the headers.

Here, the proxy forwards the client's Host: its address is trusted, but an attacker controls its headers.
"""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from tests.adapters.raw_requests import ADAPTERS, REWRITTEN, Adapter, Ask
from tests.adapters.url_apps import SECRET, URL_SIGNED
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import AsyncReceiver, MalformedDelivery, Reason, Receiver, RejectedDelivery, Verifier
from webhook_verify.adapters.django import async_receiver_from_settings, receiver_from_settings
from webhook_verify.http import RequestHead

BODY = b'{"type":"payment.updated"}'
VERIFIER = Verifier(SECRET, scheme=URL_SIGNED)
PROXY = "10.1.2.3"
PROXIES = ["10.0.0.0/8"]
PRODUCTION = "hooks.example.com"
STAGING = "staging.example.com"


def signed(url: str) -> dict[str, str]:
    content = f"POST {url} ".encode() + BODY
    return {"x-signature": hmac.new(SECRET.encode(), content, "sha256").hexdigest()}


def forwarded(host: str, /, **headers: str) -> dict[str, str]:
    """Return what a proxy sends that was called at this host, over https."""
    return {"x-forwarded-proto": "https", "x-forwarded-host": host} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }


def received_status(receiver: Receiver, url: str, headers: Any, peer: str = PROXY) -> int:
    """Return the status of a delivery that is signed for the URL: 200 if it is accepted."""
    pairs = [*signed(url).items(), *(headers.items() if isinstance(headers, dict) else headers)]
    try:
        receiver.begin(RequestHead("POST", "/hook", pairs, target="/hook", peer=peer)).finish(BODY)
    except RejectedDelivery as error:
        return error.status_hint
    return 200


def production(*hosts: str) -> Receiver:
    return Receiver(VERIFIER, trusted_proxies=PROXIES, trusted_hosts=hosts or [PRODUCTION])


# --- the attack ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("adapter", (ADAPTERS | REWRITTEN).values(), ids=(ADAPTERS | REWRITTEN).keys())
@rows(
    "headers",
    [
        forwarded(STAGING),
        {"x-forwarded-proto": "https", "host": STAGING},
        forwarded(STAGING, host=PRODUCTION),
        forwarded(STAGING, forwarded=f"for=1.2.3.4;host={PRODUCTION};proto=https"),
    ],
)
def test_a_delivery_for_another_host_is_rejected_by_every_adapter(
    headers: dict[str, str], adapter: Adapter
) -> None:
    both = adapter.receiver(VERIFIER, trusted_proxies=PROXIES, trusted_hosts=[PRODUCTION, STAGING])
    one = adapter.receiver(VERIFIER, trusted_proxies=PROXIES, trusted_hosts=[PRODUCTION])
    delivery = Ask("POST", "/hook", BODY, {**signed(f"https://{STAGING}/hook"), **headers}, PROXY)

    assert adapter.send(both, delivery).status == 200  # it is genuine, but for another host
    seen = adapter.send(one, delivery)

    assert seen.status == 400
    assert seen.body == b'{"result":"malformed"}'


URL_SIGNING = [name for name, sample in SAMPLES.items() if sample.url is not None]


def test_the_providers_that_sign_the_url_are_known() -> None:
    assert {"twilio", "twilio-sha256", "hubspot", "square", "google-pubsub"} <= set(URL_SIGNING)


@rows("name", URL_SIGNING)
def test_a_real_delivery_passes_only_at_the_host_that_it_was_signed_for(name: str) -> None:
    sample = SAMPLES[name]
    assert sample.url is not None
    scheme, _, rest = sample.url.partition("://")
    host = rest.partition("/")[0]
    body, headers = sample.signed()
    proxied = {**headers, "x-forwarded-proto": scheme, "host": host}
    head = RequestHead("POST", "/hook", proxied, target=sample.target, peer=PROXY)

    def receiver(*hosts: str) -> Receiver:
        return Receiver(sample.verifier(), trusted_proxies=PROXIES, trusted_hosts=hosts)

    assert receiver(host).begin(head).finish(body).scheme == name
    with pytest.raises(MalformedDelivery, match=f"the host {host} is not in trusted_hosts") as caught:
        receiver("production.example.org").begin(head).finish(body)
    assert caught.value.reason is Reason.UNREADABLE_HEADER


def test_the_log_names_the_host_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    receiver = production()
    head = RequestHead(
        "POST",
        "/hook",
        {**signed(f"https://{STAGING}/hook"), **forwarded(STAGING)},
        target="/hook?token=hush",
        peer=PROXY,
    )
    with pytest.raises(RejectedDelivery) as caught:
        receiver.begin(head)
    response = receiver.rejection_response(caught.value, head)

    assert f"the host {STAGING} is not in trusted_hosts" in caplog.text
    assert "hush" not in caplog.text
    assert head.header("x-signature") not in caplog.text
    assert STAGING.encode() not in response.body


# --- spellings of a host --------------------------------------------------------------------------------


@rows(
    ("trusted", "called"),
    [
        ("hooks.example.com", "hooks.example.com"),
        ("hooks.example.com", "HOOKS.Example.COM"),
        ("Hooks.Example.Com", "hooks.example.com"),
        ("hooks.example.com", "hooks.example.com:443"),
        ("hooks.example.com:443", "hooks.example.com"),
        ("hooks.example.com:8443", "hooks.example.com:8443"),
        ("localhost", "localhost"),
        ("xn--hks-6qa.example", "xn--hks-6qa.example"),
        ("192.0.2.7", "192.0.2.7"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("[2001:DB8:0:0:0:0:0:1]", "[2001:db8::1]"),
        ("[2001:db8::1]:8443", "[2001:DB8::1]:8443"),
    ],
)
def test_the_same_host_in_another_spelling_is_trusted(trusted: str, called: str) -> None:
    assert received_status(production(trusted), f"https://{called}/hook", forwarded(called)) == 200
    assert (
        received_status(production("other.example", trusted), f"https://{called}/hook", forwarded(called))
        == 200
    )


@rows(
    "called",
    [
        "staging.example.com",
        "hooks.example.com.",
        "hooks.example.com..",
        ".hooks.example.com",
        "a.hooks.example.com",
        "example.com",
        "hooks.example.com.evil.example",
        "hooks.example.com:80",
        "hooks.example.com:8443",
        "hooks.example.com:0443",
        "hooks.example.com:",
        "hooks.example.com:443:443",
        "hooks.example.com, staging.example.com",
        "staging.example.com, hooks.example.com",
        "hooks.example.com,hooks.example.com",
        "hooks.example.com staging.example.com",
        "hooks.example.com\tstaging.example.com",
        "staging.example.com#hooks.example.com",
        "hooks.example.com@staging.example.com",
        "staging.example.com/hooks.example.com",
        "hooks_example.com",
        "hooks.example.com\u212a",
        "hoo\u212as.example.com",
        "\uff48ooks.example.com",
        "[::1]",
        "[:::1]",
        "[hooks.example.com]",
        "::1",
        "",
    ],
)
def test_any_other_host_is_not(called: str) -> None:
    """The signature is right for the URL of each of these hosts."""
    url = f"https://{called}/hook"
    assert received_status(production(), url, forwarded(called)) == 400
    assert received_status(production(), url, {"x-forwarded-proto": "https", "host": called}) == 400


@rows(
    ("called", "port", "expected"),
    [
        ("hooks.example.com", "443", 200),
        ("hooks.example.com", "", 200),
        ("hooks.example.com", "8443", 400),
        ("hooks.example.com", "80", 400),
        ("hooks.example.com", "443, 443", 400),
        ("hooks.example.com:443", "8443", 200),  # what stands in the host counts
        ("hooks.example.com:8443", "443", 400),
    ],
)
def test_the_port_of_a_proxy_is_a_part_of_the_host(called: str, port: str, expected: int) -> None:
    own = called if ":" in called or port in ("", "443") else f"{called}:{port}"
    headers = forwarded(called, x_forwarded_port=port)
    assert received_status(production(), f"https://{own}/hook", headers) == expected


@rows(
    ("trusted", "scheme", "expected"),
    [
        ("hooks.example.com", "http", 200),
        ("hooks.example.com:80", "http", 200),
        ("hooks.example.com:443", "http", 400),
        ("hooks.example.com:80", "https", 400),
        ("hooks.example.com", "HTTPS", 400),
        ("hooks.example.com", "wss", 400),
        ("hooks.example.com", "https, http", 400),
    ],
)
def test_a_host_without_a_port_has_that_of_its_scheme(trusted: str, scheme: str, expected: int) -> None:
    headers = {**forwarded(PRODUCTION), "x-forwarded-proto": scheme}
    assert received_status(production(trusted), f"{scheme}://{PRODUCTION}/hook", headers) == expected


@rows(
    ("more", "expected"),
    [
        ([("X-Forwarded-Host", PRODUCTION), ("x-forwarded-host", PRODUCTION)], 200),
        ([("X-Forwarded-Host", PRODUCTION), ("x-forwarded-host", STAGING)], 400),
        ([("X-Forwarded-Host", STAGING), ("x-forwarded-host", PRODUCTION)], 400),
        ([("Host", PRODUCTION), ("Host", STAGING)], 400),
        ([("x-forwarded-host", PRODUCTION), ("Host", PRODUCTION), ("host", STAGING)], 400),
        ([("x-forwarded-host", PRODUCTION), ("x-forwarded-proto", "http")], 400),
        ([("Forwarded", f"host={PRODUCTION};proto=https")], 400),
        ([("x-original-host", PRODUCTION), ("x-host", PRODUCTION)], 400),
    ],
)
def test_a_header_that_stands_twice(more: list[tuple[str, str]], expected: int) -> None:
    """Servers of ASGI keep both; those of WSGI join them with a comma, which is a host of its own."""
    headers = [("x-forwarded-proto", "https"), *more]
    for host in (PRODUCTION, STAGING):
        status = received_status(production(), f"https://{host}/hook", headers)
        assert status == (expected if host == PRODUCTION else (401 if expected == 200 else 400))


@rows("peer", ["192.0.2.1", "", "unix:", "10.1.2.3, 192.0.2.1", "10.1.2.3:4242"])
def test_a_trusted_host_from_elsewhere_than_the_proxy_is_rejected(peer: str) -> None:
    assert received_status(production(), f"https://{PRODUCTION}/hook", forwarded(PRODUCTION), peer) == 400


# --- misuse ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
@rows(
    ("options", "says"),
    [
        ({"trusted_proxies": PROXIES}, r"requires trusted_hosts: .*trusted_hosts=\[.*public_url="),
        ({"trusted_hosts": [PRODUCTION]}, r"requires trusted_proxies: .*trusted_proxies=\[.*public_url="),
        (
            {"public_url": "https://a.example", "trusted_hosts": [PRODUCTION]},
            "public_url cannot be combined with",
        ),
        (
            {"public_url": "https://a.example", "trusted_proxies": PROXIES},
            "public_url cannot be combined with",
        ),
        ({}, r"the client controls the Host header\. .*public_url=.*trusted_proxies=.*trusted_hosts="),
    ],
)
def test_the_options_that_require_each_other(kind: Any, options: dict[str, Any], says: str) -> None:
    for arguments in ({"verifier": VERIFIER}, {"verifier": lambda head: VERIFIER, "scheme": URL_SIGNED}):
        with pytest.raises(ValueError, match=says):
            kind(**arguments, **options)


def test_they_are_checked_where_no_url_is_signed_as_well() -> None:
    with pytest.raises(ValueError, match="requires trusted_hosts"):
        Receiver(Verifier(SECRET, scheme="github"), trusted_proxies=PROXIES)
    with pytest.raises(ValueError, match="requires trusted_hosts"):
        Receiver(lambda head: None, trusted_proxies=PROXIES)


def test_a_scheme_that_fetches_keys_needs_the_proxies_alone() -> None:
    verifier = Verifier("client:secret", scheme="plaid")
    assert Receiver(verifier, trusted_proxies=PROXIES).needs_request_target


def test_a_lookup_that_hides_its_scheme_accepts_nothing() -> None:
    """Nobody can know at construction that it returns a verifier that needs the URL."""
    receiver = Receiver(lambda head: VERIFIER)
    headers = {**signed(f"https://{PRODUCTION}/hook"), "host": PRODUCTION}
    with pytest.raises(TypeError, match="public_url="):
        receiver.begin(RequestHead("POST", "/hook", headers, target="/hook", peer=PROXY))


@rows(
    "host",
    [
        "",
        "*",
        "*.example.com",
        ".example.com",
        "hooks.example.com.",
        "hooks..example.com",
        "https://hooks.example.com",
        "user:hunter2@hooks.example.com",
        "hooks.example.com/hooks",
        "hooks.example.com:",
        "hooks.example.com:0",
        "hooks.example.com:070",
        "hooks.example.com:65536",
        "hooks.example.com:https",
        "hooks.example.com, a.example.com",
        " hooks.example.com",
        "hooks.example.com\n",
        "h\u00f6\u00f6ks.example.com",
        "::1",
        "[::1",
        "[::1%eth0]",
        "[:::1]",
        "[::g]",
        "a" * 254,
    ],
)
def test_an_invalid_host_is_misuse_and_is_not_repeated(host: str) -> None:
    with pytest.raises(ValueError, match=r"trusted_hosts\[1\] must be one host") as caught:
        production(PRODUCTION, host)
    assert "hunter2" not in str(caught.value)


@rows(
    "hosts",
    [
        "hooks.example.com",
        b"hooks.example.com",
        {"hooks.example.com": 1},
        5,
        True,
        [b"a"],
        [None],
        [443],
        [[]],
    ],
)
def test_hosts_of_a_wrong_type_are_misuse(hosts: Any) -> None:
    with pytest.raises(TypeError, match="trusted_hosts"):
        Receiver(VERIFIER, trusted_proxies=PROXIES, trusted_hosts=hosts)


def test_an_empty_list_is_misuse() -> None:
    with pytest.raises(ValueError, match="trusted_hosts is empty"):
        Receiver(VERIFIER, trusted_proxies=PROXIES, trusted_hosts=[])


@rows("make", [list, tuple, set, frozenset, iter], ids=lambda kind: kind.__name__)
def test_any_iterable_of_hosts_will_do(make: Any) -> None:
    receiver = Receiver(VERIFIER, trusted_proxies=PROXIES, trusted_hosts=make([PRODUCTION, "b.example"]))
    for host in (PRODUCTION, "b.example", PRODUCTION):
        assert received_status(receiver, f"https://{host}/hook", forwarded(host)) == 200


# --- Django's settings -----------------------------------------------------------------------------------


def test_the_settings_of_django_have_both_options() -> None:
    behind = {"secrets": "the auth token of an account", "scheme": "twilio", "trusted_proxies": PROXIES}
    with override_settings(WEBHOOK_VERIFY={"default": {**behind, "trusted_hosts": [PRODUCTION]}}):
        assert receiver_from_settings().needs_request_target
        assert async_receiver_from_settings().needs_request_target
    with (
        override_settings(WEBHOOK_VERIFY={"default": behind}),
        pytest.raises(ImproperlyConfigured, match="requires trusted_hosts"),
    ):
        receiver_from_settings()


@pytest.mark.parametrize("options", [{"trusted_hosts": [PRODUCTION]}, {}], ids=["the URL", "the callers"])
def test_the_proxies_may_come_from_a_generator(options: dict[str, Any]) -> None:
    verifier = VERIFIER if options else Verifier("client:secret", scheme="plaid")
    networks = (text for text in PROXIES)
    assert Receiver(verifier, trusted_proxies=networks, **options).needs_request_target
