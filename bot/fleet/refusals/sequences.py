"""Why an open sequence, or the lack of one, stands against what was asked."""

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
    """A sequence is open, so no other one may begin. ``is_ending``: it starts no window any more."""

    command: ControlRequest
    sequence: OpenSequence
    is_ending: bool


@dataclass(frozen=True, slots=True)
class SequenceEnding:
    """The sequence takes no instruction any more, since it starts no window any more."""

    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class StoppedAlready:
    """The sequence to cancel is being cancelled."""

    command: ControlRequest
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class RetryLater:
    """The sequence is being cancelled: its windows may run again once it has ended."""

    command: ControlRequest
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class NothingToRetry:
    """No window of the open sequence is among the selected ones."""

    which: Selection
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class SameSize:
    """The windows of the open sequence have the requested number of days already."""

    command: ControlRequest
    days: int
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class PausedAlready:
    """The sequence to pause is paused."""

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
    """There is no sequence whose days could be left out."""

    command: ControlRequest
    customer: str


@dataclass(frozen=True, slots=True)
class NoDaysToCome:
    """The sequence has none of these ``days`` still to run. ``left`` are those that it has, empty when unknown."""

    days: Window
    left: tuple[Window, ...]
    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class SequenceSilent:
    """The sequence of one customer does not answer, and nothing can be decided without it."""

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
