"""Every receiver that is broken in one way, and the rows that must find it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.cli.probe.faulty_handling import (
    AnswersAnyMethod,
    AnswersGetByOk,
    ChecksThenActs,
    DedupesBeforeHandling,
    DedupesBySignature,
    DuplicateIsAConflict,
    FailsOnLargeBodies,
    FailsOnLongHeaders,
    FailsOnNoUtf8,
    FailsOnSlowBodies,
    FailsOnTwoAtOnce,
    FailsWithoutBody,
    FirstHeaderWins,
    HangsOnSlowBodies,
    HeaderNamesHaveCase,
    KnowsNoChunks,
    KnowsNoExpect,
    LocksOut,
    NoDedupe,
    NoLimit,
    ReadsOnce,
    Redirects,
    RedirectsToLogin,
    TakesWhatCame,
    TellsTheReason,
    TellsTheRightSignature,
    TellsTheSecret,
)
from tests.cli.probe.faulty_verification import (
    AcceptsEmptySignature,
    AcceptsEverything,
    AcceptsUnsigned,
    AnswersBeforeItVerifies,
    ComparesByStartswith,
    ComparesByZip,
    ComparesFirstEight,
    ComparesWithoutCase,
    DecodesUnchecked,
    EmptySecret,
    ForgotOldSecret,
    IgnoresVersion,
    LeaksTraceback,
    NeverVerifies,
    NoClockSkew,
    NoFutureCheck,
    NoTimestampCheck,
    NoneSecret,
    OnlyFirstSignature,
    ParsesFirst,
    ReadsTimestampByFloat,
    ReadsTimestampByInt,
    TakesZeros,
    VerifiesParsedJson,
    VerifiesPythonsJson,
    WithoutTimestampIsFine,
)
from tests.cli.probe.reference_receiver import Receiver

__all__ = ["BROKEN", "Broken"]


@dataclass(frozen=True)
class Broken:
    """A receiver, and the rows that must find its fault, and no others.

    ``counts``: with a count of what was handled, without which nobody could see it. ``only``: the rows to
    send, where all the others would take long.
    """

    receiver: type[Receiver]
    rows: frozenset[str]
    counts: bool = False
    only: tuple[str, ...] = ()
    timeout: float = 5.0

    def __str__(self) -> str:
        return self.receiver.__name__


def _broken(
    receiver: type[Receiver], rows: str, *, counts: bool = False, only: str = "", timeout: float = 5.0
) -> Broken:
    return Broken(receiver, frozenset(rows.split()), counts, tuple(only.split()), timeout)


_ANY_SIGNATURE = (
    "empty-signature tampered-body changed-id changed-timestamp wrong-secret empty-secret zero-signature "
    "cut-signature signature-case unknown-version malformed-signature malformed-header forged-garbage"
)
_ANYTHING = f"{_ANY_SIGNATURE} unsigned missing-header stale future header-twice"

BROKEN = [
    _broken(NoTimestampCheck, "stale future"),
    _broken(NoFutureCheck, "future"),
    _broken(NoClockSkew, "clock-skew"),
    _broken(NoDedupe, "duplicate retry in-flight", counts=True),
    _broken(DedupesBeforeHandling, "after-failure"),
    _broken(ChecksThenActs, "in-flight", counts=True, only="duplicate in-flight"),
    _broken(DedupesBySignature, "retry", counts=True),
    _broken(DuplicateIsAConflict, "duplicate retry in-flight"),
    _broken(FailsOnTwoAtOnce, "in-flight", only="duplicate in-flight"),
    _broken(VerifiesParsedJson, "raw-body tampered-body forged-garbage"),
    _broken(VerifiesPythonsJson, "raw-body tampered-body forged-garbage"),
    _broken(ParsesFirst, "forged-garbage tampered-body empty-body no-utf8"),
    _broken(ReadsTimestampByInt, "malformed-header"),
    _broken(ReadsTimestampByFloat, "malformed-header"),
    _broken(DecodesUnchecked, "malformed-signature cut-signature"),
    _broken(FailsOnLongHeaders, "long-header"),
    _broken(LeaksTraceback, "no-trace malformed-header"),
    _broken(ComparesByStartswith, "cut-signature empty-signature malformed-signature"),
    _broken(ComparesFirstEight, "cut-signature"),
    _broken(ComparesByZip, "cut-signature empty-signature malformed-signature"),
    _broken(ComparesWithoutCase, "signature-case"),
    _broken(TakesZeros, "zero-signature"),
    _broken(EmptySecret, "empty-secret"),
    _broken(NoneSecret, "empty-secret"),
    _broken(WithoutTimestampIsFine, "missing-header"),
    _broken(AcceptsUnsigned, "unsigned missing-header"),
    _broken(AcceptsEmptySignature, "missing-header empty-signature malformed-signature"),
    _broken(AcceptsEverything, _ANYTHING),
    _broken(AnswersBeforeItVerifies, "not-handled", counts=True),
    _broken(NeverVerifies, _ANY_SIGNATURE),
    _broken(OnlyFirstSignature, "signature-list"),
    _broken(IgnoresVersion, "unknown-version"),
    _broken(ForgotOldSecret, "old-secret"),
    _broken(HeaderNamesHaveCase, "header-names"),
    _broken(FirstHeaderWins, "header-twice"),
    _broken(NoLimit, "oversize-body"),
    _broken(FailsOnLargeBodies, "oversize-body"),
    _broken(KnowsNoChunks, "chunked-body"),
    _broken(KnowsNoExpect, "expect-continue"),
    _broken(ReadsOnce, "dripped-body cut-body", only="dripped-body cut-body still-alive"),
    _broken(HangsOnSlowBodies, "dripped-body", only="dripped-body still-alive", timeout=0.5),
    _broken(FailsOnSlowBodies, "slow-body", only="dripped-body slow-body"),
    _broken(TakesWhatCame, "cut-body"),
    _broken(FailsWithoutBody, "empty-body"),
    _broken(FailsOnNoUtf8, "no-utf8"),
    _broken(AnswersAnyMethod, "wrong-method"),
    _broken(AnswersGetByOk, "wrong-method"),
    _broken(Redirects, "genuine"),
    _broken(RedirectsToLogin, _ANYTHING),
    _broken(TellsTheReason, "one-refusal"),
    _broken(TellsTheRightSignature, "no-oracle"),
    _broken(TellsTheSecret, "no-oracle"),
    _broken(LocksOut, "still-alive", only="malformed-header still-alive"),
]
