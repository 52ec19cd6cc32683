"""Profiles of HTTP message signatures: what a sender must sign, and with which parameters.

RFC 9421 leaves to the application which components a signature must cover (section 3.2.1). A signature that
covers less proves nothing about the rest, so a profile is not optional.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webhook_verify.schemes.algorithms import SECRET_ENCODINGS
from webhook_verify.schemes.body_paths import body_paths
from webhook_verify.tracebacks import safe_repr

__all__ = ["ALGORITHM_NAMES", "Profile"]

ALGORITHM_NAMES = ("ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "rsa-v1_5-sha256", "hmac-sha256")
"""The supported algorithms of RFC 9421, section 3.3."""

_PARAMETER_NAMES = ("created", "expires", "nonce", "keyid", "alg", "tag")


@safe_repr
@dataclass(frozen=True, kw_only=True)
class Profile:
    """The requirements on a signature. In a list of components, `a|b` means one of both.

    Attributes:
        components: The components that a signature must cover. `content-digest` is always required for a
            request with a body.
        components_if_present: The headers, and `@query`, that a signature must cover if the request has them.
        parameters: The parameters that a signature must have, of `created`, `expires`, `nonce`, `keyid`,
            `alg` and `tag`. Without `created`, deliveries have no signed timestamp.
        algorithms: The accepted algorithms. For an RSA key without `alg`, the first that fits is used.
        tag: The `tag` of the signature, or "" for any. Signatures with another tag are ignored.
        label: The label of the signature, or "" for any. Other signatures are ignored.
        max_lifetime: The maximum time from `created` to `expires` in seconds, or 0 for any. If it is set,
            `created` may be in the future by `clock_skew` only.
        clock_skew: The time after `expires` for which a signature is still accepted, in seconds.
        id_from: The sources of the message id, in order of precedence: `nonce` or a header. A header is used
            only if the signature covers it.
        id_in_body: The path of the message id in the JSON body, which takes precedence.
        signature_encoding: `base64`; or `base64url` without padding, for senders that deviate from RFC 8941.
            Then base64 is accepted, too.
        normalizes_url: Whether the sender normalizes the path of the URL before signing.
        secret_encoding: How the configured secret encodes an HMAC key: `text`, `base64` or `hex`.
        key_members: Members that a JSON Web Key must have, with the allowed values.
        fetches_keys: Whether the secret may be the URL of a JSON Web Key Set.
        sent_headers: Headers that a `Signer` sends and signs.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid.
    """

    components: tuple[str, ...] = (
        "@method",
        "@authority|@target-uri",
        "@path|@target-uri|@request-target",
    )
    components_if_present: tuple[str, ...] = ("@query|@target-uri|@request-target",)
    parameters: tuple[str, ...] = ("created",)
    algorithms: tuple[str, ...] = ALGORITHM_NAMES
    tag: str = ""
    label: str = ""
    max_lifetime: float = 0.0
    clock_skew: float = 60.0
    id_from: tuple[str, ...] = ("nonce",)
    id_in_body: str = ""
    signature_encoding: str = "base64"
    normalizes_url: bool = False
    secret_encoding: str = "text"
    key_members: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    fetches_keys: bool = False
    sent_headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        for name in ("components", "components_if_present", "parameters", "algorithms", "id_from"):
            _check_names(name, getattr(self, name))
        _check_choices("parameters", self.parameters, _PARAMETER_NAMES)
        _check_choices("algorithms", self.algorithms, ALGORITHM_NAMES)
        _check_choices("secret_encoding", (self.secret_encoding,), tuple(SECRET_ENCODINGS))
        _check_choices("signature_encoding", (self.signature_encoding,), ("base64", "base64url"))
        for name in ("max_lifetime", "clock_skew"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be a number of seconds, at least 0 and finite")
        if not self.algorithms:
            raise ValueError(f"algorithms must have at least one of {', '.join(ALGORITHM_NAMES)}")
        if self.max_lifetime and not {"created", "expires"} <= set(self.parameters):
            raise ValueError("max_lifetime requires created and expires in parameters")
        if self.tag and "tag" not in self.parameters:
            object.__setattr__(self, "parameters", (*self.parameters, "tag"))
        body_paths(self.id_in_body or (), "id_in_body")

    @property
    def header_names(self) -> tuple[str, ...]:
        """The lower-case names of the headers that the profile mentions, without those of the signature."""
        lists = *self.components, *self.components_if_present, *self.id_from
        names = [name.partition(";")[0] for each in lists for name in each.split("|")]
        names += self.sent_headers
        return tuple(
            dict.fromkeys(
                name for name in names if name[:1] != "@" and name not in ("nonce", "content-digest")
            )
        )


def _check_names(name: str, value: Any) -> None:
    if value.__class__ is not tuple or not all(isinstance(each, str) and each for each in value):
        raise TypeError(f"{name} must be a tuple of non-empty str")
    if any(each != each.lower() for each in value):
        raise ValueError(f"{name} must be in lower case, as in RFC 9421")


def _check_choices(name: str, values: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    for value in values:
        if value not in allowed:
            raise ValueError(f"{name} must be of {', '.join(allowed)}; not {value!r}")
