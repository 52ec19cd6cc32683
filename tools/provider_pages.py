"""Generator of the provider pages: configuration, a complete receiver, signature details and limits.

`make docs` writes the pages into docs/providers. tests/providers/test_pages.py fails if a page is outdated,
and sends a valid delivery to the receiver of each page.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.providers.interop import CODE_SAMPLE, DELIVERY_VECTORS, DESCRIPTION
from tests.providers.interop_sources import BY
from tools.tables import MADE, table
from webhook_verify import Scheme, schemes
from webhook_verify.cli import scheme_text
from webhook_verify.replay.identity import has_identity
from webhook_verify.schemes.algorithms import ALGORITHMS
from webhook_verify.schemes.http_signature import HttpSignature
from webhook_verify.schemes.jws_scheme import JwsScheme

DOCS = Path(__file__).parents[1] / "docs" / "providers"

_RECEIVER = """\
```python
import os
from typing import Annotated

from fastapi import Depends, FastAPI

from webhook_verify import AsyncReceiver, Delivery, Verifier
{imports}

receiver = AsyncReceiver(
    Verifier(os.environ["{variable}"], scheme="{name}"),
{options}
)
app = FastAPI()
app.router.route_class = WebhookRoute


@app.{method}("/webhooks/{name}")
async def hook(delivery: Annotated[Delivery, Depends(webhook(receiver))]) -> None:
    print(delivery.id, delivery.secret_label, len(delivery.body))
```"""


def pages() -> dict[str, str]:
    """Return the text of each page by file name. `README.md` is the list of all pages."""
    listed = [schemes.get(name) for name in schemes.names()]
    made = {f"{scheme.name}.md": page(scheme) for scheme in listed}
    return {"README.md": _index(listed), **made}


def main() -> None:
    """Write the pages that have changed."""
    DOCS.mkdir(exist_ok=True)
    for name, text in pages().items():
        file = DOCS / name
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            print(f"docs/providers/{name}")


def page(scheme: Scheme) -> str:
    """Return the page of a provider."""
    parts = [
        f"# {scheme.docs.title}",
        f'To verify webhooks from {_sender(scheme)}, pass `scheme="{scheme.name}"` to the `Verifier`.',
        "## Configuration",
        _configuration(scheme),
        "## Example",
        _receiver(scheme),
        _further(scheme),
        "## Signature and delivery",
        table(("", scheme.docs.title), [(label, text) for label, text in _facts(scheme) if text]),
    ]
    if scheme.docs.notes:
        parts += ["## Limits and pitfalls", _as_list(_SENTENCE_END.split(scheme.docs.notes))]
    return MADE + "\n\n".join(parts) + "\n"


def _sender(scheme: Scheme) -> str:
    if scheme.name == "standard-webhooks":
        return "a provider that implements Standard Webhooks"
    return scheme.docs.title.replace(": ", " (", 1) + ")" if ": " in scheme.docs.title else scheme.docs.title


_SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z`])")


def _as_list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _configuration(scheme: Scheme) -> str:
    lines = [f"Signing secret: {scheme.docs.secret_from}."]
    if needs_extra(scheme):
        lines.append("Required packages: `pip install 'webhook-verify[asymmetric]'`.")
    if scheme.signs_url:
        url = "[`public_url`](../receive/public_url.md)"
        lines.append(f"Set {url} to the URL that the provider calls, because the URL is signed or checked.")
    return _as_list(lines)


def _further(scheme: Scheme) -> str:
    shared = (
        " If several processes receive deliveries, pass [a shared store](../replay/README.md) to the "
        "`ReplayGuard`."
    )
    return (
        "You can use the same receiver in [every framework](../receive/README.md)."
        f"{shared * has_guard(scheme)} To rotate the secret, pass "
        "[several secrets](../receive/verify.md) to the `Verifier`."
    )


def has_guard(scheme: Scheme) -> bool:
    """Return whether the receiver of a page has a replay guard."""
    return has_identity(scheme) and not scheme.answer_is_data


def variable(scheme: Scheme) -> str:
    """Return the environment variable with the secret, for the receiver of a page."""
    return re.sub(r"\W", "_", scheme.name).upper() + "_SECRET"


def public_url(scheme: Scheme) -> str:
    """Return the URL of the receiver of a page, for schemes that sign the URL."""
    return f"https://example.com/webhooks/{scheme.name}"


def _receiver(scheme: Scheme) -> str:
    imports = ["from webhook_verify.adapters.fastapi import WebhookRoute, webhook"]
    options: list[str] = []
    if has_guard(scheme):
        imports.append("from webhook_verify.replay import MemoryStore, ReplayGuard")
        options.append("replay=ReplayGuard(MemoryStore()),")
    if scheme.signs_url:
        options.append(f'public_url="{public_url(scheme)}",')
    if scheme.name == "meta":  # without it, Meta does not accept the endpoint
        imports.insert(1, "from webhook_verify.handshakes import MetaChallenge")
        options.append('handshake=MetaChallenge(os.environ["META_VERIFY_TOKEN"]),')
    lines = "\n".join(f"    {option}" for option in options)
    text = _RECEIVER.format(
        method=scheme.methods[0].lower(),
        variable=variable(scheme),
        name=scheme.name,
        imports="\n".join(imports),
        options=lines,
    )
    return text.replace(",\n\n)", ",\n)")  # without options


def _index(listed: list[Scheme]) -> str:
    rows = [
        (
            f"[{scheme.docs.title}]({scheme.name}.md)",
            f"`{scheme.name}`",
            _short_key(scheme),
            BY.get(scheme.name, ""),
        )
        for scheme in sorted(listed, key=lambda scheme: scheme.docs.title.casefold())
    ]
    head = ("provider", "scheme", "deduplication key", "tested against")
    return f"{MADE}{_INDEX.format(counts=_counts(listed))}\n{table(head, rows)}\n"


def _counts(listed: list[Scheme]) -> str:
    """Return how many schemes have a library or an example as a counterpart, in words."""
    alone = [scheme.name for scheme in listed if not set(BY[scheme.name].split("; ")) - _OF_DOCUMENTS]
    return (
        f"Of {len(listed)} schemes, {len(listed) - len(alone)} are tested against a library, a server or a "
        f"published example, and {len(alone)} only against vectors or code samples."
    )


_OF_DOCUMENTS = {DELIVERY_VECTORS, CODE_SAMPLE, DESCRIPTION}


_INDEX = """\
# Supported providers

To verify deliveries of one of these providers, pass its scheme to the verifier:
`Verifier(secret, scheme="stripe")`. The page of a provider contains a complete receiver, the place of the
signing secret, the signature and delivery details, and the limits. For another provider, [define your own
scheme](own.md) in a few lines.

The last column names the counterpart of the tests, which signs or verifies the same deliveries: the
provider's own library or published example, or third-party code if we found neither. "Delivery vectors"
are requests that another implementation made from the provider's documentation. "Code sample" means that
a test signs as the code in the documentation does, and "description" that it follows the text.

{counts}
"""


def _facts(scheme: Scheme) -> list[tuple[str, str]]:
    return [
        ("headers", scheme_text.headers(scheme)),
        ("signed by", _signed_by(scheme)),
        ("signature format", scheme_text.written(scheme)),
        ("signed content", scheme_text.content(scheme)),
        ("body", scheme_text.body(scheme)),
        ("timestamp tolerance", scheme_text.freshness(scheme)),
        ("retries", scheme_text.retries(scheme)),
        ("deduplication key", scheme_text.dedupe(scheme)),
        ("response", _response(scheme)),
        ("event type", scheme_text.event_type(scheme)),
        ("form", scheme_text.form(scheme)),
        ("multiple signatures", scheme_text.several(scheme)),
        ("handshake", _handshake(scheme)),
        ("HTTP methods", "" if scheme.methods == ("POST",) else ", ".join(scheme.methods)),
        ("documentation", scheme.docs.url),
        ("tested against", BY.get(scheme.name, "")),
    ]


def needs_extra(scheme: Scheme) -> bool:
    """Return whether the secret can be used only with the extra `asymmetric`."""
    of_key_pairs = getattr(scheme, "algorithm", None) in _OF_KEY_PAIRS
    return scheme.fetches_keys or isinstance(scheme, HttpSignature | JwsScheme) or of_key_pairs


_OF_KEY_PAIRS = [ALGORITHMS[name] for name in ("ed25519", "ecdsa-p256-sha256", "rsa-sha256")]


# Handshakes that need a token or a function, so that the user must configure them.
_ARM = "[arm the store](../receive/handshakes.md#store-a-secret-that-a-provider-hands-over)"
_CONFIGURED_HANDSHAKES = {
    "aws-sns": "to confirm subscriptions, pass `handshake=ConfirmSubscriptions(fetch)` to the receiver",
    "asana": (
        f"pass `handshake=AsanaSecret(store, name)` to the receiver, and {_ARM} before you create the webhook"
    ),
    "notion": (
        f"pass `handshake=NotionToken(store, name)` to the receiver, and {_ARM} before you create the "
        "subscription"
    ),
    "meta": (
        "pass `handshake=MetaChallenge(verify_token)` to the receiver, which then "
        "[responds to `hub.challenge`](../receive/handshakes.md)"
    ),
    "ebay": (
        "pass `handshake=EbayChallenge(verification_token, endpoint)` to the receiver, which then "
        "[responds to `challenge_code`](../receive/handshakes.md)"
    ),
    "braintree": (
        "pass `handshake=BraintreeChallenge(public_key)` to the receiver, which then "
        "[responds to `bt_challenge`](../receive/handshakes.md)"
    ),
    "lark": (
        "pass `handshake=LarkChallenge(verification_token)` to the receiver, which then "
        "[responds to `url_verification`](../receive/handshakes.md); for an app with an Encrypt Key, also "
        "`decrypt=`"
    ),
}


def _handshake(scheme: Scheme) -> str:
    handshake = scheme.handshake
    automatic = (
        f"`{handshake.name}`, [handled by the receiver](../receive/handshakes.md)" if handshake else ""
    )
    texts = [text for text in (automatic, _CONFIGURED_HANDSHAKES.get(scheme.name)) if text]
    return "; ".join(texts) or "none"


def _response(scheme: Scheme) -> str:
    link = " ([hooks whose response matters](../receive/answers.md))"
    return f"{scheme_text.response(scheme)}{link * scheme.answer_is_data}"


def _signed_by(scheme: Scheme) -> str:
    text = scheme_text.signed_by(scheme)
    return text and f"{text}, see [gateways](../receive/gateways.md)"


def _short_key(scheme: Scheme) -> str:
    keys = {
        "id": "signed message id",
        "id in body": "id in the signed body",
        "unsigned id": "unsigned id and body",
        "none": "none: no guard",
    }
    word = scheme_text.word_of_dedupe(scheme)
    return keys.get(word, f"digest of {scheme_text.digested(scheme)}")


if __name__ == "__main__":
    main()
