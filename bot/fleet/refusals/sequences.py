"""Refusals about sequences: an open sequence does not allow what was asked, or does not answer; or what was asked
needs an open sequence, and there is none."""

from dataclasses import dataclass

from bot.commands import ControlRequest, Selection
from bot.fleet.refusals.runs import RunFacts
from bot.model import SequenceStanding, Window


@dataclass(frozen=True, slots=True)
class OpenSequence:
    """An open sequence, and the name of the person who began it."""

    standing: SequenceStanding
    begun_by: str


@dataclass(frozen=True, slots=True)
class SecondSequence:
    """A sequence is open, so no other one may begin. ``is_ending``: the open one starts no more windows."""

    command: ControlRequest
    sequence: OpenSequence
    is_ending: bool


@dataclass(frozen=True, slots=True)
class SequenceEnding:
    """The sequence takes no more instructions, because it starts no more windows."""

    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class StoppedAlready:
    """The sequence to cancel already starts no more windows."""

    command: ControlRequest
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class RetryLater:
    """The sequence starts no more windows. The windows can be run again once the sequence has ended."""

    command: ControlRequest
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class NothingToRetry:
    """None of the selected windows belongs to the open sequence."""

    which: Selection
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class SameSize:
    """The windows of the open sequence already have the requested number of days."""

    command: ControlRequest
    days: int
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class PausedAlready:
    """The sequence to pause is already paused."""

    command: ControlRequest
    customer: str


@dataclass(frozen=True, slots=True)
class NotPaused:
    """The sequence to resume is not paused."""

    customer: str
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class NoSequence:
    """There is no sequence to pause or to resume. ``run`` is an open run of the customer, if there is one."""

    command: ControlRequest
    customer: str
    run: RunFacts | None


@dataclass(frozen=True, slots=True)
class NoSequenceToSkip:
    """There is no sequence whose days could be skipped."""

    command: ControlRequest
    customer: str


@dataclass(frozen=True, slots=True)
class NoDaysToCome:
    """None of these ``days`` is among the days that the sequence still has to run. ``left`` are the days that it
    still has to run; empty if they are unknown."""

    days: Window
    left: tuple[Window, ...]
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class SequenceSilent:
    """The customer's sequence does not answer, and nothing can be decided without its answer."""

    system: str
    why: str


SequenceRefusal = (
    SecondSequence
    | SequenceEnding
    | StoppedAlready
    | RetryLater
    | NothingToRetry
    | SameSize
    | PausedAlready
    | NotPaused
    | NoSequence
    | NoSequenceToSkip
    | NoDaysToCome
    | SequenceSilent
)
