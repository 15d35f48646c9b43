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

- At most ``MOST_SENDS`` messages to sequences are on their way at once.
- The queue continues as new after fewer events, and hands its survey on.
"""

from dataclasses import replace

from bot.model.queue import QueueState

RULES = PACED = 3
# A queue cannot continue as new while messages are on their way, and Temporal takes a minute for a thousand of them.
MOST_SENDS = 50
# Temporal ends a workflow at 51,200 events (docs.temporal.io/workflow-execution/limits), and a window takes about 15
# of them. But before a queue continues as new, a bot often has to replay its whole history. Temporal refuses what is
# sent to the queue meanwhile; and once it holds back 100 signals, the replay has to begin again. So a run is short.
_MOST_EVENTS, _MOST_EVENTS_BEFORE = 1_000, 5_000


def upgrade(state: QueueState) -> QueueState:
    """The same queue, but from now on it decides by the rules of this version of the bot."""
    return replace(state, by_batch=True, rules=RULES)


def most_events(state: QueueState) -> int:
    """After how many events of its history the queue continues as new."""
    return _MOST_EVENTS if state.rules >= PACED else _MOST_EVENTS_BEFORE
