"""A page for each provider, out of the registry: what it signs, who vouches for it, and a complete receiver.

``make docs`` writes them into docs/providers. tests/providers/test_pages.py fails when one is not what this
module makes, and sends a genuine delivery to the receiver of each.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.providers.witnesses import BY
from tools.tables import MADE, table
from webhook_verify import Scheme, schemes
from webhook_verify.schemes import Provider, StandardWebhooks
from webhook_verify.schemes.algorithms import ALGORITHMS
from webhook_verify.schemes.signed_body import SignedBody
from webhook_verify.schemes.twilio import Twilio

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
    parts += ["## A receiver", _receiver(scheme), _further(scheme)]
    return MADE + "\n\n".join(parts) + "\n"


def _further(scheme: Scheme) -> str:
    shared = ", and [a store](../replay.md) that several processes share into its `ReplayGuard`"
    return (
        f"The same receiver goes into [every framework](../../README.md){shared * _is_guarded(scheme)}. "
        "During a rotation the verifier takes [several secrets](../verify.md)."
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
            f"[{scheme.title}]({scheme.name}.md)",
            f"`{scheme.name}`",
            _content(scheme),
            _short_key(scheme),
            BY.get(scheme.name, ""),
        )
        for scheme in sorted(listed, key=lambda scheme: scheme.title.casefold())
    ]
    head = ("provider", "scheme", "what is signed", "deduped by", "tested against")
    return f"{MADE}{_INDEX}\n{table(head, rows)}\n"


_INDEX = """\
# Providers

Each is a row of data; [your own](../providers_own.md) takes a few lines. The last column says who is on the
other side of the tests, verifying or signing: the provider's own library or published example, or somebody
else's library where we found neither.
"""


def _facts(scheme: Scheme) -> list[tuple[str, str]]:
    return [
        ("needs", "`pip install 'webhook-verify[asymmetric]'`" if needs_extra(scheme) else ""),
        ("headers", _headers(scheme)),
        ("written as", _written(scheme)),
        ("what is signed", _content(scheme)),
        ("the body", _body(scheme)),
        ("the address", _address(scheme)),
        ("freshness", _freshness(scheme)),
        ("deduped by", _key(scheme)),
        ("event type", _event_type(scheme)),
        ("several signatures", _several(scheme)),
        ("handshake", _handshake(scheme)),
        ("the secret", scheme.secret_from),
        ("its documentation", scheme.documentation),
        ("tested against", BY.get(scheme.name, "")),
    ]


def needs_extra(scheme: Scheme) -> bool:
    """Whether its secret cannot be used without the extra ``asymmetric``."""
    return scheme.fetches or (isinstance(scheme, Provider) and scheme.algorithm in _OF_KEY_PAIRS)


_OF_KEY_PAIRS = [ALGORITHMS[name] for name in ("ed25519", "ecdsa-p256-sha256", "rsa-sha256")]


def _address(scheme: Scheme) -> str:
    if not scheme.signs_url:
        return ""
    return "the receiver must be told which it is: [`public_url`](../public_url.md)"


def _headers(scheme: Scheme) -> str:
    """All of them, but of a hundred that are numbered the first and the last."""
    names = scheme.header_names
    shown = [f"`{name}`" for name in names]
    if isinstance(scheme, StandardWebhooks):
        return f"{', '.join(shown[:3])}; or {', '.join(shown[3:])}"
    if not shown:
        return "none: all is in the body"
    return ", ".join(shown) if len(shown) <= 10 else f"{shown[0]} to {shown[-1]}"


def _content(scheme: Scheme) -> str:
    if not (scheme.signs_body or scheme.signs_timestamp or scheme.signs_id):
        return "nothing"
    return f"`{scheme.content}`" if "{" in scheme.content else scheme.content


def _body(scheme: Scheme) -> str:
    if scheme.signs_body:
        return "signed"
    if _content(scheme) == "nothing":
        return "**not signed**: who has seen one delivery can send any"
    return "**not signed**, but for what is said above: who has seen one delivery can change the rest"


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


def _event_type(scheme: Scheme) -> str:
    header = scheme.event_type_header if isinstance(scheme, Provider) else ""
    return f"`delivery.event_type`, of `{header}`, which is not signed" if header else ""


def _written(scheme: Scheme) -> str:
    if isinstance(scheme, StandardWebhooks):
        return "`v1,` and HMAC-SHA256 in base64; `v1a,` and Ed25519 where the secret is a `whpk_` key"
    if not isinstance(scheme, Provider | SignedBody | Twilio):
        return ""
    algorithm = scheme.algorithm
    how = f"{algorithm.name} in {scheme.encoding[2]}" if algorithm.signs else f"{algorithm.name} as it is"
    if not isinstance(scheme, Provider):
        return how
    if scheme.signature_field:
        stamp = f"{scheme.timestamp_field}=...{scheme.separator}" if scheme.timestamp_field else ""
        return f"`{stamp}{scheme.signature_field}=...`, {how}"
    return f"`{scheme.signature_prefix}` and {how}" if scheme.signature_prefix else how


def _freshness(scheme: Scheme) -> str:
    if not scheme.signs_timestamp:
        return "**no signed timestamp**: what is old cannot be told, so keep what was handled"
    side = "not older than" if scheme.takes_future else "within"
    where = "a signed timestamp in the body" if scheme.has_timestamp_in_body else "a signed timestamp"
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
    same = "" if scheme.signs_timestamp else "; two that are the same to the byte count as one"
    return f"the digest of {_digested(scheme)}{same}{warning}"


def _digested(scheme: Scheme) -> str:
    return "what is signed" if scheme.signs_body else "the body"


def _several(scheme: Scheme) -> str:
    if isinstance(scheme, StandardWebhooks):
        return "one after the other; one that is right is enough"
    if not isinstance(scheme, Provider):
        return ""
    if scheme.signature_field:
        return f"one `{scheme.signature_field}=` for each; one that is right is enough"
    return "one in each header; one that is right is enough" if len(scheme.signature_headers) > 1 else ""


if __name__ == "__main__":
    main()
