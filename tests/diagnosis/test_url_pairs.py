"""Two changes of an address at once, for schemes that sign the URL: a row for each pair of changes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from urllib.parse import urlencode

from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import Signer, Verifier
from webhook_verify.diagnosis import Confidence, explain
from webhook_verify.diagnosis.variants.url import url_pair_variants

URL = "https://shop.example/in/hook?shop=17&text=a%20b&by=%C3%A5~%2Fx"
BODY = b'{"type":"paid"}'

CHANGES: dict[str, Callable[[str], str]] = {
    "the scheme": lambda url: url.replace("https:", "http:"),
    "the host": lambda url: url.replace("shop.example", "localhost:8000"),
    "the port": lambda url: url.replace(".example/", ".example:443/"),
    "a trailing slash": lambda url: url.replace("/hook?", "/hook/?"),
    "the order of the query": lambda url: url.replace("shop=17&", "") + "&shop=17",
    "spaces as plus signs": lambda url: url.replace("%20", "+"),
    "a tilde that is quoted": lambda url: url.replace("~", "%7E"),
    "a slash that is not quoted": lambda url: url.replace("%2F", "/"),
    "escapes in lower case": lambda url: url.replace("%C3%A5", "%c3%a5").replace("%2F", "%2f"),
}
# The port belongs to the host, and one library writes all escapes of a query.
DEPENDENT = {
    ("the host", "the port"),
    *combinations(
        (
            "spaces as plus signs",
            "a tilde that is quoted",
            "a slash that is not quoted",
            "escapes in lower case",
        ),
        2,
    ),
}
PAIRS = [pair for pair in combinations(CHANGES, 2) if pair not in DEPENDENT]


def arrived(pair: tuple[str, str]) -> str:
    url = URL
    for change in reversed(pair):
        url = CHANGES[change](url)
    return url


@rows("pair", PAIRS, ids=" and ".join)
def test_two_changes_of_the_url_are_undone(pair: tuple[str, str]) -> None:
    headers = Signer(SECRET, scheme="hubspot").sign(BODY, url=URL, method="POST")
    shown = {**headers, "Host": "shop.example"}
    cause = explain(Verifier(SECRET, scheme="hubspot"), BODY, shown, url=arrived(pair)).cause
    assert (cause.name, cause.confidence) == ("url_differs", Confidence.CERTAIN), cause


@rows("pair", PAIRS, ids=" and ".join)
def test_two_changes_of_the_url_of_a_form_are_undone(pair: tuple[str, str]) -> None:
    body = urlencode({"From": "+1", "Body": "a b"}).encode()
    headers = Signer(SECRET, scheme="twilio").sign(body, url=URL)
    shown = {**headers, "Host": "shop.example"}
    cause = explain(Verifier(SECRET, scheme="twilio"), body, shown, url=arrived(pair)).cause
    assert (cause.name, cause.confidence) == ("url_differs", Confidence.CERTAIN), cause


@rows("url", ["", "https://[", "//", "x" * 9_000, "https://\ud800/", "https://a:b/", URL + "&a=b" * 2_000])
def test_the_number_of_urls_is_bounded(url: str) -> None:
    assert len(list(url_pair_variants(url, [("host", "\x00"), ("x-forwarded-host", "a.example")]))) <= 400
