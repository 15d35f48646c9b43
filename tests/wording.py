"""What people read, as the bot's blocks word it, for tests that are not about the wording."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.blocks import refusals
from bot.blocks.alert_reasons import WORDS
from bot.fleet.refusals.declined import Declined
from bot.model import AlertReason

# What an alert says about a run that times out, after its name.
TIMED_OUT = WORDS[AlertReason.HEARTBEAT_TIMEOUT].state


@contextmanager
def declines(match: str = "") -> Iterator[None]:
    """The block raises Declined, and the person reads ``match``, a regular expression."""
    with pytest.raises(Declined) as caught:
        yield

    assert re.search(match, " ".join(refusals.lines(caught.value)))
