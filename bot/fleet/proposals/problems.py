"""Why an act of a confirmed proposal failed, or why nothing of it was done, as values."""

from dataclasses import dataclass

from bot.fleet.name_lookup import Target
from bot.fleet.refusals.sequences import OpenSequence


@dataclass(frozen=True, slots=True)
class SystemRefused:
    """The system refused, and said why."""

    why: str


@dataclass(frozen=True, slots=True)
class SystemFailed:
    """``error`` is the text of the system's error: which one, and what it said."""

    error: str


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The system gave no usable answer, so the act may have been done."""

    error: str
    target: Target


@dataclass(frozen=True, slots=True)
class SequenceOpened:
    """Another sequence of the customer was opened in between."""

    sequence: OpenSequence


@dataclass(frozen=True, slots=True)
class SequenceEnded:
    """The sequence that was to be instructed has ended in between."""

    customer: str


@dataclass(frozen=True, slots=True)
class ProposalChanged:
    """The proposal made at the submission is not the one that was shown."""


Problem = SystemRefused | SystemFailed | OutcomeUnknown | SequenceOpened | SequenceEnded | ProposalChanged
