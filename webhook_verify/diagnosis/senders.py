"""Which provider sent a delivery, as its headers suggest, and which other signature headers a provider has.

Several providers share a header, such as `x-hub-signature`. The other headers of the delivery show which of
them sent it, so that the advice is never to configure the scheme of a provider that did not.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from binascii import a2b_base64, a2b_hex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from webhook_verify import schemes
from webhook_verify.diagnosis.investigation import Investigation, identifying_headers
from webhook_verify.diagnosis.variants.secret import configured_key, secret_encoding
from webhook_verify.keys import HmacKey
from webhook_verify.schemes import Scheme, StandardWebhooks

__all__ = [
    "OtherHeader",
    "describe",
    "foreign_headers",
    "has_valid_signature_in",
    "is_by_configured_provider",
    "names_the_sender",
    "other_headers",
    "plausible_schemes",
    "schemes_that_read",
    "signature_like_headers",
]

_GENERIC = "standard-webhooks"
# Words of names that also occur in headers of other senders, such as x-amz-meta-....
# Names that are common words in headers or user agents, and "x" of x-request-id and the like.
_COMMON_WORDS = {
    *("standard", "meta", "line", "box", "wise", "linear", "square", "aws", "google", "microsoft", "x", "ms"),
    *("cal", "customer", "merge", "modern", "checkout", "front", "bolt", "primer", "segment", "render"),
    *("plain", "cursor", "ramp", "recall", "help", "new", "cloudflare", "exa"),
    *("loops", "persona", "tally", "knock", "lob", "increase", "dub", "framer", "authorize", "npm", "azure"),
}
_MAX_NAMES = 12
_MAX_AGENT_CHARS = 200
_MAX_SIGNATURE_HEADERS, _MAX_VALUE_CHARS = 3, 2_000


class OtherHeader(NamedTuple):
    """A signature header of a provider that its scheme does not read."""

    sender: str
    """The provider's display name."""
    name: str
    """The lower-case name of the header."""
    description: str
    """The header in words, with `{}` for its name."""
    advice: str
    """Why the scheme does not read the header, and the alternative."""

    def evidence(self, scheme: Scheme, *, is_valid: bool) -> str:
        """Return the observation in words.

        Args:
            scheme: The configured scheme.
            is_valid: Whether the signature in the header is valid.

        Returns:
            The header that is missing, the header that arrived, and why that one is not accepted.
        """
        names = identifying_headers(scheme)
        missing = "" if self.name in names else f"{' or '.join(names[:2]) or 'the signature'} is missing; "
        arrived = self.description.format(self.name) + " arrived" + " with a valid signature" * is_valid
        return f"{missing}{arrived}; {self.advice}"


_SHA1 = "SHA-1 is not accepted, so check why the newer header is missing"
_BY_SCHEME: dict[str, tuple[OtherHeader, ...]] = {
    "github": (OtherHeader("GitHub", "x-hub-signature", "GitHub's older header {}, with SHA-1,", _SHA1),),
    "meta": (OtherHeader("Meta", "x-hub-signature", "Meta's older header {}, with SHA-1,", _SHA1),),
    "hubspot": (
        OtherHeader(
            "HubSpot",
            "x-hubspot-signature",
            "the header {} of HubSpot's older signatures v1 and v2",
            "these can be forged by extending a delivery and are not accepted, so have HubSpot send v3",
        ),
    ),
    "square": (OtherHeader("Square", "x-square-signature", "Square's older header {}, with SHA-1,", _SHA1),),
    "wise": (OtherHeader("Wise", "x-signature", "Wise's older header {}, with SHA-1,", _SHA1),),
}

_UNREGISTERED = tuple(
    OtherHeader(
        sender,
        f"x-{sender.lower()}-signature",
        f"the header {{}} of {sender}",
        f"{sender} signs the body with HMAC-SHA256 in hex: configure a HeaderScheme with "
        f'signature_header="x-{sender.lower()}-signature"',
    )
    for sender in ("Forgejo",)
)


def other_headers(investigation: Investigation) -> list[OtherHeader]:
    """Return the other signature headers of the configured provider that are present.

    Args:
        investigation: The rejected delivery.

    Returns:
        The headers.
    """
    return _present(investigation, _BY_SCHEME.get(investigation.scheme.name, ()))


def foreign_headers(investigation: Investigation) -> list[OtherHeader]:
    """Return the signature headers of other senders that no registered scheme reads.

    Args:
        investigation: The rejected delivery.

    Returns:
        The headers of senders without a registered scheme, and the older headers of providers that other
        headers of the delivery name.
    """
    marks = _marks(investigation)
    known = [
        other
        for name, others in _BY_SCHEME.items()
        if name != investigation.scheme.name and marks[name]
        for other in others
    ]
    return _present(investigation, (*_UNREGISTERED, *known))


_SIGNATURE_NAME = re.compile(r"signature|hmac|(?:^|-)sign?(?:-|$)")
_LONG_RUN = re.compile(r"(?=\D{0,63}\d)[0-9A-Za-z+/_-]{20,}")


def signature_like_headers(investigation: Investigation) -> list[str]:
    """Return the headers that look like signatures, but that the configured scheme does not read.

    Args:
        investigation: The rejected delivery.

    Returns:
        At most three names, in the order of the request.
    """
    own = investigation.scheme.header_names
    return [
        name
        for name in dict.fromkeys(name for name, _ in investigation.pairs)
        if name not in own
        and _SIGNATURE_NAME.search(name)
        and _LONG_RUN.search(investigation.header_value(name)[:_MAX_VALUE_CHARS])
    ][:_MAX_SIGNATURE_HEADERS]


def names_the_sender(investigation: Investigation, other: OtherHeader) -> bool:
    """Return whether the delivery names the sender, in a signature header or another one.

    Args:
        investigation: The rejected delivery.
        other: The signature header.

    Returns:
        Whether the sender is known, so that the header cannot be that of another provider.
    """
    word = other.sender.lower()
    return word in other.name.split("-") or bool(_marks(investigation)[word])


def is_by_configured_provider(investigation: Investigation, other: Scheme | None = None) -> bool:
    """Return whether the delivery names the configured provider, and not another one.

    Args:
        investigation: The rejected delivery.
        other: The other provider's scheme, None for any other.

    Returns:
        Whether the headers name the configured provider only.
    """
    marks = _marks(investigation)
    is_other_named = False
    if other is not None:
        word = other.name.partition("-")[0]
        signatures = [name for name in identifying_headers(other) if word in name.split("-")]
        is_other_named = marks[other.name] > len(investigation.names.intersection(signatures))
    return marks[investigation.scheme.name] > 0 and not is_other_named


def plausible_schemes(investigation: Investigation) -> list[Scheme]:
    """Return the other schemes whose signature header is present, ranked by the strength of the evidence.

    Args:
        investigation: The rejected delivery.

    Returns:
        Registered schemes that do not fetch keys, without those that the other headers contradict.
    """
    candidates = list(investigation.other_schemes())
    marks = _marks(investigation)
    is_named = bool(marks.total() or _present(investigation, _UNREGISTERED))
    own_others = {other.name for other in other_headers(investigation)}
    users = Counter(name for scheme in _schemes() for name in scheme.header_names)
    scores: dict[str, float] = {}
    for scheme in candidates:
        names = investigation.names.intersection(identifying_headers(scheme))
        is_contradicted = is_named and not marks[scheme.name] and all(users[name] > 1 for name in names)
        is_own_header = not marks[scheme.name] and names <= own_others
        is_generic = isinstance(scheme, StandardWebhooks)
        if not (is_own_header or (is_contradicted and not is_generic)):
            shares = sum(1 / users[name] for name in scheme.header_names if name in investigation.names)
            evidence = 1.0 + (scheme.name == _GENERIC) if is_generic else shares
            scores[scheme.name] = evidence + 2 * marks[scheme.name]
    read = {name: investigation.names.intersection(schemes.get(name).header_names) for name in scores}
    # Not the schemes that read fewer of these headers than another one does.
    poorer = {name for name, own in read.items() if any(own < others for others in read.values())}
    ranked = [
        scheme
        for scheme in candidates
        if scheme.name in scores and (scheme.name not in poorer or marks[scheme.name])
    ]
    return sorted(ranked, key=lambda scheme: -scores[scheme.name])


def describe(candidates: Sequence[Scheme], names: set[str], form: Callable[[str], str] = str) -> str:
    """Return schemes in words: the generic scheme with the providers that use it, then the others.

    Args:
        candidates: The schemes, most likely first.
        names: The names of the headers that are present.
        form: Formats the name of a scheme.

    Returns:
        The text, with at most three alternatives.
    """
    brand = "webhook" if "webhook-signature" in names else "svix"
    users = [
        scheme.name
        for scheme in candidates
        if isinstance(scheme, StandardWebhooks) and scheme.name != _GENERIC and scheme.brand == brand
    ]
    has_generic = any(scheme.name == _GENERIC for scheme in candidates)
    parts: list[str] = []
    for scheme in candidates:
        if has_generic and isinstance(scheme, StandardWebhooks):
            used_by = f" (used by {', '.join(users[:_MAX_NAMES])})" if users else ""
            text = form(_GENERIC) + used_by
        else:
            text = form(scheme.name)
        if text not in parts:
            parts.append(text)
    return " or ".join(parts[:3])


def has_valid_signature_in(investigation: Investigation, header: str, *, of_url: bool = True) -> bool:
    """Return whether a provider's other header has a valid signature by a configured secret.

    Args:
        investigation: The rejected delivery.
        header: The name of the header.
        of_url: Whether the signature may cover the URL.

    Returns:
        Whether the value is an HMAC, or a plain SHA-256 with the secret, of the body or of URL and body.
    """
    signatures = list(_decoded(investigation.header_value(header)))
    url = investigation.bounded_url.encode("utf-8", "surrogatepass")
    targets = (b"", url, investigation.method.encode("utf-8", "surrogatepass") + url) if of_url else (b"",)
    contents = dict.fromkeys(target + investigation.body for target in targets)
    for _, secret, key in investigation.secrets if signatures else ():
        if not isinstance(key, HmacKey):
            continue
        octets = configured_key(secret, secret_encoding(investigation.scheme))
        for content in contents:
            if not investigation.spend([key] * 3, 3 * len(content)):
                return False
            expected = (
                hmac.digest(octets, content, "sha1"),
                hmac.digest(octets, content, "sha256"),
                hashlib.sha256(octets + content).digest(),
            )
            if any(hmac.compare_digest(each, signature) for each in expected for signature in signatures):
                return True
    return False


def schemes_that_read(header: str) -> list[str]:
    """Return the names of at most three schemes that read a header.

    Args:
        header: Lower-case name.

    Returns:
        The names, in alphabetical order.
    """
    return sorted(scheme.name for scheme in _schemes() if header in scheme.header_names)[:3]


def _decoded(value: str) -> Iterator[bytes]:
    text = value.strip()[:200]
    for each in (text, text.partition("=")[2]):
        for decode in (a2b_hex, a2b_base64):
            try:
                signature = decode(each)
            except ValueError:
                continue
            if len(signature) in (20, 32):
                yield signature


def _present(investigation: Investigation, others: Sequence[OtherHeader]) -> list[OtherHeader]:
    return [other for other in others if investigation.header_value(other.name).strip()]


def _schemes() -> list[Scheme]:
    return [schemes.get(name) for name in schemes.names()]


def _marks(investigation: Investigation) -> Counter[str]:
    """Return how many headers name each provider: in their own name, or in the user agent."""
    agent = investigation.header_value("user-agent").lower()[:_MAX_AGENT_CHARS]
    words = Counter(word for name in investigation.names for word in set(name.split("-")))
    words.update(set(re.split("[^a-z0-9]+", agent)))
    marks: Counter[str] = Counter()
    for scheme in _schemes():
        word = scheme.name.partition("-")[0]
        own = [
            name for name in scheme.header_names if name in investigation.names and word in name.split("-")
        ]
        marks[scheme.name] = len(own) if word in _COMMON_WORDS else words[word]
    return marks
