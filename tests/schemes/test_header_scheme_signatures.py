"""`HeaderScheme`: the place and format of signatures, and accepted secrets."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from tests.schemes.own_scheme import BODY, LIST, NOW, RIGHT, SECRET, WRONG, mac, own, refused, verify
from webhook_verify import InvalidSecret, Reason, Secret, SignatureMismatch, Signer, Verifier
from webhook_verify.keys import TokenKey
from webhook_verify.schemes.encodings import ENCODINGS
from webhook_verify.verifier import handshake_signature

# --- the signature's header -------------------------------------------------------------------------


@pytest.mark.parametrize("digest", ["sha256", "sha1", "sha512"])
def test_algorithms(digest: str) -> None:
    row = own(algorithm=f"hmac-{digest}")
    assert verify(row, {"x-signature": mac(BODY, digest).hex()}).body == BODY
    others = {"sha256", "sha1", "sha512"} - {digest}
    for other in others:
        assert refused(row, {"x-signature": mac(BODY, other).hex()}).reason is Reason.SIGNATURE_MISMATCH


def test_a_prefix_is_needed_and_compared_exactly() -> None:
    row, right = own(signature_prefix="sha256="), mac(BODY).hex()
    assert verify(row, {"x-signature": f"sha256={right}"})
    for wrong in (right, f"SHA256={right}", f"sha1={right}", f"\xa0sha256={right}", f"sha256= {right}"):
        assert isinstance(refused(row, {"x-signature": wrong}), SignatureMismatch)


def test_of_several_headers_one_right_signature_is_enough() -> None:
    row, right = own(signature_header=("x-new", "x-old")), mac(BODY).hex()
    assert verify(row, {"x-new": right})
    assert verify(row, {"x-old": right})
    assert verify(row, {"x-new": "garbage", "x-old": right})
    assert verify(row, {"x-new": " ", "x-old": right})
    assert isinstance(refused(row, {"x-new": "garbage", "x-old": "more"}), SignatureMismatch)
    assert refused(row, {"x-new": "", "x-old": " "}).reason is Reason.MISSING_HEADER


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(f"t={NOW},v1={RIGHT}", id="plain"),
        pytest.param(f"v1={RIGHT},t={NOW}", id="in another order"),
        pytest.param(f"t={NOW}, v1={RIGHT}", id="with blanks"),
        pytest.param(f" t={NOW} ,v1={RIGHT} ", id="with blanks around"),
        pytest.param(f"t={NOW},v1={WRONG},v1={RIGHT}", id="several, the last is right"),
        pytest.param(f"t={NOW},v1={RIGHT},v1={WRONG}", id="several, the first is right"),
        pytest.param(f"t={NOW},v0={WRONG},v1={RIGHT},v2=x", id="of other versions"),
        pytest.param(f"t={NOW},v1={RIGHT},t={NOW}", id="an equal timestamp twice"),
        pytest.param(f",,=,=a,=b,v1,v1=,t={NOW},v1={RIGHT},x,", id="garbage between"),
        pytest.param(f"t={NOW},v1={RIGHT.upper()}", id="in upper case"),
        pytest.param(f"t={NOW}," + "x=1," * 30 + f"v1={RIGHT}", id="the 32nd field"),
    ],
)
def test_a_list_of_fields(header: str) -> None:
    assert verify(own(**LIST), {"x-signature": header}).timestamp.timestamp() == NOW


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        pytest.param("", Reason.MISSING_HEADER, id="empty"),
        pytest.param(" ", Reason.MISSING_HEADER, id="blank"),
        pytest.param(f"v1={RIGHT}", Reason.MISSING_HEADER, id="no timestamp"),
        pytest.param(f"t=,v1={RIGHT}", Reason.MISSING_HEADER, id="an empty timestamp"),
        pytest.param(f"t= ,v1={RIGHT}", Reason.MISSING_HEADER, id="a blank timestamp"),
        pytest.param(f"t=now,v1={RIGHT}", Reason.UNREADABLE_HEADER, id="no number"),
        pytest.param(f"t={NOW}=1,v1={RIGHT}", Reason.UNREADABLE_HEADER, id="an equals sign in it"),
        pytest.param(f"t={NOW},v1={RIGHT},t={NOW + 1}", Reason.DUPLICATE_HEADER, id="two timestamps"),
        pytest.param(f"t={NOW}", Reason.SIGNATURE_MISMATCH, id="no signature"),
        pytest.param(f"t={NOW},v0={RIGHT}", Reason.SIGNATURE_MISMATCH, id="another version"),
        pytest.param(f"t={NOW},V1={RIGHT}", Reason.SIGNATURE_MISMATCH, id="the version in upper case"),
        pytest.param(f"t={NOW};v1={RIGHT}", Reason.UNREADABLE_HEADER, id="another separator"),
        pytest.param(f"t={NOW},v1= {RIGHT}", Reason.SIGNATURE_MISMATCH, id="a blank in it"),
        pytest.param(f"t={NOW},\tv1={RIGHT}", Reason.SIGNATURE_MISMATCH, id="a tab"),
        pytest.param(f"t={NOW + 1},v1={RIGHT}", Reason.SIGNATURE_MISMATCH, id="another timestamp"),
        pytest.param(
            f"t={NOW}," + "x=1," * 31 + f"v1={RIGHT}", Reason.SIGNATURE_MISMATCH, id="the 33rd field"
        ),
    ],
)
def test_no_list_of_fields(header: str, reason: Reason) -> None:
    assert refused(own(**LIST), {"x-signature": header}).reason is reason


def test_another_separator() -> None:
    row = own(**LIST, field_separator=";")
    assert verify(row, {"x-signature": f"t={NOW};v1={RIGHT}"})
    assert Signer(SECRET, scheme=row).sign(BODY, timestamp=NOW) == {"x-signature": f"t={NOW};v1={RIGHT}"}


def test_fields_without_a_name_are_skipped_where_there_is_no_timestamp() -> None:
    assert verify(own(signature_field="v1"), {"x-signature": f"=a,=b,v1={mac(BODY).hex()},=c"})


def test_one_mac_however_many_entries() -> None:
    """The list is bounded, and the work as well."""
    header = f"t={NOW}," + ",".join([f"v1={WRONG}"] * 10_000)
    reading = own(**LIST).parse_headers({"x-signature": header}, None, None)
    assert len(reading[2]) == 31


# --- encodings --------------------------------------------------------------------------------------

OCTETS = bytes(range(224, 256))
CANONICAL = b64encode(OCTETS).decode()
URL_SAFE = urlsafe_b64encode(OCTETS).decode().rstrip("=")

READ: dict[str, tuple[str, str, str]] = {
    "hex": ("hex", OCTETS.hex(), CANONICAL),
    "hex, upper case": ("hex", OCTETS.hex().upper(), CANONICAL),
    "hex, mixed case": ("hex", OCTETS.hex().title(), CANONICAL),
    "hex, short": ("hex", OCTETS.hex()[:-2], ""),
    "hex, odd": ("hex", OCTETS.hex()[:-1], ""),
    "hex, long": ("hex", OCTETS.hex() + "00", ""),
    "hex, a blank": ("hex", " " + OCTETS.hex()[1:], ""),
    "hex, blanks between": ("hex", "e0 " * 21 + "e", ""),
    "hex, no digit": ("hex", "g" * 64, ""),
    "hex, other digits": ("hex", "\u0660" * 64, ""),
    "hex, a surrogate": ("hex", "\ud800" * 64, ""),
    "hex, nothing": ("hex", "", ""),
    "base64": ("base64", CANONICAL, CANONICAL),
    "base64, no padding": ("base64", CANONICAL.rstrip("="), ""),
    "base64, more padding": ("base64", CANONICAL + "=", ""),
    "base64, other letters": ("base64", "é" * 44, ""),
    "base64url": ("base64url", URL_SAFE, CANONICAL),
    "base64url, padding": ("base64url", URL_SAFE + "=", ""),
    "base64url, other letters": ("base64url", "é" * 43, ""),
    "text": ("text", "a token", "a token"),
    "text, other letters": ("text", "é", "é"),
    "text, endless": ("text", "x" * 2_001, ""),
}


@pytest.mark.parametrize(("encoding", "text", "canonical"), READ.values(), ids=READ)
def test_what_an_encoding_reads(encoding: str, text: str, canonical: str) -> None:
    assert ENCODINGS[encoding][0](text, 0 if encoding == "text" else 32) == canonical


def test_the_alphabets_of_base64_are_not_mixed() -> None:
    bodies = (b"%d" % number for number in range(1_000))
    body = next(each for each in bodies if set("+/") <= set(b64encode(mac(each)).decode()))
    standard = b64encode(mac(body)).decode()
    safe = urlsafe_b64encode(mac(body)).decode()

    assert verify(own(signature_encoding="base64"), {"x-signature": standard}, body)
    assert verify(own(signature_encoding="base64url"), {"x-signature": safe.rstrip("=")}, body)
    for encoding, other in (("base64", safe), ("base64url", standard.rstrip("="))):
        assert isinstance(
            refused(own(signature_encoding=encoding), {"x-signature": other}, body), SignatureMismatch
        )


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["hex", "base64", "base64url"]))
def test_an_encoding_reads_what_it_writes(octets: bytes, encoding: str) -> None:
    read, write, _ = ENCODINGS[encoding]
    canonical = b64encode(octets).decode()
    assert read(write(canonical), 32) == canonical


@given(st.text(max_size=70), st.sampled_from(list(ENCODINGS)), st.sampled_from([0, 20, 32]))
def test_an_encoding_raises_nothing(text: str, encoding: str, size: int) -> None:
    read = ENCODINGS[encoding][0](text, size)
    assert read == text if encoding == "text" else read.isascii()


@pytest.mark.parametrize("size", [0, 32])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_encoding_bounds_its_work(encoding: str, size: int) -> None:
    assert ENCODINGS[encoding][0]("0" * 1_000_000, size) == ""


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("hex", mac(BODY).hex()),
        ("base64", b64encode(mac(BODY)).decode()),
        ("base64url", urlsafe_b64encode(mac(BODY)).decode().rstrip("=")),
    ],
)
def test_a_signature_in_each_encoding(encoding: str, written: str) -> None:
    row = own(signature_encoding=encoding)
    assert verify(row, {"x-signature": written}).secret_label == "secret-1"
    assert Signer(SECRET, scheme=row).sign(BODY) == {"x-signature": written}


# --- secrets ----------------------------------------------------------------------------------------

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("habit", "secret", "key"),
    [
        pytest.param("text", "whsec_abcdefghijkl", b"whsec_abcdefghijkl", id="text with its prefix"),
        pytest.param("text", "ein Schlüssel, geheim", "ein Schlüssel, geheim".encode(), id="text in UTF-8"),
        pytest.param("text", KEY, KEY, id="bytes"),
        pytest.param("base64", b64encode(KEY).decode(), KEY, id="base64"),
        pytest.param("base64", b64encode(KEY).decode().rstrip("="), KEY, id="base64 without padding"),
        pytest.param("base64", KEY, KEY, id="bytes, not base64"),
        pytest.param("hex", KEY.hex(), KEY, id="hex"),
        pytest.param("hex", KEY.hex().upper(), KEY, id="hex in upper case"),
    ],
)
def test_what_the_text_of_a_secret_means(habit: str, secret: str | bytes, key: bytes) -> None:
    row = own(secret_encoding=habit)
    signed = {"x-signature": mac(BODY, key=key).hex()}
    assert verify(row, signed, secret=secret)
    assert Signer(secret, scheme=row).sign(BODY) == signed


@rows(
    ("habit", "secret"),
    [
        *(("base64", text) for text in ("====", "not base64!", "a", "whsec_" + b64encode(KEY).decode())),
        *(("hex", text) for text in ("0", "0g" * 16, "00 11 22 33", "0x" + KEY.hex(), "\u0660" * 32)),
        *((habit, text) for habit in ("text", "base64", "hex") for text in ("", " ", b"", b"\0" * 16)),
        *(("text", text) for text in ("-----BEGIN PUBLIC KEY-----\nMIIB", "ssh-rsa AAAA", "whpk_AAAA")),
        ("hex", "00" * 32),
        ("base64", b64encode(bytes(32)).decode()),
    ],
)
def test_no_secret(habit: str, secret: str | bytes) -> None:
    for maker in (Verifier, Signer):
        with pytest.raises(InvalidSecret) as caught:
            maker(secret, scheme=own(secret_encoding=habit))
        assert len(secret) < 4 or str(secret) not in str(caught.value)


# --- tokens -----------------------------------------------------------------------------------------

TOKEN = own(algorithm="token", signature_encoding="text", id_in_body="id")


def test_a_token_is_shown_and_signs_nothing() -> None:
    body = b'{"id": 7}'
    assert Signer("the token", scheme=TOKEN).sign(body) == {"x-signature": "the token"}

    delivery = verify(TOKEN, {"x-signature": "the token"}, body, "the token")

    assert (delivery.body_is_signed, delivery.timestamp_is_signed) == (False, False)
    assert (delivery.id, delivery.id_is_signed) == ("7", False)


@pytest.mark.parametrize(
    "shown", ["the Token", "the token\xa0", "the  token", "the toke", "the tokenn", "\ud800", "é"]
)
def test_another_token(shown: str) -> None:
    with pytest.raises(SignatureMismatch):
        verify(TOKEN, {"x-signature": shown}, secret="the token")


@pytest.mark.parametrize("secret", ["a\nb", b"\xff", "a\0", "a\x7f", "a\x85b", "\ud800", b"\xc3\xbc\n"])
def test_a_token_has_no_control_characters(secret: str | bytes) -> None:
    with pytest.raises(InvalidSecret, match="without control characters"):
        Verifier(secret, scheme=TOKEN)


UMLAUTS = "schlüssel-übergroß-1234"
WIRE = UMLAUTS.encode()
# The senders write the UTF-8 bytes of a token. Servers represent them as text in different ways.
REPRESENTED: dict[str, tuple[object, bool]] = {
    "bytes, as in ASGI": (WIRE, True),
    "Latin-1, as in WSGI": (WIRE.decode("latin-1"), True),
    "UTF-8, as in aiohttp": (WIRE.decode("utf-8", "surrogateescape"), True),
    "surrogates": (WIRE.decode("ascii", "surrogateescape"), True),
    "the bytes of another token": (UMLAUTS.replace("ß", "ss").encode(), False),
    "another token in Latin-1": (UMLAUTS.replace("ü", "u").encode().decode("latin-1"), False),
    "a decomposed umlaut": (UMLAUTS.replace("ü", "u\u0308").encode(), False),
    "UTF-8 of the UTF-8": (WIRE.decode("latin-1").encode(), False),
    "replacement characters": (WIRE.decode("ascii", "replace"), False),
    "question marks": (UMLAUTS.encode("ascii", "replace"), False),
    "the last byte is missing": (WIRE[:-1], False),
    "a lone surrogate": (UMLAUTS + "\ud800", False),
    "a character beyond Latin-1": ("\U0001f511" + UMLAUTS, False),
}


@pytest.mark.parametrize("secret", [UMLAUTS, WIRE], ids=["str", "bytes"])
@rows(("shown", "is_right"), REPRESENTED.values(), ids=REPRESENTED)
def test_a_token_is_compared_as_the_bytes_of_the_header(
    secret: str | bytes, shown: object, is_right: bool
) -> None:
    if is_right:
        assert verify(TOKEN, {"x-signature": shown}, BODY, secret).body == BODY
    else:
        with pytest.raises(SignatureMismatch):
            verify(TOKEN, {"x-signature": shown}, BODY, secret)


def test_a_token_is_sent_as_the_latin_1_text_of_its_bytes() -> None:
    """As the HTTP clients of Python expect, which write the text of a header in Latin-1."""
    headers = Signer(UMLAUTS, scheme=TOKEN).sign(BODY)
    assert headers["x-signature"].encode("latin-1") == WIRE
    assert verify(TOKEN, headers, BODY, UMLAUTS).body == BODY


def test_a_token_key() -> None:
    key = TokenKey("right")
    right, wrong = [("v1", "right")], [("v1", "wrong"), ("v1", "")]

    assert key.verify(right, b"", BODY, b"")
    assert key.verify([*wrong, *right], b"", b"", b"")
    assert not key.verify(wrong, b"", BODY, b"")
    assert not key.verify([], b"", BODY, b"")
    assert (key.accepts(right), key.accepts([])) == (True, False)
    assert key.sign(BODY) == "right"
    for signatures, matches in ((right, True), (wrong, False)):
        running = key.start(signatures)
        running.update(BODY)
        assert running.matches() is matches
    assert "right" not in repr(key)


# --- the MAC of a handshake -------------------------------------------------------------------------


def test_the_mac_of_a_handshake() -> None:
    secrets = [Secret(SECRET, label="new"), Secret("another secret, as long", label="old")]
    verifier = Verifier(secrets, scheme=own())
    assert handshake_signature(verifier)("new", b"token") == b64encode(mac(b"token"))
    assert handshake_signature(verifier)("old", b"token") == b64encode(
        mac(b"token", key=b"another secret, as long")
    )
    with pytest.raises(LookupError, match="no secret has the label 'gone'"):
        handshake_signature(verifier)("gone", b"token")
    with pytest.raises(TypeError, match="secret-1 is not an HMAC key"):
        handshake_signature(Verifier("the token", scheme=TOKEN))("secret-1", b"token")
