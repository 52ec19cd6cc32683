"""Keys that a signature brings with it, in certificates that lead to a trusted root (`x5c`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import MalformedDelivery
from webhook_verify.schemes.body_scheme import get_field, parse_unverified_json
from webhook_verify.schemes.differences import Difference

if TYPE_CHECKING:
    from webhook_verify.asymmetric.ecdsa_rsa import Signed
    from webhook_verify.asymmetric.x5c import Chain

__all__ = ["ChainKeys"]

_MAX_CHAINS = 32  # of one provider, which uses a few at a time


class ChainKeys:
    """Keys of certificates that lead to a trusted root, for payloads that have the expected values.

    A chain must be valid at the time in the payload, because a delivery may be verified later.

    Args:
        algorithm: The `alg`.
        roots: The fingerprints of the trusted root certificates: their SHA-256 in hex.
        marks: The extensions that the first and the second certificate must have.
        time_member: The member of the payload with the time of the signature, in Unix milliseconds.
        compare: Returns the differences of a payload from the configuration.
    """

    __slots__ = ("_algorithm", "_chains", "_compare", "_marks", "_roots", "_time_member")

    def __init__(
        self,
        algorithm: str,
        *,
        roots: frozenset[str],
        marks: tuple[str, str],
        time_member: str,
        compare: Callable[[dict[str, Any]], list[Difference]],
    ) -> None:
        self._algorithm, self._roots, self._marks, self._compare = algorithm, roots, marks, compare
        self._time_member = time_member
        self._chains: dict[tuple[str, ...], Chain] = {}

    def candidates(self, header: dict[str, Any], content: bytes) -> Iterator[Signed]:
        """Yield the key of the first certificate, if the chain is trusted and the payload as expected.

        Args:
            header: The unverified header of the signature.
            content: The unverified payload.

        Yields:
            At most one function that verifies a signature.
        """
        chain = self._chain_in(header)
        if chain is not None and not self._differences(chain, content):
            yield chain.signed

    def differences(self, header: dict[str, Any], content: bytes) -> list[Difference]:
        """Return the differences of the chain, and of the payload from the configuration.

        Args:
            header: The unverified header of the signature.
            content: The unverified payload.

        Returns:
            The differences.
        """
        chain = self._chain_in(header)
        found = self._differences(chain, content)
        if chain is None:
            received = "an untrusted or invalid chain" if "x5c" in header else None
            found.insert(0, Difference("x5c", "a chain of three certificates to a trusted root", received))
        return found

    def _chain_in(self, header: dict[str, Any]) -> Chain | None:
        from webhook_verify.asymmetric.x5c import chain_of

        encoded: Any = header.get("x5c")
        if encoded.__class__ is not list or not all(isinstance(text, str) for text in encoded):
            return None
        name = tuple(encoded)
        chain = self._chains.get(name)
        if chain is None:
            chain = chain_of(encoded, self._roots, self._marks, self._algorithm)
            # Only the owner of the root can make another chain, so an attacker cannot fill the cache.
            if chain is not None:
                while len(self._chains) >= _MAX_CHAINS:
                    self._chains.pop(next(iter(self._chains)), None)
                self._chains[name] = chain
        return chain

    def _differences(self, chain: Chain | None, content: bytes) -> list[Difference]:
        try:
            claims = parse_unverified_json(content)
        except MalformedDelivery:
            return [Difference("payload", "JSON", "another text")]
        time = get_field(claims, self._time_member)
        if type(time) is not int:
            return [Difference(self._time_member, "Unix milliseconds", time)]
        found = self._compare(claims)
        # Integers are multiplied, because an attacker can send one that is too large for a division.
        if chain is not None and not 1000 * chain.start <= time <= 1000 * chain.end:
            found.append(Difference(self._time_member, "a time at which the certificates are valid", time))
        return found
