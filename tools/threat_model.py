"""Generator of the threat model page: a text, and a table of the unsigned data of each registered scheme.

`make docs` writes the page. tests/test_security_pages.py fails if the page is outdated.
"""

from __future__ import annotations

from pathlib import Path

from tools.tables import MADE, table
from webhook_verify import Scheme, schemes
from webhook_verify.cli.scheme_text import content, signs_nothing, word_of_dedupe
from webhook_verify.schemes import HeaderScheme
from webhook_verify.schemes.jws_scheme import JwsScheme

__all__ = ["PAGE", "page", "unsigned_parts"]

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "threat_model.md"
_TEXT = Path(__file__).with_name("threat_model.md")


def page() -> str:
    """Return the text of the page."""
    return MADE + _TEXT.read_text("utf-8").replace("{table}", _table())


def main() -> None:
    """Write the page if it has changed."""
    PAGE.parent.mkdir(exist_ok=True)
    if not PAGE.exists() or PAGE.read_text("utf-8") != page():
        PAGE.write_text(page(), "utf-8")
        print(PAGE.relative_to(PAGE.parents[2]))


def _table() -> str:
    listed = sorted(map(schemes.get, schemes.names()), key=lambda scheme: scheme.docs.title.casefold())
    head = ("scheme", "unsigned", "replayable", "identity")
    return table(
        head,
        [
            (_link(scheme), "; ".join(unsigned_parts(scheme)) or "-", _resent(scheme), _identity(scheme))
            for scheme in listed
        ],
    )


def _link(scheme: Scheme) -> str:
    return f"[{scheme.docs.title}](../providers/{scheme.name}.md)"


def unsigned_parts(scheme: Scheme) -> list[str]:
    """Return the parts that an attacker can change in a captured delivery, the most important first."""
    if signs_nothing(scheme):
        return ["**everything**: the request contains a token"]
    parts = []
    if not scheme.signs_body:
        parts.append(f"**the body** (signed: {content(scheme)})")
    if not scheme.signs_timestamp:
        parts.append("**the timestamp**")
    if not scheme.signs_id and not (scheme.has_id_in_body and scheme.signs_body):
        name = scheme.id_header if isinstance(scheme, HeaderScheme) else ""
        parts.append(f"the message id (`{name}`)" if name else "no message id")
    event_type = scheme.event_type_header if isinstance(scheme, HeaderScheme | JwsScheme) else ""
    if event_type:
        parts.append(f"the event type (`{event_type}`)")
    if not scheme.signs_url:
        parts.append("the URL")
    elif isinstance(scheme, JwsScheme):
        parts.append("the query string")
    return parts


def _identity(scheme: Scheme) -> str:
    words = {"id in body": "signed id", "id": "signed id", "digest": "bytes", "none": "**none**: no guard"}
    word = word_of_dedupe(scheme)
    return words.get(word, word)


def _resent(scheme: Scheme) -> str:
    if not scheme.signs_timestamp:
        return "**without limit**"
    return f"for {scheme.tolerance:g} s"


if __name__ == "__main__":
    main()
