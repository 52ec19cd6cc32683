"""A page for each provider, out of the registry: what it signs, and a complete receiver.

``make docs`` writes them into docs/providers. tests/providers/test_pages.py fails when one is not what this
module makes, and sends a genuine delivery to the receiver of each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tools.tables import MADE, table
from webhook_verify import Scheme, schemes
from webhook_verify.schemes import Provider

DOCS = Path(__file__).parents[1] / "docs" / "providers"

_RECEIVER = """\
```python
import os
from typing import Annotated

from fastapi import Depends, FastAPI

from webhook_verify import AsyncReceiver, Delivery, Verifier
from webhook_verify.adapters.fastapi import WebhookRoute, webhook
from webhook_verify.replay import MemoryStore, ReplayGuard

receiver = AsyncReceiver(
    Verifier(os.environ["{variable}"], scheme="{name}"),
    replay=ReplayGuard(MemoryStore()),{options}
)
app = FastAPI()
app.router.route_class = WebhookRoute


@app.post("/webhooks/{name}")
async def hook(delivery: Annotated[Delivery, Depends(webhook(receiver))]) -> None:
    print(delivery.id, delivery.key, len(delivery.body))
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
    parts = [f"# {scheme.title}", table(("", f'`scheme="{scheme.name}"`'), rows)]
    if scheme.notes:
        parts.append(scheme.notes)
    parts += ["## A receiver", _receiver(scheme), _FURTHER]
    return MADE + "\n\n".join(parts) + "\n"


_FURTHER = (
    "The same receiver goes into [every framework](../../README.md), and [a store](../replay.md) that "
    "several processes share into its `ReplayGuard`. During a rotation the verifier takes "
    "[several secrets](../verify.md)."
)


def variable(scheme: Scheme) -> str:
    """The environment variable that holds the secret in the page's receiver."""
    return re.sub(r"\W", "_", scheme.name).upper() + "_SECRET"


def public_url(scheme: Scheme) -> str:
    """The address that the page's receiver has, where the scheme signs it."""
    return f"https://example.com/webhooks/{scheme.name}"


def _receiver(scheme: Scheme) -> str:
    options = f'\n    public_url="{public_url(scheme)}",' if scheme.signs_url else ""
    return _RECEIVER.format(variable=variable(scheme), name=scheme.name, options=options)


def _index(listed: list[Scheme]) -> str:
    rows = [
        (f"[{scheme.title}]({scheme.name}.md)", f"`{scheme.name}`", _content(scheme), _short_key(scheme))
        for scheme in listed
    ]
    head = ("provider", "scheme", "what is signed", "deduped by")
    text = "# Providers\n\nEach is a row of data; [your own](../providers_own.md) takes a few lines.\n\n"
    return f"{MADE}{text}{table(head, rows)}\n"


def _facts(scheme: Scheme) -> list[tuple[str, str]]:
    return [
        ("headers", _headers(scheme.header_names) or "none: all is in the body"),
        ("written as", _written(scheme)),
        ("what is signed", _content(scheme)),
        (
            "the body",
            "signed" if scheme.signs_body else "**not signed**: who has seen one delivery can send any",
        ),
        ("freshness", _freshness(scheme)),
        ("deduped by", _key(scheme)),
        ("several signatures", _several(scheme)),
        ("handshake", _handshake(scheme)),
        ("the secret", scheme.secret_from),
        ("its documentation", scheme.documentation),
    ]


def _headers(names: Sequence[str]) -> str:
    """All of them, but of a hundred that are numbered the first and the last."""
    shown = [f"`{name}`" for name in names]
    return ", ".join(shown) if len(shown) <= 10 else f"{shown[0]} to {shown[-1]}"


def _content(scheme: Scheme) -> str:
    if not (scheme.signs_body or scheme.signs_timestamp or scheme.signs_id):
        return "nothing"
    return f"`{scheme.content}`" if "{" in scheme.content else scheme.content


# What a scheme cannot have by itself: it takes a token, or a function, of the receiver's own.
_GIVEN = {
    "aws-sns": "`ConfirmSubscriptions(fetch)`, which confirms them",
    "meta": "`MetaChallenge(verify_token)`, which answers `hub.challenge`",
}


def _handshake(scheme: Scheme) -> str:
    found = scheme.handshake
    answered = f"`{found.name}`, [answered by the receiver](../handshakes.md)" if found else "none"
    given = _GIVEN.get(scheme.name)
    return answered if given is None else f"{answered}; by `handshake=` of the receiver {given}"


def _written(scheme: Scheme) -> str:
    if not isinstance(scheme, Provider):
        return ""
    algorithm = scheme.algorithm.name
    if scheme.signature_field:
        stamp = f"{scheme.timestamp_field}=...{scheme.separator}" if scheme.timestamp_field else ""
        return f"`{stamp}{scheme.signature_field}=...`, {algorithm} in {scheme.encoding[2]}"
    prefix = f"`{scheme.signature_prefix}` and " if scheme.signature_prefix else ""
    how = "as it is" if not scheme.algorithm.signs else f"in {scheme.encoding[2]}"
    return f"{prefix}{algorithm} {how}"


def _freshness(scheme: Scheme) -> str:
    if not scheme.signs_timestamp:
        return "**no signed timestamp**: what is old cannot be told, so keep what was handled"
    side = "not older than" if scheme.takes_future else "within"
    where = "a timestamp in the signed body" if scheme.has_timestamp_in_body else "a signed timestamp"
    return f"{where}, {side} {scheme.tolerance:g} s unless `tolerance=` says otherwise"


def _short_key(scheme: Scheme) -> str:
    if scheme.has_id_in_body and scheme.signs_body:
        return "an id in the signed body"
    return "the signed id" if scheme.signs_id else f"the digest of {_digested(scheme)}"


def _key(scheme: Scheme) -> str:
    if scheme.has_id_in_body and scheme.signs_body:
        path = f" at `{scheme.id_in_body}`" if isinstance(scheme, Provider) else ""
        return f"an id{path} in the body, else the digest of what is signed"
    if scheme.signs_id:
        return "the message id, which is signed"
    unsigned = scheme.id_header if isinstance(scheme, Provider) else ""
    warning = f"; `{unsigned}` is unsigned, so a replay may carry any" if unsigned else ""
    return f"the digest of {_digested(scheme)}{warning}"


def _digested(scheme: Scheme) -> str:
    is_token = isinstance(scheme, Provider) and not scheme.algorithm.signs
    return "the body" if is_token else "what is signed"


def _several(scheme: Scheme) -> str:
    if not isinstance(scheme, Provider):
        return ""
    if scheme.signature_field:
        return f"one `{scheme.signature_field}=` for each; one that is right is enough"
    return "one in each header; one that is right is enough" if len(scheme.signature_headers) > 1 else ""


if __name__ == "__main__":
    main()
