"""Why a queue begins no sequence for a customer. Pure."""

from bot.fleet.refusals.declined import Refusal
from bot.fleet.refusals.runs import (
    ChildGoesOn,
    CompleteAlready,
    DaysRun,
    NoData,
    NoneFailed,
    RunsAlready,
    WholeRangeRuns,
)
from bot.fleet.refusals.sequences import SecondSequence
from bot.model.queue import NotBegun


def reason_of(refusal: Refusal) -> NotBegun:
    """Why the queue begins no sequence, derived from the refusal that ``run`` would give."""
    match refusal:
        case CompleteAlready() | NoData() | NoneFailed():
            return NotBegun.NOTHING_TO_RUN
        case SecondSequence():
            return NotBegun.SEQUENCE_OPEN
        case RunsAlready() | WholeRangeRuns() | DaysRun() | ChildGoesOn():
            return NotBegun.RUN_OPEN
        case _:
            return NotBegun.REFUSED
