"""``make docs``: write the pages about the providers' events from the classes and lists in the code.

The prose of a page is in a file of the same name in ``event_pages_text``. Every name, type and default is
read from the package. tests/events/test_pages.py fails if a page is not up to date.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
from msgspec.structs import fields

from tools.tables import MADE, table
from webhook_verify.events import emporix, lithic, standard, svix

TEXTS = Path(__file__).with_name("event_pages_text")
DOCS = Path(__file__).parents[1] / "docs" / "events"


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    made = {
        "svix.md": _svix(),
        "lithic.md": _listed(lithic.EVENT_TYPES),
        "emporix.md": _listed(emporix.EVENT_TYPES),
        "standard.md": _fields_of(standard.Envelope),
    }
    return {name: f"{MADE}{(TEXTS / name).read_text('utf-8')}\n{part}\n" for name, part in made.items()}


def main() -> None:
    """Write the pages that have changed."""
    for name, text in pages().items():
        file = DOCS / name
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            print(f"docs/{name}")


def _svix() -> str:
    classes = svix.EVENTS.classes
    rows = [(f"`{name}`", f"`{cls.__name__}`", _summary(cls)) for name, cls in classes.items()]
    structs = _structs_of(classes.values())
    groups: dict[str, list[type[Any]]] = {}
    for struct in structs:
        groups.setdefault(_fields_of(struct), []).append(struct)
    parts = ["## Event types", table(("type", "class", "meaning"), rows), "## Data classes"]
    for fields_table, alike in groups.items():
        parts += [_heading(alike), fields_table]
    return "\n\n".join(parts)


def _heading(structs: list[type[Any]]) -> str:
    names = ", ".join(f"`{struct.__name__}`" for struct in structs)
    return f"### {names}\n\n{_summary(structs[0])}"


def _structs_of(classes: Iterable[type[Any]]) -> list[type[Any]]:
    """Return the structs in the fields of these classes, recursively, in the order of their first use."""
    found: dict[type[Any], None] = {}
    for cls in classes:
        for field in fields(cls):
            inner = [each for each in (field.type, *get_args(field.type)) if _is_struct(each)]
            found.update(dict.fromkeys([*inner, *_structs_of(inner)]))
    return list(found)


def _is_struct(cls: object) -> bool:
    return isinstance(cls, type) and issubclass(cls, msgspec.Struct)


def _fields_of(struct: type[Any]) -> str:
    blank = struct(**{field.name: None for field in fields(struct) if field.required})
    rows = [
        (
            f"`{field.name}`",
            f"`{field.encode_name}`",
            f"`{_type_name(field.type)}`",
            "" if field.required else f"`{getattr(blank, field.name)!r}`",
        )
        for field in fields(struct)
    ]
    return table(("attribute", "JSON field", "type", "default if missing"), rows)


def _type_name(kind: Any) -> str:
    if isinstance(kind, type) and get_origin(kind) is None:
        return "None" if kind is type(None) else kind.__name__
    if get_origin(kind) in {tuple, dict}:
        inner = ", ".join("..." if each is ... else _type_name(each) for each in get_args(kind))
        return f"{get_origin(kind).__name__}[{inner}]"
    if args := get_args(kind):
        return " | ".join(map(_type_name, args))
    return "Any" if kind is Any else "the type argument"


def _listed(event_types: Iterable[str]) -> str:
    """Return a table of the event types, grouped by their part before the first dot."""
    by_start = groupby(sorted(event_types), lambda name: name.partition(".")[0])
    rows = [(f"`{start}`", ", ".join(f"`{name}`" for name in names)) for start, names in by_start]
    return "## Event types\n\n" + table(("group", "types"), rows)


def _summary(cls: type[Any]) -> str:
    return " ".join((inspect.getdoc(cls) or "").replace("``", "`").split("\n\n")[0].split())


if __name__ == "__main__":
    main()
