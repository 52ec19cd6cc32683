"""Standard Webhooks as a scheme: its headers, in every form of container.

A plain dict with lower-case names of one prefix is read by a fast path, and everything else by a general
path. Both must have the same result for every delivery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.effort import examples
from tests.rows import rows
from tests.signing import NOW, SECRET, VERIFIER
from webhook_verify import (
    Delivery,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    Scheme,
    Secret,
    SignatureMismatch,
    Signer,
    Verifier,
    schemes,
)
from webhook_verify.schemes import SchemeDocs, StandardWebhooks

BODY = b'{"type": "invoice.paid"}'
ROLES = ("id", "timestamp", "signature")
NAMES = [f"{brand}-{role}" for brand in ("webhook", "svix") for role in ROLES]

GENUINE = Signer(SECRET).sign(BODY, id="msg_1", timestamp=NOW)
ID, TIMESTAMP, SIGNATURE = GENUINE.values()


def trio(brand: str) -> dict[str, Any]:
    return {name.replace("webhook", brand): value for name, value in GENUINE.items()}


def outcome(headers: Any) -> object:
    try:
        return VERIFIER.verify(BODY, headers)
    except RejectedDelivery as rejection:
        return type(rejection), rejection.reason


class Items:
    """A framework's header object: nothing but items()."""

    def __init__(self, headers: dict[str, Any]) -> None:
        self._headers = headers

    def items(self) -> Iterator[tuple[str, Any]]:
        return iter(self._headers.items())


# --- one verdict for all forms ----------------------------------------------------------------------

FORMS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "Title-Case dict": lambda given: {name.title(): value for name, value in given.items()},
    "pairs": lambda given: list(given.items()),
    "object with items()": Items,
    "bytes names": lambda given: [(name.encode(), value) for name, value in given.items()],
    "WSGI environ": lambda given: {f"HTTP_{name.upper().replace('-', '_')}": given[name] for name in given},
}
texts = st.sampled_from(
    [ID, TIMESTAMP, SIGNATURE, "", " ", "\t", "v1,", "\xe9", "1", "0", "msg_2"]
) | st.text(max_size=50)
values = st.one_of(
    texts,
    texts.map(lambda text: [text]),
    st.lists(texts, max_size=3),
    st.binary(max_size=50),
    st.sampled_from(
        [None, 0, 5, False, 0.0, [], (), {}, set(), object(), [1], [[ID]], ID.encode(), TIMESTAMP.encode()]
    ),
)


@pytest.mark.parametrize("form", FORMS)
@examples(300)
@given(
    st.dictionaries(st.sampled_from(NAMES), values, max_size=3),
    st.sampled_from(["webhook", "svix", "both", "none"]),
)
@example({"webhook-id": 0}, "svix")
@example({"webhook-id": {}}, "svix")
@example({"webhook-timestamp": 0}, "svix")
@example({"svix-id": 5}, "webhook")
@example({"svix-signature": ["a", "b"]}, "webhook")
@example({"svix-id": "another"}, "webhook")
@example({"webhook-id": ""}, "both")
def test_the_form_of_the_headers_does_not_matter(form: str, odd: dict[str, Any], brand: str) -> None:
    """The quick path and the careful one agree about every value, text or not."""
    brands = {"both": ["webhook", "svix"], "none": []}.get(brand, [brand])
    headers = {**{name: value for each in brands for name, value in trio(each).items()}, **odd}

    assert outcome(headers) == outcome(FORMS[form](headers))


@given(st.dictionaries(st.sampled_from(NAMES), texts), st.sampled_from(["webhook", "svix"]))
def test_bytes_and_text_are_the_same_header(odd: dict[str, str], brand: str) -> None:
    """ASGI hands over bytes, WSGI text: in latin-1 both are the same."""
    latin_1 = {name: text for name, text in odd.items() if all(ord(letter) < 256 for letter in text)}
    headers = {**trio(brand), **latin_1}
    as_bytes = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]

    assert outcome(headers) == outcome(as_bytes)


@pytest.mark.parametrize("form", [dict, *FORMS.values()], ids=["dict", *FORMS])
@pytest.mark.parametrize("brand", ["webhook", "svix"])
def test_a_genuine_delivery_is_accepted_in_every_form(brand: str, form: Callable[[Any], Any]) -> None:
    """Else the forms above could agree by all being refused."""
    assert isinstance(outcome(form(trio(brand))), Delivery)


# --- what is read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "missing"),
    [
        pytest.param({}, "s: webhook-id, webhook-timestamp, webhook-signature", id="all"),
        pytest.param({**GENUINE, "webhook-id": " "}, ": webhook-id", id="a blank id"),
        pytest.param({"webhook-id": ID}, "s: webhook-timestamp, webhook-signature", id="all but the id"),
        pytest.param({"svix-id": ID}, "s: svix-timestamp, svix-signature", id="all but the id, Svix"),
        pytest.param(
            {"svix-id": ID, "webhook-timestamp": TIMESTAMP, "webhook-signature": SIGNATURE},
            "s: svix-timestamp, svix-signature",
            id="mixed brands",
        ),
    ],
)
def test_the_message_names_the_headers_that_are_missing(headers: dict[str, str], missing: str) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        VERIFIER.verify(BODY, headers)

    assert caught.value.reason is Reason.MISSING_HEADER
    assert str(caught.value) == f"missing or empty header{missing}"


def test_reading_yields_the_signed_content_but_for_the_body() -> None:
    reading = schemes.get("standard-webhooks").parse_headers(GENUINE, None, None)

    assert (reading[0], reading[1]) == ("msg_1", NOW)
    assert list(reading[2]) == [("v1", SIGNATURE.removeprefix("v1,"))]
    assert reading[3:] == (b"msg_1.1700000000.", b"", ("type",))


def test_url_and_method_are_not_signed() -> None:
    assert VERIFIER.verify(BODY, GENUINE, url="https://example.com/", method="POST") == VERIFIER.verify(
        BODY, GENUINE
    )
    assert (
        Signer(SECRET).sign(BODY, id=ID, timestamp=NOW, url="https://example.com/", method="PUT") == GENUINE
    )


@rows("version", ["Xv1", "XXv1", "v1X", "V1", "v1 ", "v2", "v1a", ""])
def test_an_entry_of_another_version_is_no_signature(version: str) -> None:
    entry = f"{version},{SIGNATURE.removeprefix('v1,')}"
    for listed in (entry, f"{entry} {entry}", f"v2,a {entry}"):
        with pytest.raises(SignatureMismatch):
            VERIFIER.verify(BODY, GENUINE | {"webhook-signature": listed})
    assert VERIFIER.verify(BODY, GENUINE | {"webhook-signature": f"{entry} {SIGNATURE}"}).id == "msg_1"


@rows("before", ["", " ", "\xe9 "], ids=["nothing", "a blank", "garbage"])
@rows(
    ("timestamp", "is_read"),
    [("1", True), ("0", False), ("253402300799", True), ("1" + "0" * 12, False), ("01", False)],
)
def test_a_timestamp_has_1_to_12_digits_whatever_the_list_of_signatures_begins_with(
    before: str, timestamp: str, is_read: bool
) -> None:
    """What is unusual in one header is read carefully in all of them."""
    seconds = int(timestamp) if is_read else NOW
    headers = Signer(SECRET).sign(BODY, id="msg_1", timestamp=seconds)
    headers |= {"webhook-timestamp": timestamp, "webhook-signature": before + headers["webhook-signature"]}
    verifier = Verifier(SECRET, clock=lambda: seconds)
    if is_read:
        assert verifier.verify(BODY, headers).timestamp.timestamp() == seconds
        return
    with pytest.raises(MalformedDelivery) as caught:
        verifier.verify(BODY, headers)
    assert caught.value.reason is Reason.UNREADABLE_HEADER


# --- the registry -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "brand"), [("standard-webhooks", "webhook"), ("svix", "svix")])
def test_both_schemes_read_both_brands_and_write_one(name: str, brand: str) -> None:
    verifier = Verifier(SECRET, scheme=name, clock=lambda: NOW)

    assert Signer(SECRET, scheme=name).sign(BODY, id=ID, timestamp=NOW) == trio(brand)
    assert [verifier.verify(BODY, trio(each)).scheme for each in ("webhook", "svix")] == [name, name]


def test_the_page_of_the_specification_has_its_name_and_address() -> None:
    standard = schemes.get("standard-webhooks")
    assert (standard.docs.title, standard.docs.url) == (
        "Standard Webhooks",
        "https://www.standardwebhooks.com",
    )
    assert standard.retries == "new_timestamp", "the specification signs each attempt again"


def test_a_scheme_is_found_by_name_or_is_itself() -> None:
    own = StandardWebhooks("own", brand="svix")

    assert schemes.resolve("svix") is schemes.get("svix")
    assert schemes.resolve(own) is own
    assert Verifier(SECRET, scheme=own, clock=lambda: NOW).verify(BODY, GENUINE).scheme == "own"


def test_names_are_sorted_and_hold_what_is_built_in() -> None:
    assert schemes.names() == sorted(schemes.names())
    assert {"standard-webhooks", "svix"} <= set(schemes.names())


@pytest.mark.parametrize("name", [5, None, b"github", ["github"]])
def test_a_name_of_a_wrong_type(name: Any) -> None:
    with pytest.raises(TypeError, match=f"name must be a str, such as 'github', not '{type(name).__name__}'"):
        schemes.get(name)


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"unknown scheme 'stand'.*standard-webhooks, .*svix") as caught:
        schemes.get("stand")

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("GitHub", "github"),
        ("githib", "github"),
        ("aws_sns", "aws-sns"),
        ("standardwebhooks", "standard-webhooks"),
    ],
)
def test_a_name_that_is_mistyped_is_answered_with_the_one_that_is_meant(mistyped: str, meant: str) -> None:
    with pytest.raises(
        ValueError, match=rf"unknown scheme '{mistyped}' \(did you mean '{meant}'\?\); expected one of "
    ):
        schemes.get(mistyped)


def test_a_name_that_is_like_no_other_is_answered_with_the_list_alone() -> None:
    with pytest.raises(ValueError, match="unknown scheme 'xyzzy'; expected one of "):
        schemes.get("xyzzy")


@pytest.mark.parametrize(
    ("given", "told"),
    [("acme", "'str'"), (None, "'NoneType'"), (StandardWebhooks, "the class 'StandardWebhooks'")],
)
def test_what_is_registered_is_a_scheme(given: Any, told: str) -> None:
    with pytest.raises(TypeError, match=f"scheme must be a Scheme, such as a HeaderScheme, not {told}"):
        schemes.register(given)


@pytest.mark.parametrize("scheme", [None, 5, b"svix", StandardWebhooks])
@pytest.mark.parametrize("maker", [Verifier, Signer])
def test_a_scheme_is_a_name_or_a_scheme(scheme: Any, maker: Callable[..., object]) -> None:
    with pytest.raises(TypeError, match="registered name or a Scheme"):
        maker(SECRET, scheme=scheme)


@pytest.mark.usefixtures("registry")
def test_a_scheme_is_registered_once_under_its_name() -> None:
    own = StandardWebhooks("own", brand="webhook")

    assert schemes.register(own) is own
    assert schemes.register(own) is own  # again is no harm
    assert schemes.get("own") is own
    with pytest.raises(ValueError, match="'own' is already registered"):
        schemes.register(StandardWebhooks("own", brand="svix"))


@rows("brand", ["webhook", "svix"])
@rows("blank", [None, "", " "], ids=repr)
@rows("missing", [[0], [1], [2], [0, 1], [0, 2], [1, 2]], ids=str)
def test_the_missing_headers_are_named(brand: str, blank: str | None, missing: list[int]) -> None:
    headers = trio(brand)
    names = [list(headers)[place] for place in missing]
    for name in names:
        headers[name] = blank
    with pytest.raises(MalformedDelivery) as caught:
        VERIFIER.verify(BODY, headers)
    assert caught.value.reason is Reason.MISSING_HEADER
    assert [name for name in NAMES if name in caught.value.detail] == names


@pytest.mark.parametrize("brand", ["webhook", "svix"])
@pytest.mark.parametrize(
    ("options", "commas"), [({}, False), ({"commas": False}, False), ({"commas": True}, True)], ids=str
)
def test_a_scheme_of_a_brand(brand: str, options: dict[str, Any], commas: bool) -> None:
    own = StandardWebhooks("own", brand=brand, **options)
    assert own.name == "own"
    assert repr(own.docs) == repr(SchemeDocs(title="own"))
    docs = SchemeDocs(title="Own", secret_from="a page", url="a link", notes="a note")
    assert StandardWebhooks("own", brand=brand, docs=docs).docs is docs

    headers = Signer(SECRET, scheme=own).sign(BODY, id="msg_1", timestamp=NOW)
    assert list(headers) == [f"{brand}-{role}" for role in ROLES]
    verifier = Verifier(SECRET, scheme=own, clock=lambda: NOW)
    listed = headers | {f"{brand}-signature": f"{headers[f'{brand}-signature']}, v1,{'a' * 44}"}
    if commas:
        assert verifier.verify(BODY, listed).id == "msg_1"
    else:
        with pytest.raises(SignatureMismatch):
            verifier.verify(BODY, listed)


def test_a_scheme_shows_its_name() -> None:
    assert repr(schemes.get("svix")) == "<scheme svix>"


def test_a_scheme_of_ones_own_decides_how_keys_are_made() -> None:
    """The seam for providers: a Scheme turns headers into a claim and secrets into keys."""
    seen: list[Secret] = []

    class Own(StandardWebhooks):
        def verifying_key(self, secret: Secret) -> Any:
            seen.append(secret)
            return super().verifying_key(secret)

    own: Scheme = Own("own", brand="webhook")
    secret = Secret(SECRET)

    assert Verifier(secret, scheme=own, clock=lambda: NOW).verify(BODY, GENUINE).id == ID
    assert seen == [secret]
