"""`webhook-verify providers`: list the registered schemes."""

from __future__ import annotations

import click

from webhook_verify import schemes
from webhook_verify.cli import options as inputs
from webhook_verify.cli import output, scheme_text
from webhook_verify.schemes import Scheme

__all__ = ["providers"]


@click.command()
@click.argument("name", required=False, type=inputs.SchemeName(), metavar="[NAME]")
@inputs.json_option
def providers(name: str | None, as_json: bool) -> None:
    """List the providers, the signed content and the deduplication key of each.

    With NAME, show all details of this provider.

    \b
    webhook-verify providers
    webhook-verify providers stripe
    webhook-verify providers --json | jq 'select(.signs_timestamp | not)'
    """
    listed = [schemes.get(each) for each in ([name] if name else schemes.names())]
    if as_json:
        for scheme in listed:
            output.emit(scheme_text.as_dict(scheme), as_json)
    elif name:
        _print_one(listed[0])
    else:
        _print_all(listed)


def _print_all(listed: list[Scheme]) -> None:
    rows = [
        (
            scheme.name,
            scheme_text.plain(scheme_text.content(scheme)),
            f"{scheme.tolerance:g} s" if scheme.signs_timestamp else "-",
            scheme_text.word_of_dedupe(scheme),
            "yes" if scheme.handshake else "",
        )
        for scheme in listed
    ]
    output.table(("scheme", "signs", "tolerance", "dedupe by", "handshake"), rows, fold="signs")
    output.paragraph(
        f"{len(listed)} schemes. tolerance: how far a signed timestamp may be from the current time; "
        "- without a signed timestamp. dedupe by: a signed message id, an id in the signed body, or the "
        "digest of the signed content. webhook-verify providers NAME shows more."
    )


def _print_one(scheme: Scheme) -> None:
    facts = [
        ("headers", scheme_text.headers(scheme)),
        ("signature format", scheme_text.written(scheme)),
        ("signed content", scheme_text.content(scheme)),
        ("body", scheme_text.body(scheme)),
        ("URL", "signed: the receiver needs public_url" if scheme.signs_url else ""),
        ("freshness", scheme_text.freshness(scheme)),
        ("deduplication", scheme_text.dedupe(scheme)),
        ("event type", scheme_text.event_type(scheme)),
        ("form", scheme_text.form(scheme)),
        ("signatures", scheme_text.several(scheme)),
        ("handshake", scheme.handshake.name if scheme.handshake else "none"),
        ("keys", "fetched over the network" if scheme.fetches_keys else ""),
        ("secret", scheme.docs.secret_from),
        ("documentation", scheme.docs.url),
    ]
    output.paragraph(f"{scheme.docs.title}: --scheme {scheme.name}")
    output.facts([(label, scheme_text.plain(text)) for label, text in facts if text])
    if scheme.docs.notes:
        output.paragraph(scheme_text.plain(scheme.docs.notes))
