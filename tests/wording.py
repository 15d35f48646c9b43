"""A refusal as a person reads it: worded by the bot's blocks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.blocks import refusals
from bot.fleet.refusals.declined import Declined


@contextmanager
def declines(match: str = "") -> Iterator[None]:
    """The block raises Declined, and the person reads ``match``, a regular expression."""
    with pytest.raises(Declined) as caught:
        yield

    assert re.search(match, " ".join(refusals.lines(caught.value)))
