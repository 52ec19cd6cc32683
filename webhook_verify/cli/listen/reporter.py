"""The output of `listen`: the startup message, each request and response, and errors."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import click

from webhook_verify.cli import output
from webhook_verify.cli.listen import log_lines
from webhook_verify.cli.listen.app import ListenCallbacks
from webhook_verify.cli.listen.forwarder import ForwardResult, ForwardTarget
from webhook_verify.cli.store.delivery_store import StoredDelivery
from webhook_verify.cli.usage_errors import shown_file
from webhook_verify.diagnosis import Diagnosis

__all__ = ["ListenReporter"]


class ListenReporter:
    """Prints the events of a listener, and stops it if printing fails."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._ended = threading.Event()
        self._failure: BaseException | None = None
        self.callbacks: ListenCallbacks = ListenCallbacks(
            self._print_received, self._print_answered, self._warn, self.failed
        )

    def started(
        self, origin: str, scheme: str, forward_target: ForwardTarget | None, path: Path | None
    ) -> None:
        """Print the URL of the listener, the forwarding target and the store, if any."""
        if self._as_json:
            where = {
                "forward": forward_target.display_url if forward_target else None,
                "store": shown_file(str(path)) if path else None,
            }
            click.echo(json.dumps({"listening": origin, "scheme": scheme, **where}))
            return
        output.line(f"Listening at {origin} for {scheme}. Press Ctrl-C to stop.")
        if forward_target is not None:
            output.line(f"Forwarding verified deliveries to {forward_target.display_url}")
        if path is not None:
            output.line(f"Storing deliveries in {shown_file(str(path))}")

    def _print_received(self, stored: StoredDelivery, diagnosis: Diagnosis | None) -> None:
        if self._as_json:
            return
        log_lines.print_received(stored)
        if diagnosis is not None:
            cause = diagnosis.cause
            confidence = cause.confidence.name.lower()
            log_lines.print_detail(f"{cause.name} ({confidence}): {cause.evidence}. {cause.advice}")
        elif stored.detail:
            log_lines.print_detail(stored.detail)

    def _print_answered(
        self, stored: StoredDelivery, result: ForwardResult | None, diagnosis: Diagnosis | None
    ) -> None:
        if self._as_json:
            output.emit(log_lines.as_json(stored, result, diagnosis), as_json=True)
        elif result is not None:
            log_lines.print_forwarded(result, stored.number)

    def _warn(self, text: str) -> None:
        output.warn(text, self._as_json)

    def failed(self, error: BaseException) -> None:
        """Stop the listener because of this error."""
        self._failure = self._failure or error
        self._ended.set()

    def wait(self) -> None:
        """Wait until the user interrupts. Raises the error of a failed listener."""
        try:
            while not self._ended.wait(
                0.5
            ):  # with a timeout, because Ctrl-C does not interrupt it on Windows
                pass
        except KeyboardInterrupt:
            return
        if self._failure is not None:
            raise self._failure

    def ended(self) -> None:
        """Print that the listener was stopped."""
        if not self._as_json:
            output.line("stopped")
