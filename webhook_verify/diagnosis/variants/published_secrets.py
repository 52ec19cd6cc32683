"""Secrets that providers and specifications publish, which every sender can use."""

from __future__ import annotations

from webhook_verify.schemes import Scheme, StandardWebhooks

__all__ = ["example_secrets", "published_test_secrets"]

PublishedSecret = tuple[str, str]
"""(evidence, secret)."""

_TESTS: dict[str, tuple[PublishedSecret, ...]] = {
    "zendesk": (
        (
            "Zendesk's published test secret, which signs the test of a webhook that is not saved yet",
            "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
        ),
    ),
}
_STANDARD = (
    ("the example secret of Standard Webhooks and Svix", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("the test secret of the Standard Webhooks library for Rust", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
    ("the example secret of Lithic's documentation", "whsec_zlFsbBZ8Xcodlpcu6NDTdSzZRLSdhkst"),
)
_EXAMPLES: dict[str, tuple[PublishedSecret, ...]] = {
    "zendesk": (
        ("the example secret of Zendesk's documentation", "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="),
    ),
    "github": (("the example secret of GitHub's documentation", "It's a Secret to Everybody"),),
    "slack": (("the example secret of Slack's documentation", "8f742231b10e8888abcd99yyyzzz85a5"),),
    "square": (("the example key of Square's documentation", "asdf1234"),),
    "twilio": (("the example token of Twilio's documentation", "12345"),),
    "twilio-sha256": (("the example token of Twilio's documentation", "12345"),),
    "hubspot": (("the example secret of HubSpot's documentation", "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"),),
}


def published_test_secrets(scheme: Scheme) -> tuple[PublishedSecret, ...]:
    """Return the published secrets with which the provider itself signs its tests.

    Args:
        scheme: The verifier's scheme.

    Returns:
        (description, secret) of each.
    """
    return _TESTS.get(scheme.name, ())


def example_secrets(scheme: Scheme) -> tuple[PublishedSecret, ...]:
    """Return the secrets of examples in documentation, which are copied to settings and tests.

    Args:
        scheme: The verifier's scheme.

    Returns:
        (description, secret) of each.
    """
    own = _EXAMPLES.get(scheme.name, ())
    return (*own, *_STANDARD) if isinstance(scheme, StandardWebhooks) else own
