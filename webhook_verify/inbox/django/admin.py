"""The admin pages of the inbox: deliveries by state, age and type, with actions to redrive and discard.

Nothing can be edited here. Each action needs its own permission, and is recorded in the audit of the entry
with the name of the user.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import time
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from webhook_verify.inbox.django.models import InboxEntry
from webhook_verify.inbox.django.store import DjangoInboxStore

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[InboxEntry]
else:
    _ModelAdmin = admin.ModelAdmin  # it takes a parameter only for type checkers

__all__ = ["InboxEntryAdmin"]

MAX_SHOWN_BYTES = 65_536
"""The maximum number of bytes of a body that a page shows."""

_AGES = {"hour": (3_600.0, "Past hour"), "day": (86_400.0, "Past day"), "week": (604_800.0, "Past week")}
_HEX_COLUMNS = 16
_MAX_INDENT_RATIO = 8  # each level of nested lists adds two characters to a line


class _ReceivedFilter(admin.SimpleListFilter):
    """Filter by the age of a delivery."""

    title = "received"
    parameter_name = "received"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Return the choices."""
        return [(name, label) for name, (_, label) in _AGES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InboxEntry]) -> QuerySet[InboxEntry]:
        """Return the deliveries of the chosen age."""
        chosen = _AGES.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(received_at__gte=time() - chosen[0])


@admin.display(description="received", ordering="received_at")
def _received(entry: InboxEntry) -> datetime:
    """Return the time of the request."""
    return datetime.fromtimestamp(entry.received_at, UTC)


@admin.display(description="due", ordering="due_at")
def _due(entry: InboxEntry) -> datetime:
    """Return the time from which a worker can claim it."""
    return datetime.fromtimestamp(entry.due_at, UTC)


@admin.display(description="leased until")
def _leased(entry: InboxEntry) -> datetime | None:
    """Return the end of the lease."""
    return None if entry.leased_until is None else datetime.fromtimestamp(entry.leased_until, UTC)


@admin.display(description="ended")
def _ended(entry: InboxEntry) -> datetime | None:
    """Return the time at which it was done, dead or discarded."""
    return None if entry.ended_at is None else datetime.fromtimestamp(entry.ended_at, UTC)


@admin.display(description="last failure")
def _failure(entry: InboxEntry) -> str:
    """Return the first line of the last failure."""
    return entry.entry.error.partition("\n")[0][:120]


@admin.display(description="last failure")
def _error_text(entry: InboxEntry) -> SafeString | str:
    """Return the last failure with its traceback."""
    return _preformatted(entry.entry.error)


@admin.display(description="decisions")
def _history(entry: InboxEntry) -> SafeString | str:
    """Return the decisions of people."""
    rows = [
        (
            datetime.fromtimestamp(line["at"], UTC).isoformat(" ", "seconds"),
            line["action"],
            line["by"] or "unknown",
            line["attempts"],
        )
        for line in entry.entry.audit
    ]
    return format_html_join("", "<div>{}: {} by {} after {} attempts</div>", rows)


@admin.display(description="headers")
def _header_table(entry: InboxEntry) -> SafeString:
    """Return the stored headers."""
    pairs = [(name, _encodable(value)) for name, value in entry.entry.stored.headers]
    rows = format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", pairs)
    return format_html("<table>{}</table>", rows)


@admin.display(description="JSON")
def _json_text(entry: InboxEntry) -> SafeString | str:
    """Return the body as indented JSON, or a note."""
    body = entry.entry.stored.body
    if len(body) > MAX_SHOWN_BYTES:
        return _too_large(body)
    try:
        value: Any = json.loads(body.decode("utf-8"))
        text = json.dumps(value, indent=2, ensure_ascii=False)
    except ValueError:
        return "The body is not JSON in UTF-8."
    except RecursionError:  # json.dumps has a lower limit than json.loads
        return "The JSON is nested too deeply for this page."
    if len(text) > MAX_SHOWN_BYTES * _MAX_INDENT_RATIO:
        return "The indented JSON is too large for this page."
    return _preformatted(text)


@admin.display(description="raw")
def _raw_text(entry: InboxEntry) -> SafeString | str:
    """Return the body as text."""
    body = entry.entry.stored.body
    text = body[:MAX_SHOWN_BYTES].decode("utf-8", "backslashreplace")
    return format_html("{}{}", _preformatted(text), _too_large(body) if len(body) > MAX_SHOWN_BYTES else "")


@admin.display(description="hex")
def _hex_text(entry: InboxEntry) -> SafeString | str:
    """Return the body in hexadecimal digits, with its ASCII characters."""
    body = entry.entry.stored.body
    return _preformatted("\n".join(_hex_lines(body[: MAX_SHOWN_BYTES // 4])))


def _may(request: HttpRequest, permission: str) -> bool:
    user: Any = request.user  # a model of the project
    return bool(user.has_perm(f"webhook_verify_inbox.{permission}"))


def _preformatted(text: str) -> SafeString | str:
    if not text:
        return "-"
    style = "white-space: pre-wrap; overflow-wrap: anywhere; max-height: 40em; overflow: auto; margin: 0"
    return format_html('<pre style="{}">{}</pre>', style, _encodable(text))


def _encodable(text: str) -> str:
    """Return a text that a page in UTF-8 can contain: JSON may contain half a surrogate pair."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _too_large(body: bytes) -> str:
    return f"The body has {len(body):,} bytes. The page shows {MAX_SHOWN_BYTES:,}."


def _hex_lines(body: bytes) -> Sequence[str]:
    lines: list[str] = []
    for start in range(0, len(body), _HEX_COLUMNS):
        part = body[start : start + _HEX_COLUMNS]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:06x}  {part.hex(' '):<{3 * _HEX_COLUMNS - 1}}  {text}")
    return lines


class InboxEntryAdmin(_ModelAdmin):
    """The deliveries of the inbox, read-only."""

    list_display: Any = (
        "id",
        "state",
        "event_type",
        "message_id",
        "scheme",
        "attempts",
        _received,
        _failure,
    )
    list_filter: ClassVar[Any] = ("state", _ReceivedFilter, "scheme", "event_type")
    search_fields: ClassVar[Any] = ("message_id", "event_type", "lane", "entry_key")
    ordering: ClassVar[Any] = ("-id",)
    actions: Any = ("redrive", "discard")
    show_full_result_count = False  # counting a large table takes seconds
    fieldsets: ClassVar[Any] = (
        (
            None,
            {"fields": ("state", "event_type", "message_id", "scheme", "secret_label", "namespace", "lane")},
        ),
        (
            "Processing",
            {"fields": ("attempts", _received, _due, _leased, _ended, _error_text, _history)},
        ),
        ("Request", {"fields": (_header_table, _json_text, _raw_text, _hex_text)}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: only a receiver stores deliveries.

        Args:
            request: The request.

        Returns:
            False.
        """
        return False

    def has_change_permission(self, request: HttpRequest, obj: InboxEntry | None = None) -> bool:
        """Return False: a stored delivery is evidence.

        Args:
            request: The request.
            obj: A delivery, or None.

        Returns:
            False.
        """
        return False

    def has_delete_permission(self, request: HttpRequest, obj: InboxEntry | None = None) -> bool:
        """Return False: `Inbox.prune` deletes, and never a dead letter.

        Args:
            request: The request.
            obj: A delivery, or None.

        Returns:
            False.
        """
        return False

    def has_redrive_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may redrive.

        Args:
            request: The request.

        Returns:
            Whether the user has the permission.
        """
        return _may(request, "redrive_inboxentry")

    def has_discard_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may discard.

        Args:
            request: The request.

        Returns:
            Whether the user has the permission.
        """
        return _may(request, "discard_inboxentry")

    @admin.action(description="Redrive selected deliveries", permissions=["redrive"])
    def redrive(self, request: HttpRequest, queryset: QuerySet[InboxEntry]) -> None:
        """Make dead or discarded deliveries ready again.

        Args:
            request: The request.
            queryset: The selected deliveries.
        """
        self._decide(request, queryset, "redrive", "redriven: they were dead or discarded")

    @admin.action(description="Discard selected deliveries", permissions=["discard"])
    def discard(self, request: HttpRequest, queryset: QuerySet[InboxEntry]) -> None:
        """Discard dead or ready deliveries.

        Args:
            request: The request.
            queryset: The selected deliveries.
        """
        self._decide(request, queryset, "discard", "discarded: they were dead or ready")

    def _decide(self, request: HttpRequest, queryset: QuerySet[InboxEntry], action: str, result: str) -> None:
        ids = list(queryset.values_list("id", flat=True))
        store = DjangoInboxStore(queryset.db)
        try:
            call: Callable[..., int] = getattr(store, action)
            changed = call(ids, by=request.user.get_username())
        finally:
            store.close()
        level = messages.SUCCESS if changed else messages.WARNING
        self.message_user(request, f"{changed} of {len(ids)} deliveries {result}.", level)
