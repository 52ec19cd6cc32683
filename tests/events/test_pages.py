"""The pages of the providers' events are generated from the code, and are up to date."""

from __future__ import annotations

from typing import get_args

import pytest

from tools import event_pages
from webhook_verify.events import emporix, lithic, svix

PAGES = event_pages.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_not_stale(name: str) -> None:
    text = (event_pages.DOCS / name).read_text("utf-8")
    assert text == PAGES[name], "make docs writes it anew"


def test_a_page_lists_the_registry() -> None:
    for cls in get_args(svix.OperationalEvent):
        assert f"| `{cls.type}` | `{cls.__name__}` |" in PAGES["svix.md"]
        data = cls.__annotations__["data"].removeprefix("tuple[").removesuffix(", ...]")
        assert f"`{data}`" in PAGES["svix.md"]
    for provider, page in ((lithic, "lithic.md"), (emporix, "emporix.md")):
        assert [name for name in provider.EVENT_TYPES if f"`{name}`" not in PAGES[page]] == []


def test_a_change_of_the_registry_makes_a_page_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lithic, "EVENT_TYPES", (*lithic.EVENT_TYPES, "card.shredded"))
    made = event_pages.pages()

    assert "`card.shredded`" in made["lithic.md"]
    assert {name for name in made if made[name] != PAGES[name]} == {"lithic.md"}
