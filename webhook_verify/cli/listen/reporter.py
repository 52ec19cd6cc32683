"""What ``listen`` prints: where it listens, each request and its answer, and why it ended."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import click

from webhook_verify.cli import output
from webhook_verify.cli.listen import log_lines as arrows
from webhook_verify.cli.listen.app import Told
from webhook_verify.cli.listen.forwarder import Destination, Reply
from webhook_verify.cli.store.delivery_store import Kept
from webhook_verify.cli.usage_errors import shown_file
from webhook_verify.diagnosis import Diagnosis

__all__ = ["Teller"]


class Teller:
    """Prints what the listener tells, and ends the waiting once nobody reads it any more."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self.told = Told(self._came, self._went, self._warn, self.failed)

    def started(self, origin: str, scheme: str, to: Destination | None, place: Path | None) -> None:
        """Say where it listens, where deliveries go on to, and where they are kept; None: nowhere."""
        if self._as_json:
            where = {"forward": to.shown if to else None, "store": shown_file(str(place)) if place else None}
            click.echo(json.dumps({"listening": origin, "scheme": scheme, **where}))
            return
        output.line(f"Listening at {origin} for {scheme} (stop it with Ctrl-C).")
        if to is not None:
            output.line(f"Genuine deliveries go on to {to.shown}")
        if place is not None:
            output.line(f"The last deliveries are kept in {shown_file(str(place))}")

    def _came(self, one: Kept, diagnosis: Diagnosis | None) -> None:
        if self._as_json:
            return
        arrows.arrow_in(one)
        if diagnosis is not None:
            cause = diagnosis.cause
            confidence = cause.confidence.name.lower()
            arrows.detail(f"{cause.name} ({confidence}): {cause.evidence}. {cause.advice}")
        elif one.detail:
            arrows.detail(one.detail)

    def _went(self, one: Kept, reply: Reply | None, diagnosis: Diagnosis | None) -> None:
        if self._as_json:
            output.emit(arrows.as_json(one, reply, diagnosis), as_json=True)
        elif reply is not None:
            arrows.arrow_out(reply, one.number)

    def _warn(self, text: str) -> None:
        output.warn(text, self._as_json)

    def failed(self, error: BaseException) -> None:
        """End the waiting with this error."""
        self._failure = self._failure or error
        self._over.set()

    def wait(self) -> None:
        """Wait until it is interrupted. Raises what has failed."""
        try:
            while not self._over.wait(0.5):  # with a limit, because Windows does not interrupt one without
                pass
        except KeyboardInterrupt:
            return
        if self._failure is not None:
            raise self._failure

    def ended(self) -> None:
        """Say that it was ended."""
        if not self._as_json:
            output.line("stopped")
