"""A page for each provider, out of the registry: what it signs, who vouches for it, and a complete receiver.

``make docs`` writes them into docs/providers. tests/providers/test_pages.py fails when one is not what this
module makes, and sends a genuine delivery to the receiver of each.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.providers.interop_sources import BY
from tools.tables import MADE, table
from webhook_verify import Scheme, schemes
from webhook_verify.cli import scheme_text as told
from webhook_verify.schemes import HeaderScheme
from webhook_verify.schemes.algorithms import ALGORITHMS

DOCS = Path(__file__).parents[1] / "docs" / "providers"

UNGUARDED = ("dropbox", "microsoft-graph")
"""Whose deliveries may be the same to the byte though more has happened: a replay guard would lose them."""

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


@app.post("/webhooks/{name}")
async def hook(delivery: Annotated[Delivery, Depends(webhook(receiver))]) -> None:
    print(delivery.id, delivery.secret_label, len(delivery.body))
```"""


def pages() -> dict[str, str]:
    """The text of each page, by its file name; ``README.md`` lists them."""
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
    """The page of one provider."""
    rows = [(what, told) for what, told in _facts(scheme) if told]
    parts = [f"# {scheme.docs.title}", table(("", f'`scheme="{scheme.name}"`'), rows)]
    if scheme.docs.notes:
        parts.append(scheme.docs.notes)
    parts += ["## A receiver", _receiver(scheme), _further(scheme)]
    return MADE + "\n\n".join(parts) + "\n"


def _further(scheme: Scheme) -> str:
    shared = ", and [a store](../replay/README.md) that several processes share into its `ReplayGuard`"
    return (
        f"The same receiver goes into [every framework](../../README.md){shared * _is_guarded(scheme)}. "
        "During a rotation the verifier takes [several secrets](../receive/verify.md)."
    )


def _is_guarded(scheme: Scheme) -> bool:
    return scheme.name not in UNGUARDED


def variable(scheme: Scheme) -> str:
    """The environment variable that holds the secret in the page's receiver."""
    return re.sub(r"\W", "_", scheme.name).upper() + "_SECRET"


def public_url(scheme: Scheme) -> str:
    """The address that the page's receiver has, where the scheme signs it."""
    return f"https://example.com/webhooks/{scheme.name}"


def _receiver(scheme: Scheme) -> str:
    imports = ["from webhook_verify.adapters.fastapi import WebhookRoute, webhook"]
    options: list[str] = []
    if _is_guarded(scheme):
        imports.append("from webhook_verify.replay import MemoryStore, ReplayGuard")
        options.append("replay=ReplayGuard(MemoryStore()),")
    if scheme.signs_url:
        options.append(f'public_url="{public_url(scheme)}",')
    if scheme.name == "meta":  # without it Meta cannot be told the address
        imports.insert(1, "from webhook_verify.handshakes import MetaChallenge")
        options.append('handshake=MetaChallenge(os.environ["META_VERIFY_TOKEN"]),')
    lines = "\n".join(f"    {option}" for option in options)
    text = _RECEIVER.format(
        variable=variable(scheme), name=scheme.name, imports="\n".join(imports), options=lines
    )
    return text.replace(",\n\n)", ",\n)")  # where there is no option


def _index(listed: list[Scheme]) -> str:
    rows = [
        (
            f"[{scheme.docs.title}]({scheme.name}.md)",
            f"`{scheme.name}`",
            told.content(scheme),
            _short_key(scheme),
            BY.get(scheme.name, ""),
        )
        for scheme in sorted(listed, key=lambda scheme: scheme.docs.title.casefold())
    ]
    head = ("provider", "scheme", "what is signed", "deduped by", "tested against")
    return f"{MADE}{_INDEX}\n{table(head, rows)}\n"


_INDEX = """\
# Providers

Each is a row of data; [your own](own.md) takes a few lines. The last column says who is on the
other side of the tests, verifying or signing: the provider's own library or published example, or somebody
else's library where we found neither.
"""


def _facts(scheme: Scheme) -> list[tuple[str, str]]:
    return [
        ("needs", "`pip install 'webhook-verify[asymmetric]'`" if needs_extra(scheme) else ""),
        ("headers", told.headers(scheme)),
        ("written as", told.written(scheme)),
        ("what is signed", told.content(scheme)),
        ("the body", told.body(scheme)),
        ("the address", _address(scheme)),
        ("freshness", told.freshness(scheme)),
        ("retries", told.retries(scheme)),
        ("deduped by", told.dedupe(scheme)),
        ("event type", told.event_type(scheme)),
        ("several signatures", told.several(scheme)),
        ("handshake", _handshake(scheme)),
        ("the secret", scheme.docs.secret_from),
        ("its documentation", scheme.docs.url),
        ("tested against", BY.get(scheme.name, "")),
    ]


def needs_extra(scheme: Scheme) -> bool:
    """Whether its secret cannot be used without the extra ``asymmetric``."""
    return scheme.fetches_keys or (isinstance(scheme, HeaderScheme) and scheme.algorithm in _OF_KEY_PAIRS)


_OF_KEY_PAIRS = [ALGORITHMS[name] for name in ("ed25519", "ecdsa-p256-sha256", "rsa-sha256")]


def _address(scheme: Scheme) -> str:
    if not scheme.signs_url:
        return ""
    return "the receiver must be told which it is: [`public_url`](../receive/public_url.md)"


# What a scheme cannot have by itself: it takes a token, or a function, of the receiver's own.
_GIVEN = {
    "aws-sns": "`ConfirmSubscriptions(fetch)`, which confirms them",
    "meta": "`MetaChallenge(verify_token)`, which answers `hub.challenge`",
}


def _handshake(scheme: Scheme) -> str:
    found = scheme.handshake
    answered = f"`{found.name}`, [answered by the receiver](../receive/handshakes.md)" if found else "none"
    given = _GIVEN.get(scheme.name)
    return answered if given is None else f"{answered}; by `handshake=` of the receiver {given}"


def _short_key(scheme: Scheme) -> str:
    words = {"id": "the signed id", "id in body": "an id in the signed body"}
    return words.get(told.word_of_dedupe(scheme), f"the digest of {told.digested(scheme)}")


if __name__ == "__main__":
    main()
