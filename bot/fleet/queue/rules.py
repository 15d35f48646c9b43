"""The version of the rules by which a queue decides. Pure.

A run of a queue keeps the rules under which it began, because a bot may have to replay its history. ``upgrade`` gives
the next run the rules of this version of the bot. Under version 1:

- The queue gives out no slot while a survey is due.
- Windows that an ended sequence has left behind take slots from single commands, too. Sequences that are being begun
  take none from them.
- A customer whose sequence cannot begin now gets another turn.
- When a customer is taken out, so is its sequence that has begun but has not sent its first demand.

Under version 2 also:

- A place that replaces several is held if one of them was.

Under version 3 also:

- At most ``MOST_AT_ONCE`` messages to sequences are on their way at once, and as many sequences are being begun.
- The queue continues as new after fewer events, and hands its survey on.
- The turn of a customer whose sequence cannot begin ends after some time, and not after some attempts.
"""

import sys
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model.queue import QueueState

RULES = 3
# The first version under which a queue is paced.
PACED = 3
# A queue cannot continue as new while messages are on their way, and Temporal takes a minute for a thousand of them.
# When it continues as new while sequences are being begun, the next run has to begin them again.
MOST_AT_ONCE = 50
# Temporal ends a workflow at 51,200 events (docs.temporal.io/workflow-execution/limits), and a window takes about 15
# of them. But before a queue continues as new, a bot often has to replay its whole history. Temporal refuses what is
# sent to the queue meanwhile; and once it holds back 100 signals, the replay has to begin again. So a run is short.
_MOST_EVENTS, _MOST_EVENTS_BEFORE = 1_000, 5_000


def upgrade(state: QueueState) -> QueueState:
    """The same queue, but from now on it decides by the rules of this version of the bot."""
    return replace(state, by_batch=True, rules=RULES)


def most_events(state: QueueState, *, is_survey_due: bool = False) -> int:
    """After how many events of its history the queue continues as new. While a survey is due, later: the next run
    would have to ask for the survey again, and no slot would be given meanwhile."""
    return _MOST_EVENTS if state.rules >= PACED and not is_survey_due else _MOST_EVENTS_BEFORE


def most_at_once(state: QueueState) -> int:
    """How many messages may be on their way, and how many sequences the queue may be beginning, at once."""
    return MOST_AT_ONCE if state.rules >= PACED else sys.maxsize


def survey_holds_for(state: QueueState, now: datetime) -> timedelta:
    """How long the survey that the run before has handed on still holds. Zero if there is none, and under earlier
    rules, by which a worker of an earlier version may have begun this run."""
    if state.rules < PACED or state.survey is None or state.surveyed_at is None:
        return timedelta(0)
    return max(timedelta(0), state.surveyed_at + state.survey.again_after - now)
