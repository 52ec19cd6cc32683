"""A key for a secret with two meanings, such as base64 or the key itself."""

from __future__ import annotations

from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import PublicKey, Signatures

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import StreamingCheck, VerifyingKey
    from webhook_verify.schemes.base import Scheme
    from webhook_verify.secret import Secret

__all__ = ["EitherKey", "key_of_pasted_secret"]


class EitherKey:
    """Two keys, of which one must verify. The first is tried first.

    Args:
        first: The more likely key.
        second: The other key.
    """

    __slots__ = ("_keys",)

    def __init__(self, first: VerifyingKey, second: VerifyingKey) -> None:
        self._keys = (first, second)

    def matched(self, index: int) -> bool:
        """Handle a match of a key.

        Args:
            index: 0 for the first key, 1 for the second.

        Returns:
            True.
        """
        return True

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the keys verifies one of the signatures.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.
            before: The signed content before the body.
            body: The signed body.
            after: The signed content after the body.

        Returns:
            True if a key verifies a signature.
        """
        return any(
            key.verify(signatures, before, body, after) and self.matched(index)
            for index, key in enumerate(self._keys)
        )

    def accepts(self, signatures: Signatures) -> bool:
        """Return whether one of the keys can verify one of the signatures.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.

        Returns:
            True if a key has the version of a signature.
        """
        return any(key.accepts(signatures) for key in self._keys)

    def start(self, signatures: Signatures) -> StreamingCheck:
        """Start a verification of a body that arrives in chunks.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.

        Returns:
            The check of both keys.
        """
        return _EitherCheck(self, [key.start(signatures) for key in self._keys])


class _EitherCheck:
    __slots__ = ("_checks", "_key")

    def __init__(self, key: EitherKey, checks: list[StreamingCheck]) -> None:
        self._key, self._checks = key, checks

    def update(self, data: bytes, /) -> None:
        for check in self._checks:
            check.update(data)

    def matches(self) -> bool:
        return any(check.matches() and self._key.matched(index) for index, check in enumerate(self._checks))


class _PastedKey(EitherKey):
    """The key of a secret without the surrounding whitespace and quotes, and the key with them."""

    __slots__ = ("_logged",)

    def __init__(self, first: VerifyingKey, second: VerifyingKey) -> None:
        super().__init__(first, second)
        self._logged: set[int] = set()

    def matched(self, index: int) -> bool:
        """Log which text of the secret is the right one, once for each.

        Args:
            index: 0 for the first key, 1 for the second.

        Returns:
            True.
        """
        if index not in self._logged:
            import logging  # here, because it would double the time to import this package

            _logger = logging.getLogger("webhook_verify")
            self._logged.add(index)
            _logger.warning(
                "the configured secret begins or ends with whitespace or quotes. It matches %s them: %s",
                *(("with", "keep them"), ("without", "remove them from the configuration"))[index == 0],
            )
        return True


def key_of_pasted_secret(scheme: Scheme, secret: Secret) -> VerifyingKey:
    """Return the key of a secret, which also tries its text as configured.

    Surrounding whitespace and quotes are usually added by copying, but a provider may let its users choose a
    secret that contains them.

    Args:
        scheme: The scheme.
        secret: The configured secret.

    Returns:
        The key, or both keys if the text was shortened and its whole is also a valid key.

    Raises:
        ImportError: If the key needs the extra `asymmetric`, which is not installed.
        InvalidSecret: If the secret is not valid for this scheme.
    """
    key, whole = scheme.verifying_key(secret), secret.as_configured()
    if whole is None or isinstance(key, PublicKey) or scheme.fetches_keys:
        return key
    try:
        return _PastedKey(key, scheme.verifying_key(whole))
    except InvalidSecret:
        return key
