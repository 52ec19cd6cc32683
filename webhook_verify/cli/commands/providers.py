"""``webhook-verify providers``: what each scheme signs, out of the registry."""

from __future__ import annotations

import click

from webhook_verify import schemes
from webhook_verify.cli import options as inputs
from webhook_verify.cli import output
from webhook_verify.cli import scheme_text as told
from webhook_verify.schemes import Scheme

__all__ = ["providers"]


@click.command()
@click.argument("name", required=False, type=inputs.SchemeName(), metavar="[NAME]")
@inputs.json_option
def providers(name: str | None, as_json: bool) -> None:
    """List the providers, what each signs, and what a replay is known by.

    With a NAME it tells all about that one.

    \b
    webhook-verify providers
    webhook-verify providers stripe
    webhook-verify providers --json | jq 'select(.signs_timestamp | not)'
    """
    listed = [schemes.get(each) for each in ([name] if name else schemes.names())]
    if as_json:
        for scheme in listed:
            output.emit(told.as_dict(scheme), as_json)
    elif name:
        _print_one(listed[0])
    else:
        _print_all(listed)


def _print_all(listed: list[Scheme]) -> None:
    rows = [
        (
            scheme.name,
            told.plain(told.content(scheme)),
            f"{scheme.tolerance:g} s" if scheme.signs_timestamp else "-",
            told.word_of_dedupe(scheme),
            "yes" if scheme.handshake else "",
        )
        for scheme in listed
    ]
    output.table(("scheme", "signs", "fresh", "deduped by", "handshake"), rows, fold="signs")
    output.paragraph(
        f"{len(listed)} schemes. fresh: how far a signed timestamp may be from now, - where there is none. "
        "deduped by: a signed id, an id in the signed body, or the digest of what is signed. "
        "webhook-verify providers NAME tells more."
    )


def _print_one(scheme: Scheme) -> None:
    facts = [
        ("headers", told.headers(scheme)),
        ("written as", told.written(scheme)),
        ("signs", told.content(scheme)),
        ("the body", told.body(scheme)),
        ("the address", "is signed: the receiver needs public_url" if scheme.signs_url else ""),
        ("freshness", told.freshness(scheme)),
        ("deduped by", told.dedupe(scheme)),
        ("event type", told.event_type(scheme)),
        ("several", told.several(scheme)),
        ("handshake", scheme.handshake.name if scheme.handshake else "none"),
        ("keys", "are fetched over the network" if scheme.fetches_keys else ""),
        ("the secret", scheme.docs.secret_from),
        ("documentation", scheme.docs.url),
    ]
    output.paragraph(f"{scheme.docs.title}: --scheme {scheme.name}")
    output.table(("", ""), [(what, told.plain(text)) for what, text in facts if text])
    if scheme.docs.notes:
        output.paragraph(told.plain(scheme.docs.notes))
