"""The text of a failure that an inbox stores: class, message and a short traceback, without values.

The message of an exception is the application's, and may repeat the body. So the body in it is replaced.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import cast

from webhook_verify.log_text import log_text

__all__ = ["MAX_ERROR_BYTES", "describe_failure", "exceptions_of", "failure_name", "text_without_body"]

MAX_ERROR_BYTES = 4096
"""The maximum length of a stored error, in UTF-8."""

_MAX_MESSAGE_CHARS = 300
_MAX_FRAMES = 8
_MAX_CAUSES = 4
_MIN_BODY_CHARS = 4
_HIDDEN = "[body]"

_PACKAGE = str(Path(__file__).parents[1])
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def failure_name(error: BaseException) -> str:
    """Return the class of an exception, for a log: without its message, which may contain anything.

    Args:
        error: The exception.

    Returns:
        The name, with its module unless that is `builtins` or of this package.
    """
    kind = type(error)
    is_known = kind.__module__ == "builtins" or kind.__module__.startswith("webhook_verify.")
    return kind.__qualname__ if is_known else f"{kind.__module__}.{kind.__qualname__}"


def describe_failure(error: BaseException, body: bytes = b"") -> str:
    """Describe an exception of a handler.

    Args:
        error: The exception.
        body: The body of the delivery, which is replaced in the messages.

    Returns:
        The class and the message in one line, then the frames of the application, as `file:line in function`.
        At most `MAX_ERROR_BYTES` bytes in UTF-8.
    """
    lines = [line for each in _chain(error) for line in _lines(each, body)]
    text = "\n".join(lines).encode("utf-8", "backslashreplace")
    return text[:MAX_ERROR_BYTES].decode("utf-8", "ignore")


def _lines(error: BaseException, body: bytes) -> Iterator[str]:
    message = _message(error, body)
    yield f"{failure_name(error)}: {message}" if message else failure_name(error)
    yield from (f"  {frame}" for frame in _frames(error.__traceback__)[-_MAX_FRAMES:])


def _chain(error: BaseException) -> list[BaseException]:
    """Return the exception, those of a group, and its causes, at most `_MAX_CAUSES` of all."""
    errors: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue and len(errors) < _MAX_CAUSES:
        each = queue.pop(0)
        if each is None or any(each is other for other in errors):
            continue
        errors.append(each)
        queue.extend(exceptions_of(each))
        queue.append(each.__cause__ or (None if each.__suppress_context__ else each.__context__))
    return errors


def exceptions_of(error: BaseException) -> Sequence[BaseException]:
    """Return the exceptions of a group.

    Args:
        error: An exception.

    Returns:
        The exceptions in it, none if it is not a group.
    """
    if not isinstance(error, BaseExceptionGroup):
        return ()
    return cast("BaseExceptionGroup[BaseException]", error).exceptions


def text_without_body(error: BaseException, body: bytes) -> str:
    """Return the message of an exception, in which the body is replaced.

    Args:
        error: The exception.
        body: The body of the delivery.

    Returns:
        The message.
    """
    try:
        message = str(error)
    except Exception:
        return "[its message cannot be read]"
    for form in _forms(body):
        message = message.replace(form, _HIDDEN)
    return message


def _message(error: BaseException, body: bytes) -> str:
    message = log_text(" ".join(text_without_body(error, body).split()))
    is_long = len(message) > _MAX_MESSAGE_CHARS
    return f"{message[:_MAX_MESSAGE_CHARS]}..." if is_long else message


def _forms(body: bytes) -> Iterator[str]:
    """Yield the texts by which a message may contain the body, the longest first."""
    text = body.decode("utf-8", "replace")
    if len(text) >= _MIN_BODY_CHARS:
        forms = {repr(body), repr(body)[2:-1], text, text.strip(), repr(text)[1:-1]}
        yield from sorted((form for form in forms if len(form) >= _MIN_BODY_CHARS), key=len, reverse=True)


def _frames(traceback: TracebackType | None) -> list[str]:
    """Return the frames of the application, or all but those of this package if it is installed itself."""
    frames: list[tuple[bool, str]] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not code.co_filename.startswith((_PACKAGE, "<")):
            file = "/".join(Path(code.co_filename).parts[-3:]).lstrip("/")
            frame = log_text(f"{file}:{traceback.tb_lineno} in {code.co_qualname}")
            frames.append((code.co_filename.startswith(_LIBRARIES), frame))
        traceback = traceback.tb_next
    return [frame for is_library, frame in frames if not is_library] or [frame for _, frame in frames]
