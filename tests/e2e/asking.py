"""Asking again and again, without taking the machine from what is asked."""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

# In seconds.
SHORTEST_REST = 0.2
BETWEEN_COMMANDS = 1.5  # each has the bot ask all its clusters
# After an answer, as long as that took: at least half of the time is left to the bots and servers, which share
# two cores with the tests.
REST = 1

_T = TypeVar("_T")


def answers_of(read: Callable[[], _T], shortest_rest: float = SHORTEST_REST) -> Iterator[_T]:
    """What ``read`` gives, again and again, without an end."""
    while True:
        began = time.monotonic()
        answer = read()
        took = time.monotonic() - began
        yield answer
        time.sleep(max(shortest_rest, REST * took))
