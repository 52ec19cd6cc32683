"""``assert_rejects``: accepts only the expected reason, in an exception or a response."""

from __future__ import annotations

import logging

import pytest

from tests.testing.apps import KINDS, PATH, Handler, client_of
from webhook_verify import MalformedDelivery, Reason, SignatureMismatch, Signer, Verifier
from webhook_verify.testing import TEST_SECRET, assert_refused, assert_rejects, post, signed

SYNC = [kind for kind in KINDS if "async" not in kind]


def test_a_rejection_that_is_raised_is_caught() -> None:
    with assert_rejects(Reason.MISSING_HEADER) as caught:
        Verifier(TEST_SECRET).verify(b"{}", {})
    assert isinstance(caught.error, MalformedDelivery)
    assert caught.reasons == [Reason.MISSING_HEADER]
    assert repr(caught) == "Caught(missing_header)"


@pytest.mark.parametrize("kind", SYNC)
def test_a_rejection_that_is_answered_is_seen(kind: str, webhook_signer: Signer) -> None:
    request = signed({}, webhook_signer)
    with client_of(kind, Verifier(TEST_SECRET), Handler()) as client:
        with assert_rejects("too_old") as caught:
            response = post(client, PATH, request.stale())
        assert_refused(response, Reason.TOO_OLD)
        with assert_rejects(Reason.SIGNATURE_MISMATCH):
            post(client, PATH, request.tampered())
    assert caught.error is None


def test_a_log_that_is_switched_off_is_left_so(webhook_signer: Signer) -> None:
    logger = logging.getLogger("webhook_verify")
    handlers = list(logger.handlers)
    logger.setLevel(logging.CRITICAL)
    logger.disabled = True
    logging.disable(logging.CRITICAL)
    try:
        with (
            client_of("flask", Verifier(TEST_SECRET), Handler()) as client,
            assert_rejects(Reason.MISSING_HEADER),
        ):
            post(client, PATH, signed({}, webhook_signer).unsigned())
        assert (logger.level, logger.disabled) == (logging.CRITICAL, True)
        assert logging.root.manager.disable == logging.CRITICAL
        assert logger.handlers == handlers
    finally:
        logging.disable(logging.NOTSET)
        logger.disabled = False
        logger.setLevel(logging.NOTSET)


def test_nothing_rejected_is_an_assertion_error() -> None:
    with (
        pytest.raises(AssertionError, match="nothing was rejected; expected too_old"),
        assert_rejects(Reason.TOO_OLD),
    ):
        pass


def test_another_reason_is_an_assertion_error() -> None:
    with (
        pytest.raises(AssertionError, match="rejected for signature_mismatch; expected too_old"),
        assert_rejects(Reason.TOO_OLD),
    ):
        raise SignatureMismatch(Reason.SIGNATURE_MISMATCH, "no")


def test_another_error_passes_through() -> None:
    with pytest.raises(ZeroDivisionError), assert_rejects(Reason.TOO_OLD):
        _ = 1 / 0


def test_a_word_that_is_no_reason_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="too_odd"), assert_rejects("too_odd"):
        pass


class Response:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


@pytest.mark.parametrize("reason", Reason)
def test_the_status_of_a_reason_is_asserted(reason: Reason) -> None:
    assert_refused(Response(reason.status_hint), reason)
    with pytest.raises(AssertionError, match=f"returned 200; a delivery rejected for {reason} returns"):
        assert_refused(Response(200), reason)
