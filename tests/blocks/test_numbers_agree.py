"""Card, status and digest of one sequence count the same windows and days, also with skipped days."""

from dataclasses import replace

import pytest

from bot.blocks import sequence_card, sequence_progress
from bot.blocks.digest import render
from bot.fleet.notifications.sequence import SequenceCard
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.board import Board, row_of
from bot.fleet.status.digest import digest_of
from bot.fleet.status.snapshot import News
from bot.model import EndedWindow, State, WindowEnd
from tests.fleet.builders import CAMPAIGN, NOW, window
from tests.fleet.sequences import ended, progress, standing

SKIPPED = tuple(ended(window(first, first + 5), WindowEnd.SKIPPED) for first in (21, 26))
FAILED = ended(window(11, 16), WindowEnd.FAILED)


@pytest.mark.parametrize("marks", [(), SKIPPED[:1], SKIPPED, (*SKIPPED, FAILED)], ids=len)
def test_card_status_and_digest_tell_the_same_numbers(marks: tuple[EndedWindow, ...]) -> None:
    how = replace(progress(closed=3, queued=5), troubled=marks)
    view = ClusterView(how.spec.cluster, NOW, (), (standing(progress=how),))
    board = Board(CAMPAIGN, NOW, (row_of(view, [how.spec.customer], CAMPAIGN),))
    card = sequence_card.card(SequenceCard(how)).text
    status = sequence_progress.state(State.RUNNING, how, {})
    digest = render(digest_of(board, News(None), (), {})).text

    assert "4 of 8" in card
    assert "5 windows" in card
    assert "3 of 8" in status
    assert "3 of 8" in digest
    for text in (status, digest):
        assert (f"{how.skipped_days} days skipped" in text) == bool(how.skipped_days)
    assert card.count("skipped") == sum(mark in SKIPPED for mark in marks)
