"""Secrets that a Verifier and a Signer accept or reject, without showing them.

Accepted: the forms that providers show, and unambiguous copying mistakes. Rejected by the constructor: empty,
undecodable or guessable secrets, and those of the wrong kind. A Verifier always has a secret.
"""

from __future__ import annotations

import warnings
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.conformance.spec_delivery import (
    KEY,
    OTHER_SECRET,
    PADDED,
    PRIVATE,
    PUBLIC,
    PUBLIC_BYTES,
    PUBLIC_PEM,
    SEED,
    TIMESTAMP,
)
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import InvalidSecret, Secret, Signer, Verifier, WeakSecretWarning, WebhookVerifyError

TAKEN = None
REFUSED = InvalidSecret
NO_SECRET_AT_ALL = TypeError
WEAK = WeakSecretWarning


class Row(NamedTuple):
    """A secret as configured, and what each role does with it."""

    name: str
    secret: Any
    verifier: type[Exception] | None
    signer: type[Exception] | None


def both(name: str, secret: Any, outcome: type[Exception] | None) -> Row:
    """A row with the same outcome for both roles."""
    return Row(name, secret, outcome, outcome)


def base64(prefix: str, key: bytes) -> str:
    """A key in the text form of Standard Webhooks."""
    return prefix + b64encode(key).decode()


def private_pem(key: Any, password: bytes | None = None) -> str:
    """A private key in PEM."""
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)
    return pem.decode()


def public_pem(key: Any) -> str:
    """A public key in PEM."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem: bytes = key.public_bytes(serialization.Encoding.PEM, form)
    return pem.decode()


ED25519 = Ed25519PrivateKey.from_private_bytes(SEED)
PRIVATE_PEM = private_pem(ED25519)
ENCRYPTED_PEM = private_pem(ED25519, password=b"password")
RSA_PEM = public_pem(rsa.RSAPublicNumbers(65537, (1 << 2047) | 1).public_key())
EC_KEY = ec.derive_private_key(123456789, ec.SECP256R1())
X25519_KEY = x25519.X25519PrivateKey.from_private_bytes(SEED)
BARE = SECRET.removeprefix("whsec_")
BYTES_AFTER_A_LINE = f"\n{PUBLIC_PEM}".encode()

HMAC_SECRETS = [
    both("whsec_", SECRET, TAKEN),
    both("whsec_, padded", f"whsec_{PADDED}", TAKEN),
    both("whsec_, padding left out", f"whsec_{PADDED.rstrip('=')}", TAKEN),
    both("bare base64", BARE, TAKEN),
    both("bare base64, padded", PADDED, TAKEN),
    both("raw bytes", KEY, TAKEN),
    both("raw bytes, binary", bytes(range(200, 232)), TAKEN),
    both("raw bytes that happen to be base64", PADDED.encode(), TAKEN),
    both("Secret", Secret(SECRET), TAKEN),
    both("list", [SECRET, OTHER_SECRET], TAKEN),
    both("tuple of a text, bytes and a Secret", (SECRET, bytes(range(32)), Secret(OTHER_SECRET)), TAKEN),
    both("the same secret twice", [SECRET, SECRET], TAKEN),
    both("blanks around", f" \t{SECRET} ", TAKEN),
    both("newline behind", f"{SECRET}\n", TAKEN),
    both("CRLF behind", f"{SECRET}\r\n", TAKEN),
    both("no-break space behind", f"{SECRET}\xa0", TAKEN),
    both("double quotes", f'"{SECRET}"', TAKEN),
    both("single quotes", f"'{SECRET}'", TAKEN),
    both("backquotes", f"`{SECRET}`", TAKEN),
    both("display form v1,whsec_", f"v1,{SECRET}", TAKEN),
    both("display form in quotes, newline behind", f'"v1,{SECRET}"\n', TAKEN),
    both("24 bytes", bytes(range(24)), TAKEN),
    both("64 bytes", base64("whsec_", bytes(range(64))), TAKEN),
    both("75 bytes", base64("whsec_", bytes(range(75))), TAKEN),
    both("1,000 bytes", b"k" * 1000, TAKEN),
    both("23 bytes", bytes(range(23)), WEAK),
    both("16 bytes", base64("whsec_", bytes(range(16))), WEAK),
    both("16 raw bytes", bytes(range(16)), WEAK),
    both("15 bytes", bytes(range(15)), REFUSED),
    both("15 bytes in base64", base64("whsec_", bytes(range(15))), REFUSED),
    both("one byte", b"k", REFUSED),
    both("a password that happens to be base64", "changeme", REFUSED),
    both("the word null", "null", REFUSED),
    both("the example in Lithic's API, which is cut off", "whsec_C2FVsBQIhrscChlQIMA", REFUSED),
]

ED25519_KEYS = [
    Row("whpk_", PUBLIC, TAKEN, REFUSED),
    Row("whpk_, padding left out", PUBLIC.rstrip("="), TAKEN, REFUSED),
    Row("whpk_ in quotes, newline behind", f'"{PUBLIC}"\n', TAKEN, REFUSED),
    Row("display form v1a,whpk_", f"v1a,{PUBLIC}", TAKEN, REFUSED),
    Row("whsk_", PRIVATE, REFUSED, TAKEN),
    Row("whsk_, padding left out", PRIVATE.rstrip("="), REFUSED, TAKEN),
    Row("whsk_ of the 32-byte seed", base64("whsk_", SEED), REFUSED, TAKEN),
    both("whsk_ whose halves do not match", base64("whsk_", SEED + bytes(32)), REFUSED),
    both("whsk_ with the halves swapped", base64("whsk_", PUBLIC_BYTES + SEED), REFUSED),
    both("whsk_ with the seed twice", base64("whsk_", SEED + SEED), REFUSED),
    both("whsk_ of 31 bytes", base64("whsk_", SEED[:31]), REFUSED),
    both("whsk_ of 33 bytes", base64("whsk_", SEED + PUBLIC_BYTES[:1]), REFUSED),
    both("whsk_ of 63 bytes", base64("whsk_", SEED + PUBLIC_BYTES[:31]), REFUSED),
    both("whsk_ of 65 bytes", base64("whsk_", SEED + PUBLIC_BYTES + b"\0"), REFUSED),
    both("whpk_ of 31 bytes", base64("whpk_", PUBLIC_BYTES[:31]), REFUSED),
    both("whpk_ of 33 bytes", base64("whpk_", PUBLIC_BYTES + b"\0"), REFUSED),
    both("whpk_ of the whole pair", base64("whpk_", SEED + PUBLIC_BYTES), REFUSED),
    both("whpk_ that is not base64", "whpk_!!!!", REFUSED),
    both("whsk_ that is not base64", "whsk_!!!!", REFUSED),
    both("whpk_ alone", "whpk_", REFUSED),
    both("whsk_ alone", "whsk_", REFUSED),
    both("whpk1_, a kind that Svix names", PUBLIC.replace("whpk_", "whpk1_"), REFUSED),
    both("whsk1_, a kind that Svix names", PRIVATE.replace("whsk_", "whsk1_"), REFUSED),
    both("v1,whpk_, which contradicts itself", f"v1,{PUBLIC}", REFUSED),
    both("v1a,whsec_, which contradicts itself", f"v1a,{SECRET}", REFUSED),
    Row("HMAC secret and whpk_", [SECRET, PUBLIC], TAKEN, REFUSED),
    Row("HMAC secret and whsk_", [SECRET, PRIVATE], REFUSED, TAKEN),
    Row("public PEM", PUBLIC_PEM, TAKEN, REFUSED),
    Row("public PEM as bytes", PUBLIC_PEM.encode(), TAKEN, REFUSED),
    Row("public PEM with CRLF", PUBLIC_PEM.replace("\n", "\r\n"), TAKEN, REFUSED),
    Row("public PEM after an empty line", f"\n{PUBLIC_PEM}", TAKEN, REFUSED),
    Row("public PEM as bytes after an empty line", BYTES_AFTER_A_LINE, TAKEN, REFUSED),
    Row("private PEM", PRIVATE_PEM, REFUSED, TAKEN),
    Row("private PEM as bytes", PRIVATE_PEM.encode(), REFUSED, TAKEN),
    both("private PEM, encrypted", ENCRYPTED_PEM, REFUSED),
    both("RSA public PEM", RSA_PEM, REFUSED),
    both("EC public PEM", public_pem(EC_KEY.public_key()), REFUSED),
    both("EC private PEM", private_pem(EC_KEY), REFUSED),
    both("X25519 public PEM", public_pem(X25519_KEY.public_key()), REFUSED),
    both("X25519 private PEM", private_pem(X25519_KEY), REFUSED),
    both("PEM cut off", PUBLIC_PEM[:60], REFUSED),
    both("PEM with nothing in it", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", REFUSED),
    both("PEM of garbage", "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n", REFUSED),
    both("PEM that is not ASCII", "-----BEGIN \udcff\xe9", REFUSED),
]

EMPTY = [
    both("empty text", "", REFUSED),
    both("blank", "  ", REFUSED),
    both("newline", "\n", REFUSED),
    both("empty quotes", '""', REFUSED),
    both("quotes around blanks", "'  '", REFUSED),
    both("whsec_ alone", "whsec_", REFUSED),
    both("whsec_ and a newline", "whsec_\n", REFUSED),
    both("whsec_ and padding alone", "whsec_==", REFUSED),
    both("v1,whsec_ alone", "v1,whsec_", REFUSED),
    both("padding alone", "====", REFUSED),
    both("empty bytes", b"", REFUSED),
    both("blank bytes", b" \t\r\n", REFUSED),
    both("empty list", [], REFUSED),
    both("empty tuple", (), REFUSED),
    both("empty iterator", iter(()), REFUSED),
    both("list with an empty text in it", [SECRET, ""], REFUSED),
    both("list with empty bytes in it", [b"", SECRET], REFUSED),
]

NOT_BASE64 = [
    both("junk after whsec_, which a lenient decoder makes empty", "whsec_!!!!", REFUSED),
    both("whsec_%", "whsec_%", REFUSED),
    both("one letter", "w", REFUSED),
    both("words", "correct horse battery staple", REFUSED),
    both("letters that are not ASCII", "whsec_" + "\xe9" * 32, REFUSED),
    both("fullwidth letters", "whsec_" + "\uff21" * 32, REFUSED),
    both("lone surrogates", "whsec_" + "\ud800" * 32, REFUSED),
    both("base64url", "whsec_" + urlsafe_b64encode(b"\xfb\xff" * 16).decode(), REFUSED),
    both("blank inside", f"{SECRET[:20]} {SECRET[20:]}", REFUSED),
    both("newline inside", f"{SECRET[:20]}\n{SECRET[20:]}", REFUSED),
    both("NUL behind", f"{SECRET}\0", REFUSED),
    both("byte order mark in front", f"\ufeff{SECRET}", REFUSED),
    both("padding inside", f"whsec_{PADDED}{PADDED}", REFUSED),
    both("too much padding", f"whsec_{PADDED}=", REFUSED),
    both("padding where none belongs", f"{SECRET}=", REFUSED),
    both("one character cut off, so that no base64 has this length", SECRET[:-3], REFUSED),
    both("quote at one end only", f'"{SECRET}', REFUSED),
    both("quotes that do not match", f"\"{SECRET}'", REFUSED),
    both("hwsec_, a typing mistake", f"hwsec_{BARE}", REFUSED),
    both("WHSEC_", f"WHSEC_{BARE}", REFUSED),
    both("whsec-", f"whsec-{BARE}", REFUSED),
    both("whsec_ twice", f"whsec_{SECRET}", REFUSED),
    both("v1, twice", f"v1,v1,{SECRET}", REFUSED),
    both("v2,whsec_", f"v2,{SECRET}", REFUSED),
    both("v1, before bare base64", f"v1,{BARE}", REFUSED),
    both("two secrets in one text", f"{SECRET},{OTHER_SECRET}", REFUSED),
    both("a template that was not filled in", "${WEBHOOK_SECRET_VALUE}", REFUSED),
    both("name and value", f"WEBHOOK_SECRET={SECRET}", REFUSED),
]

TEXT_AS_BYTES = [
    both("bytes that start like whsec_", SECRET.encode(), REFUSED),
    both("bytes that start like v1,whsec_", f"v1,{SECRET}".encode(), REFUSED),
    both("bytes that start like whpk_", PUBLIC.encode(), REFUSED),
    both("bytes that start like v1a,whpk_", f"v1a,{PUBLIC}".encode(), REFUSED),
    both("bytes that start like whsk_", PRIVATE.encode(), REFUSED),
    both("bytes whsec_ after a blank", b" " + SECRET.encode(), REFUSED),
    both("bytes whsec_ after a quote", b'"' + SECRET.encode() + b'"', REFUSED),
    both("bytes whsec_ after many blanks", b" " * 40 + SECRET.encode(), REFUSED),
    both("bytes whsec_ after a byte order mark", f"\ufeff{SECRET}".encode(), REFUSED),
]

NO_SECRETS = [
    both("None, as from an environment variable that is not set", None, NO_SECRET_AT_ALL),
    both("number", 42, NO_SECRET_AT_ALL),
    both("bool", True, NO_SECRET_AT_ALL),
    both("object", object(), NO_SECRET_AT_ALL),
    both("bytearray", bytearray(KEY), NO_SECRET_AT_ALL),
    both("memoryview", memoryview(KEY), NO_SECRET_AT_ALL),
    both("list with None in it", [SECRET, None], NO_SECRET_AT_ALL),
    both("list in a list", [[SECRET]], NO_SECRET_AT_ALL),
]

ROWS = [*HMAC_SECRETS, *ED25519_KEYS, *EMPTY, *NOT_BASE64, *TEXT_AS_BYTES, *NO_SECRETS]
ROLES: list[tuple[str, type[Verifier | Signer], Any, type[Exception] | None]] = [
    row_of_role
    for row in ROWS
    for row_of_role in (
        (f"Verifier: {row.name}", Verifier, row.secret, row.verifier),
        (f"Signer: {row.name}", Signer, row.secret, row.signer),
    )
]
TAKERS = [pytest.param(role, secret, id=name) for name, role, secret, outcome in ROLES if outcome is TAKEN]
WEAK_ONES = [pytest.param(role, secret, id=name) for name, role, secret, outcome in ROLES if outcome is WEAK]
REFUSERS = [
    pytest.param(role, secret, outcome, id=name)
    for name, role, secret, outcome in ROLES
    if outcome in (REFUSED, NO_SECRET_AT_ALL)
]


@rows(("role", "secret"), TAKERS)
def test_taken(role: type[Verifier | Signer], secret: Any) -> None:
    assert repr(role(secret))  # and no warning, which would be an error here
    assert _shown(secret, repr(role(secret))) == []


@pytest.mark.parametrize(("role", "secret"), WEAK_ONES)
def test_taken_with_a_warning(role: type[Verifier | Signer], secret: Any) -> None:
    with pytest.warns(WeakSecretWarning) as caught:
        role(secret)
    assert len(caught) == 1
    assert _shown(secret, str(caught[0].message)) == []


@rows(("role", "secret", "error"), REFUSERS)
def test_refused(role: type[Verifier | Signer], secret: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        role(secret)
    assert type(caught.value) is error
    assert str(caught.value)
    assert _shown(secret, f"{caught.value!s} {caught.value!r} {caught.value.args!r}") == []
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None  # a decoder's own error may quote what it could not read


@rows("row", [row for row in ROWS if row.verifier is row.signer is TAKEN], ids=lambda r: r.name)
def test_what_is_taken_by_both_roles_verifies_what_it_signed(row: Row) -> None:
    headers = Signer(row.secret).sign(b"{}", id="msg_1", timestamp=TIMESTAMP)
    assert Verifier(row.secret, clock=lambda: TIMESTAMP).verify(b"{}", headers).secret_label == "secret-1"


PUBLIC_SPELLINGS: dict[str, str | bytes] = {
    "whpk_": PUBLIC,
    "unpadded": PUBLIC.rstrip("="),
    "PEM": PUBLIC_PEM,
    "PEM as bytes": PUBLIC_PEM.encode(),
    "PEM as bytes after an empty line": BYTES_AFTER_A_LINE,
}
PRIVATE_SPELLINGS: dict[str, str | bytes] = {
    "whsk_": PRIVATE,
    "seed": base64("whsk_", SEED),
    "PEM": PRIVATE_PEM,
    "PEM as bytes": PRIVATE_PEM.encode(),
}


@pytest.mark.parametrize("public", PUBLIC_SPELLINGS.values(), ids=PUBLIC_SPELLINGS)
@pytest.mark.parametrize("private", PRIVATE_SPELLINGS.values(), ids=PRIVATE_SPELLINGS)
def test_every_spelling_of_a_private_key_signs_for_every_spelling_of_its_public_key(
    private: str | bytes, public: str | bytes
) -> None:
    headers = Signer(private).sign(b"{}", id="msg_1", timestamp=TIMESTAMP)
    assert headers["webhook-signature"].startswith("v1a,")
    assert Verifier(public, clock=lambda: TIMESTAMP).verify(b"{}", headers).id == "msg_1"


def test_an_invalid_secret_is_a_value_error_and_an_error_of_the_library() -> None:
    assert issubclass(InvalidSecret, ValueError)
    assert issubclass(InvalidSecret, WebhookVerifyError)


def test_a_weak_secret_is_warned_of_once_by_default() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            Verifier(bytes(range(16)))
    assert [warning.category for warning in caught] == [WeakSecretWarning]


def test_two_secrets_of_one_label_are_refused() -> None:
    with pytest.raises(ValueError, match="same label"):
        Verifier([Secret(SECRET, label="2026"), Secret(OTHER_SECRET, label="2026")])


def _shown(secret: object, text: str) -> list[str]:
    """The pieces of the secret, eight characters long, that the text shows."""
    return [piece for piece in _pieces(secret) if piece in text]


def _pieces(secret: object) -> Iterator[str]:
    if isinstance(secret, Secret):
        secret = secret.reveal()
    if isinstance(secret, bytes | bytearray | memoryview):
        secret = bytes(secret).decode("latin-1")
    if isinstance(secret, str):
        yield from (secret[start : start + 8] for start in range(len(secret) - 7))
    elif isinstance(secret, Iterable):
        for each in secret:
            yield from _pieces(each)


def test_a_shown_secret_would_be_seen() -> None:
    assert _shown([SECRET], f"cannot use {SECRET[3:14]}") == [
        SECRET[3:11],
        SECRET[4:12],
        SECRET[5:13],
        SECRET[6:14],
    ]
