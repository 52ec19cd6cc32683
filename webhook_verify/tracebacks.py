"""Tracebacks without secrets: error trackers show the local variables of every frame of a traceback.

A secret is an argument of a constructor, so it is a local variable there until the constructor returns. If
the constructor fails, Sentry, rich and cgitb show its value. `hide_arguments` removes these frames from the
error.
"""

from __future__ import annotations

from functools import wraps

__all__ = ["LOCATION_NOTE", "hide_arguments", "safe_repr"]

LOCATION_NOTE = "raised in "
"""The beginning of an error's note that names the file and the line whose frames are removed."""

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, TypeVar

    _Args = ParamSpec("_Args")
    _Result = TypeVar("_Result")
    _Class = TypeVar("_Class")


def hide_arguments(function: Callable[_Args, _Result]) -> Callable[_Args, _Result]:
    """Decorate a function whose arguments are secret: its errors have no frame that holds one of them."""

    @wraps(function)
    def call(*args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            failure = error
        del args, kwargs  # this frame stays in the traceback
        _note_location(failure)
        _remove_frames(failure)
        raise failure

    return call


def _note_location(error: Exception) -> None:
    """Note where an unexpected error was raised, such as in a scheme of the application's own."""
    traceback = error.__traceback__
    if (
        isinstance(error, ValueError | TypeError | ImportError)
        or traceback is None
        or hasattr(error, "__notes__")
    ):
        return
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    file = traceback.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    error.add_note(f"{LOCATION_NOTE}{file}:{traceback.tb_lineno}")


def _remove_frames(error: BaseException) -> None:
    """Remove the frames of an error and of the errors that led to it."""
    seen: set[int] = set()
    errors: list[BaseException | None] = [error]
    while errors:
        each = errors.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            each.__traceback__ = None
            errors += each.__cause__, each.__context__


def safe_repr(cls: type[_Class]) -> type[_Class]:
    """Decorate a class: `repr` and `str` of an object whose constructor has failed do not raise.

    Error trackers call it on `self`, which has only some of its attributes then.
    """
    for name in ("__repr__", "__str__"):
        if name == "__repr__" or name in vars(cls):  # object's own __str__ calls __repr__
            setattr(cls, name, _or_incomplete(getattr(cls, name)))
    return cls


def _or_incomplete(show: Callable[[Any], str]) -> Any:
    @wraps(show)
    def representation(self: object) -> str:
        try:
            return show(self)
        except AttributeError:
            return f"<{type(self).__name__}, incomplete>"

    return representation
