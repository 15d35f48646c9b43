"""Why an act of a confirmed proposal failed, or why nothing of it was done, as values."""

from dataclasses import dataclass

from bot.errors import DependencyError, Refused, Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.refusals.sequences import OpenSequence


@dataclass(frozen=True, slots=True)
class SystemRefused:
    """A system, such as Temporal, has refused the act. ``why`` is what it said."""

    why: str


@dataclass(frozen=True, slots=True)
class SystemFailed:
    """The act could not be done, for example because a system has failed. ``error`` is the reason, as text."""

    error: str


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The system gave no usable answer, so the act may have been done or not."""

    error: str
    target: Target


@dataclass(frozen=True, slots=True)
class SequenceOpened:
    """Another sequence of the customer has been opened since the proposal was made."""

    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class SequenceEnded:
    """The sequence that the instruction was for has ended since the proposal was made."""

    customer: str


@dataclass(frozen=True, slots=True)
class ProposalChanged:
    """The proposal made at submission is not the one that was shown."""


Problem = SystemRefused | SystemFailed | OutcomeUnknown | SequenceOpened | SequenceEnded | ProposalChanged


def problem_of(exc: DependencyError, target: Target) -> Problem:
    """The problem of an act about ``target`` whose request ended with this error."""
    match exc:
        case Refused():
            return SystemRefused(exc.why)
        case Unavailable():
            return OutcomeUnknown(str(exc), target)
        case _:
            return SystemFailed(str(exc))
