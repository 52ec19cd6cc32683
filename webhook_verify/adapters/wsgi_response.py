"""A response that is made while it is sent: what the adapters for WSGI, Flask and Django share.

Its handler is done when its last piece is, so that is when the claim of its delivery is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from inspect import isgenerator
from typing import Generic, TypeVar

__all__ = ["SettledWhenSent"]

_Piece = TypeVar("_Piece")


class SettledWhenSent(Generic[_Piece]):
    """The pieces of a response; once closed, it calls ``settle(is_whole)``.

    It is not whole if making it has failed, or was stopped in the middle because the client has gone.
    ``is_made``: whether the handler is done with it already, so that a client that goes stops nothing.
    """

    def __init__(
        self, response: Iterable[_Piece], settle: Callable[[bool], object], *, is_made: bool = False
    ) -> None:
        self._response = response
        self._pieces = iter(response)
        self._settle: Callable[[bool], object] | None = settle
        self._is_made = is_made
        self._is_at_work = isgenerator(response)
        self._has_failed = False

    def __iter__(self) -> Iterator[_Piece]:
        return self

    def __next__(self) -> _Piece:
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._is_at_work = False
            raise
        except BaseException:
            self._has_failed = True
            raise
        self._is_at_work = self._is_at_work or not self._is_made
        return piece

    def close(self) -> None:
        """Close the response, once, and settle the claim."""
        settle, self._settle = self._settle, None
        if settle is None:
            return
        try:
            if close := getattr(self._response, "close", None):
                close()
        except BaseException:
            self._has_failed = True
            raise
        finally:
            settle(not (self._has_failed or self._is_at_work))
