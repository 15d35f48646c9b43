"""Reasons, warnings and notes as a person reads them: worded by the bot's blocks."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from bot.blocks import open_work, proposal_warnings, refusals
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.refusals.declined import Declined
from bot.fleet.runs.open_work import OpenWorkNote


@dataclass
class Answer:
    """The two parts of a refusal, as soon as there is one."""

    problem: str = ""
    hint: str = ""


@contextmanager
def declines(match: str = "") -> Iterator[Answer]:
    """The block raises Declined, and the person reads ``match``, a regular expression."""
    answer = Answer()
    with pytest.raises(Declined) as caught:
        yield answer
    answer.problem, answer.hint = refusals.lines(caught.value)

    assert re.search(match, f"{answer.problem} {answer.hint}")


def warnings_of(proposal: Proposal) -> tuple[str, ...]:
    """The warnings as the dialog shows them."""
    return tuple(map(proposal_warnings.text, proposal.warnings))


def notes_of(notes: Iterable[OpenWorkNote]) -> tuple[str, ...]:
    """The notes as the answer shows them."""
    return tuple(map(open_work.note, notes))
