"""The errors: one tree, documented in its docstring, with texts for people and attributes for programs."""

from __future__ import annotations

import pickle
import re
from copy import copy, deepcopy

import pytest

from webhook_verify import (
    APIConnectionError,
    APIDecodeError,
    APIError,
    APIStatusError,
    APITimeoutError,
    InsecureURLWarning,
    InvalidSeal,
    InvalidSecret,
    KeyUnavailable,
    LongLeaseWarning,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SealMismatch,
    SealTooOld,
    ShortRetentionWarning,
    SignatureMismatch,
    TimestampOutsideTolerance,
    UnreadableEvent,
    WeakSecretWarning,
    WebhookVerifyError,
    errors,
)

TREE: dict[type[BaseException], tuple[type[BaseException], ...]] = {
    WebhookVerifyError: (Exception,),
    RejectedDelivery: (WebhookVerifyError,),
    MalformedDelivery: (RejectedDelivery,),
    TimestampOutsideTolerance: (RejectedDelivery,),
    SignatureMismatch: (RejectedDelivery,),
    KeyUnavailable: (RejectedDelivery,),
    UnreadableEvent: (WebhookVerifyError,),
    InvalidSecret: (WebhookVerifyError, ValueError),
    InvalidSeal: (WebhookVerifyError,),
    SealMismatch: (InvalidSeal,),
    SealTooOld: (InvalidSeal,),
    APIError: (WebhookVerifyError,),
    APIStatusError: (APIError,),
    APIConnectionError: (APIError,),
    APITimeoutError: (APIConnectionError,),
    APIDecodeError: (APIError,),
    InsecureURLWarning: (UserWarning,),
    LongLeaseWarning: (UserWarning,),
    ShortRetentionWarning: (UserWarning,),
    WeakSecretWarning: (UserWarning,),
}


@pytest.mark.parametrize("error", TREE, ids=lambda error: error.__name__)
def test_the_tree(error: type[BaseException]) -> None:
    assert error.__bases__ == TREE[error]


def test_the_tree_is_complete_and_public() -> None:
    classes = {
        each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, BaseException)
    }

    assert classes == set(TREE)
    assert {error.__name__ for error in TREE} | {"Reason"} == set(errors.__all__)


def test_the_docstring_draws_this_tree() -> None:
    """Depth and order of the drawing are the classes' own."""
    drawn = re.findall(r"^    ([│ ├└─]*)(\w+)", errors.__doc__ or "", re.MULTILINE)
    parents: list[str] = []
    for lines, name in drawn:
        depth = len(lines) // 3
        parents[depth:] = [name]
        if depth:
            assert getattr(errors, name).__bases__[0].__name__ == parents[depth - 1], name

    assert {name for _, name in drawn} == {error.__name__ for error in TREE} - {
        "InsecureURLWarning",
        "LongLeaseWarning",
        "ShortRetentionWarning",
        "WeakSecretWarning",
    }


@pytest.mark.parametrize(
    ("reason", "word", "status"),
    [
        (Reason.MISSING_HEADER, "missing_header", 400),
        (Reason.DUPLICATE_HEADER, "duplicate_header", 400),
        (Reason.UNREADABLE_HEADER, "unreadable_header", 400),
        (Reason.UNREADABLE_BODY, "unreadable_body", 400),
        (Reason.BODY_TOO_LARGE, "body_too_large", 413),
        (Reason.TOO_OLD, "too_old", 401),
        (Reason.TOO_NEW, "too_new", 401),
        (Reason.SIGNATURE_MISMATCH, "signature_mismatch", 401),
        (Reason.NO_SECRET, "no_secret", 401),
        (Reason.KEY_UNAVAILABLE, "key_unavailable", 503),
    ],
)
def test_a_reason_is_a_stable_word_with_a_status(reason: Reason, word: str, status: int) -> None:
    """Counters and exit codes of users hang on these words: none may change."""
    assert (str(reason), f"{reason}", reason.value) == (word, word, word)
    assert reason.status_hint == status
    assert MalformedDelivery(reason, "why").status_hint == status


def test_there_are_no_other_reasons() -> None:
    assert len(Reason) == 10


REJECTIONS = [
    RejectedDelivery(Reason.NO_SECRET, "no secret is valid now"),
    MalformedDelivery(Reason.MISSING_HEADER, "missing or empty header: webhook-id"),
    MalformedDelivery(reason=Reason.BODY_TOO_LARGE, detail="given by keyword"),
    KeyUnavailable(Reason.KEY_UNAVAILABLE, "the keys cannot be fetched"),
    SignatureMismatch(Reason.SIGNATURE_MISMATCH, "no signature was made with a secret"),
    TimestampOutsideTolerance(301, 300.0),
    TimestampOutsideTolerance(skew=-301, tolerance=0.5),
]


@pytest.mark.parametrize("rejection", REJECTIONS, ids=repr)
@pytest.mark.parametrize(
    "carry",
    [copy, deepcopy, lambda error: pickle.loads(pickle.dumps(error))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_a_rejection_survives_the_way_to_another_process(rejection: RejectedDelivery, carry: object) -> None:
    assert callable(carry)
    twin = carry(rejection)

    assert type(twin) is type(rejection)
    assert vars(twin) == vars(rejection)
    assert (twin.reason, twin.detail, twin.status_hint, str(twin)) == (
        rejection.reason,
        rejection.detail,
        rejection.status_hint,
        str(rejection),
    )


@pytest.mark.parametrize(
    "error",
    [UnreadableEvent("is no JSON", "data.id"), UnreadableEvent("is no JSON"), APIStatusError(502, b"<html>")],
    ids=repr,
)
def test_the_other_errors_survive_it_too(error: Exception) -> None:
    twin = pickle.loads(pickle.dumps(error))

    assert (type(twin), vars(twin), str(twin)) == (type(error), vars(error), str(error))


@pytest.mark.parametrize(
    ("skew", "reason", "text"),
    [
        (
            301,
            Reason.TOO_OLD,
            "the timestamp is 301 s older than this machine's clock; the tolerance is 300 s",
        ),
        (
            -301,
            Reason.TOO_NEW,
            "the timestamp is 301 s newer than this machine's clock; the tolerance is 300 s",
        ),
    ],
)
def test_a_timestamp_tells_direction_and_distance(skew: int, reason: Reason, text: str) -> None:
    rejection = TimestampOutsideTolerance(skew, 300.0)

    assert (rejection.reason, rejection.skew, rejection.tolerance) == (reason, skew, 300.0)
    assert rejection.status_hint == 401
    assert str(rejection).startswith(text)


@pytest.mark.parametrize(("path", "text"), [("", "is no JSON"), ("data.id", "data.id: is no JSON")])
def test_an_unreadable_event_names_the_place(path: str, text: str) -> None:
    error = UnreadableEvent("is no JSON", path)

    assert (error.path, error.detail, error.status_hint, str(error)) == (path, "is no JSON", 422, text)


def test_a_status_error_keeps_the_answer_and_does_not_print_it() -> None:
    error = APIStatusError(502, b"<html>the token is t0k3n")

    assert (error.status, error.body) == (502, b"<html>the token is t0k3n")
    assert str(error) == "the server returned 502"
    assert repr(error) == "APIStatusError(status=502)"
