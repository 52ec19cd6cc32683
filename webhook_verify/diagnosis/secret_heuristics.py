"""Heuristics for a secret that is a published one, several secrets, or another kind of credential."""

from __future__ import annotations

from collections.abc import Iterator

from webhook_verify import schemes
from webhook_verify.credentials import is_api_key, is_documented, joined_secrets, resembled_credential
from webhook_verify.diagnosis.investigation import Investigation
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.diagnosis.variants.published_secrets import example_secrets, published_test_secrets
from webhook_verify.schemes.providers import NAMES
from webhook_verify.secret import Secret

__all__ = ["published_secret_causes", "secret_causes"]


def secret_causes(investigation: Investigation) -> Iterator[Cause]:
    """Yield the causes that the text of the configured secrets suggests.

    Args:
        investigation: The rejected delivery, of which no cause is proved.

    Yields:
        Causes with confidence `LIKELY` or `POSSIBLE`. Names may repeat.
    """
    scheme = investigation.scheme
    is_built_in = scheme.name in NAMES and scheme is schemes.get(scheme.name)
    for label, secret, _ in investigation.secrets:
        value = secret.reveal()
        if (kind := resembled_credential(value)) and not is_documented(value, scheme.docs.secret_pattern):
            evidence = f"{label} looks like {kind}, not like the signing secret of a webhook"
            # The provider of a custom scheme may sign with its API key, as Paystack does.
            may_sign = is_api_key(value) and not is_built_in
            confidence = Confidence.POSSIBLE if may_sign else Confidence.LIKELY
            yield Cause("secret_of_another_kind", confidence, evidence)
        secrets, separator = joined_secrets(value) if isinstance(value, str) else ([], "")
        if secrets:
            count = "two" if len(secrets) == 2 else len(secrets)
            evidence = (
                f"{label} looks like {count} secrets with {separator} between them: pass a list of secrets, "
                "Verifier([first, second])"
            )
            yield Cause("secret_prefix", Confidence.LIKELY, evidence)


def published_secret_causes(investigation: Investigation) -> Iterator[Cause]:
    """Yield a cause if a published secret is configured, or if an example secret matches the signature.

    Args:
        investigation: The rejected delivery, of which no cause is proved.

    Yields:
        `published_secret`, likely if the signature matches and otherwise possible.
    """
    parsed = investigation.parse_headers()
    configured = {str(secret.reveal()): label for label, secret, _ in investigation.secrets}
    examples = example_secrets(investigation.scheme)
    for words, text in (*published_test_secrets(investigation.scheme), *examples):
        if text in configured:
            yield Cause("published_secret", Confidence.POSSIBLE, f"{configured[text]} is {words}")
    for words, text in examples if parsed is not None else ():
        key = investigation.key_of(Secret(text)) if text not in configured else None
        if key is not None and parsed is not None and investigation.matches(parsed, [key]):
            yield Cause("published_secret", Confidence.LIKELY, f"the delivery is signed with {words}")
