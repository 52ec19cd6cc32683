"""Tracebacks without secrets, because error trackers show the local variables of each frame of a traceback.

A secret is an argument of a constructor, and so a local variable until the constructor returns. If the
constructor fails, Sentry, rich and cgitb show its value. `hide_arguments` removes these frames from the
error.
"""

from __future__ import annotations

from functools import wraps

__all__ = ["LOCATION_NOTE", "hide_arguments", "safe_repr"]

LOCATION_NOTE = "raised in "
"""The beginning of the note that names the file and the line where an error was raised."""

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, TypeVar

    _Args = ParamSpec("_Args")
    _Result = TypeVar("_Result")
    _Class = TypeVar("_Class")


def hide_arguments(function: Callable[_Args, _Result]) -> Callable[_Args, _Result]:
    """Decorate a function whose arguments are secret, so that its errors have no frame that contains them.

    Args:
        function: The function, such as a constructor.

    Returns:
        The decorated function.
    """

    @wraps(function)
    def call(*args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            failure = error
        del args, kwargs  # this frame remains in the traceback
        _note_location(failure)
        _remove_frames(failure)
        raise failure

    return call


def _note_location(error: Exception) -> None:
    """Note where an unexpected error was raised, such as in a scheme of the application."""
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
    """Remove the frames of an error and of its causes and contexts."""
    seen: set[int] = set()
    errors: list[BaseException | None] = [error]
    while errors:
        each = errors.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            each.__traceback__ = None
            errors += each.__cause__, each.__context__


def safe_repr(cls: type[_Class]) -> type[_Class]:
    """Decorate a class so that `repr` and `str` do not raise after its constructor has failed.

    Error trackers call `repr` on `self`, which then has only some of its attributes.

    Args:
        cls: The class.

    Returns:
        The same class.
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
