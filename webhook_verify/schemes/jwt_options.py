"""The options of a `JwtScheme`: their validation, and the keys that they describe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import PrivateKey, PublicKey
from webhook_verify.schemes import header_options
from webhook_verify.schemes.algorithms import ALGORITHMS, SECRET_ENCODINGS
from webhook_verify.schemes.jwt_keys import FetchedKeys, FixedKeys
from webhook_verify.secret import Secret

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.keys import SigningKey, VerifyingKey
    from webhook_verify.schemes.key_cache import Fetch, KeyCache

__all__ = [
    "algorithm_names",
    "check_forms",
    "description",
    "fetched_keys",
    "fixed_keys",
    "key_cache",
    "signing_key",
    "split_account",
]

_HMACS = {"HS256": "hmac-sha256", "HS384": "hmac-sha384", "HS512": "hmac-sha512"}
_PUBLIC = ("RS256", "ES256")
_TEXTS = ("header", "prefix", "secret_encoding", "keys_url", "timestamp_claim", "id_claim", "id_in_body")


def check_forms(name: str, arguments: Mapping[str, Any]) -> None:
    """Check the types of options, and that they are consistent.

    Args:
        name: The name of the scheme.
        arguments: The arguments of `JwtScheme`, by name.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid, or contradicts another.
    """
    header_options.check_forms({"name": name, **arguments}, ("name", *_TEXTS))
    claims: Any = arguments["claims"]
    if not isinstance(claims, Mapping):
        raise TypeError(f"claims must be a mapping, not {type(claims).__name__!r}")
    required = arguments["required_claims"]
    if isinstance(required, str) or not all(isinstance(each, str) for each in required):
        raise TypeError("required_claims must be a list of names")
    for what in ("fetch", "keys"):
        if arguments[what] is not None and not callable(arguments[what]):
            raise TypeError(f"{what} must be a function or None, not {type(arguments[what]).__name__!r}")
    if arguments["keys"] is not None and arguments["keys_url"]:
        raise ValueError("keys and keys_url exclude each other")
    header_options.one_of(SECRET_ENCODINGS, arguments["secret_encoding"], "secret_encoding")
    if arguments["timestamp_claim"] not in ("", "iat", "nbf"):
        raise ValueError('timestamp_claim must be "iat", "nbf" or "" for tokens without a time')
    path = arguments["id_in_body"]
    if path and not all(path.split(".")):
        raise ValueError("id_in_body must be a path of names or *, joined with dots")
    if not 0 < arguments["tolerance"] < float("inf"):
        raise ValueError("tolerance must be finite and greater than 0 seconds")
    leeway = arguments["leeway"]
    if isinstance(leeway, bool) or not isinstance(leeway, int | float) or not 0 <= leeway <= 300:
        raise ValueError("leeway must be a number of seconds from 0 to 300")
    _check_keys_url(arguments["keys_url"], algorithm_names(arguments["algorithm"]), arguments["claims"])


def _check_keys_url(url: str, algorithms: Sequence[str], claims: Mapping[str, object]) -> None:
    if not url:
        return
    if algorithms[0] in _HMACS:
        raise ValueError("keys_url is for RS256 and ES256, because a key set contains public keys")
    if not url.startswith(("https://", "{account}")):
        raise ValueError("keys_url must start with https://")
    if "{account}" not in url and "{account}" not in claims.values():
        raise ValueError(
            "keys_url or a claim must contain {account}, because the keys verify tokens for others, too"
        )


def algorithm_names(value: Any) -> tuple[str, ...]:
    """Return the names of the algorithms.

    Args:
        value: One name, or several.

    Returns:
        The names.

    Raises:
        ValueError: If a name is unknown, or the algorithms have different kinds of keys.
    """
    names: tuple[Any, ...] = (value,) if isinstance(value, str) else tuple(value)
    if len(names) == 1 and names[0] in _PUBLIC:
        return names
    if not names or not all(name in _HMACS for name in names):
        raise ValueError("algorithm must be one or several of HS256, HS384 and HS512, or RS256, or ES256")
    return names


def description(algorithms: Sequence[str], claims: Mapping[str, object]) -> str:
    """Return what a token signs, in words.

    Args:
        algorithms: The algorithms.
        claims: The expected claims.

    Returns:
        The text, for the provider's page.
    """
    texts = [value for value in claims.values() if isinstance(value, str)]
    parts = [
        *("the SHA-256 of the body" for text in texts if ":body" in text),
        *("the SHA-256 of the URL" for text in texts if text.endswith(":url}")),
        *("the called URL" for text in texts if text == "{url}"),
        *("the hash of method, path and query" for text in texts if text.startswith("{qsh")),
    ]
    signed = f" with {' and '.join(parts)}" if parts else ""
    body = "" if any(":body" in text for text in texts) else "; not the body"
    return f"a token ({', '.join(algorithms)}){signed}{body}"


def split_account(secret: Secret, needs_account: bool, fetches_keys: bool) -> tuple[str, Secret]:
    """Split a configured secret into the account and the key.

    Args:
        secret: The configured secret.
        needs_account: Whether it contains an account.
        fetches_keys: Whether it is only the account, because keys are fetched.

    Returns:
        The account, or "", and the secret of the key.

    Raises:
        InvalidSecret: If the secret does not have this form.
    """
    value = secret.reveal()
    if not needs_account:
        return "", secret
    text = value if isinstance(value, str) else ""
    account, colon, key = (text, ":", "-") if fetches_keys else text.partition(":")
    if not account.strip() or not colon or not key.strip() or not account.isprintable():
        form = "the account" if fetches_keys else "account:key, with a colon between them"
        raise InvalidSecret(f"secret must be {form}, as a str")
    return account, secret if fetches_keys else Secret(key)


def fixed_keys(secret: Secret, algorithms: Sequence[str], encoding: str) -> FixedKeys:
    """Return the keys of a secret.

    Args:
        secret: The secret of an HMAC, a public key as PEM, or a JSON Web Key Set.
        algorithms: The algorithms.
        encoding: How the secret of an HMAC encodes the key.

    Returns:
        The keys.

    Raises:
        ImportError: If the algorithm needs the extra `asymmetric`, which is not installed.
        InvalidSecret: If the secret is not a key for the algorithms.
    """
    if algorithms[0] in _HMACS:
        return FixedKeys(
            {name: ALGORITHMS[_HMACS[name]].verifying_key(secret, encoding) for name in algorithms}
        )
    from webhook_verify.asymmetric import jws_keys

    value = secret.reveal()
    text = value if isinstance(value, bytes) else value.encode("utf-8", "replace")
    if text.lstrip().startswith(b"{"):
        return FixedKeys(by_id=_keys_of_set(text, algorithms[0]))
    return FixedKeys({algorithms[0]: PublicKey("v1", jws_keys.verifier(text, algorithms[0]))})


def _keys_of_set(document: bytes, algorithm: str) -> dict[str, VerifyingKey]:
    from webhook_verify.schemes.jws_sources import keys_in

    # A token names its key, so a key without an id is not used.
    keys = {key_id: PublicKey("v1", signed) for key_id, signed in keys_in(document, algorithm) if key_id}
    if not keys:
        raise InvalidSecret(f"the JSON Web Key Set has no public key with an id for {algorithm}")
    return dict[str, "VerifyingKey"](keys)


def key_cache(name: str) -> KeyCache[Mapping[str, VerifyingKey]]:
    """Return a cache of key sets.

    Args:
        name: The name of the scheme.

    Returns:
        The cache.
    """
    from webhook_verify.schemes.key_cache import KeyCache

    return KeyCache(name)


def fetched_keys(
    url: str, algorithms: Sequence[str], cache: KeyCache[Mapping[str, VerifyingKey]], fetch: Fetch | None
) -> FetchedKeys:
    """Return the keys at a URL.

    Args:
        url: The URL of the key set.
        algorithms: The algorithms.
        cache: The cache of key sets.
        fetch: Fetches the key set, or None for `https_fetch`.

    Returns:
        The keys.

    Raises:
        ImportError: If the extra `asymmetric` is not installed.
        InvalidSecret: If the URL is not https.
    """
    from webhook_verify.schemes.key_cache import https_fetch

    if not url.startswith("https://") or not url.isascii() or " " in url:
        raise InvalidSecret("secret must be the https URL of the issuer")
    get: Callable[[str, bytes | None], bytes] = fetch or https_fetch()
    return FetchedKeys(url, cache, lambda: _keys_of_set(get(url, None), algorithms[0]))


def signing_key(secret: Secret, algorithm: str, encoding: str) -> SigningKey:
    """Return the key that signs tokens.

    Args:
        secret: The secret of an HMAC, or a private key as PEM.
        algorithm: The algorithm.
        encoding: How the secret of an HMAC encodes the key.

    Returns:
        The key.

    Raises:
        ImportError: If the algorithm needs the extra `asymmetric`, which is not installed.
        InvalidSecret: If the secret is not a key for the algorithm.
    """
    if algorithm in _HMACS:
        return ALGORITHMS[_HMACS[algorithm]].signing_key(secret, encoding)
    from webhook_verify.asymmetric import jws_keys

    value = secret.reveal()
    pem = value if isinstance(value, bytes) else value.encode("utf-8", "replace")
    return PrivateKey("v1", jws_keys.signer(pem, algorithm))
