"""Temporal takes 2 MB at once: what a sequence keeps, asks or answers stays well below, however things are called."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter

from bot.fleet.notifications.sequence import SequenceEndLine, SequenceLine, WindowLine
from bot.fleet.sequence import halving
from bot.fleet.sequence import state as sequence_state
from bot.model import (
    Count,
    ExecutionStatus,
    OnStuck,
    OpenRun,
    Ref,
    SequenceEnd,
    SequenceSpec,
    SequenceState,
    Sizes,
    Window,
)
from bot.sequences.thread_queue import MAX_LINES_PER_PORTION
from bot.usecases.drive.publish import SequenceReport
from tests.fleet.sequence.courses import HOUR, NOW, START, followed, spec

MOST = 1_000_000
FIVE_YEARS = Window.of_days(START, 1_825)
NOTES = ["activity Heartbeat timeout " * 12, "La conexión falló. " * 30, "接続エラー" * 70, '"\\' * 300, "\x00" * 300]


def of_days(**changes: Any) -> SequenceSpec:
    """Five years in windows of one day."""
    given = {"sizes": Sizes(1, 1, 1, HOUR), "on_stuck": OnStuck.CONTINUE, "customer": "接続" * 30}
    return spec(FIVE_YEARS, **(given | changes))


def troubled(note: str) -> SequenceState:
    """Not one of them has got through."""
    state = sequence_state.begin(of_days())
    while taken := sequence_state.take(state, NOW):
        state, window = taken
        ref = Ref("voice-prod", "接続" * 160 + str(window.number), "0a3f9c1e-0b1d-4f6e-9c80-aaaaaaaaaaaa")
        run = followed(ExecutionStatus.FAILED, ref=ref, last_failure=note)
        state = halving.settle(state, window, run, None).state
    return state


async def size(value: object) -> int:
    [payload] = await pydantic_data_converter.encode([value])
    return payload.ByteSize()


@pytest.mark.parametrize("note", NOTES)
async def test_five_years_of_days_none_of_which_got_through(note: str) -> None:
    state = troubled(note)
    status = sequence_state.progress(state, (), SequenceEnd.INCOMPLETE)
    last = state.troubled[-1]
    lines: list[SequenceLine] = [
        WindowLine(state.spec, last, 1, 1, Count(problem="接" * 999), 1, 1)
    ] * MAX_LINES_PER_PORTION
    telling = SequenceReport.of(status, 1, [*lines[1:], SequenceEndLine(status, timedelta(days=9))])

    assert len(state.troubled) == state.closed == FIVE_YEARS.days
    assert await size(state) < MOST
    assert await size(status) < MOST
    assert await size(telling) < MOST


async def test_a_thread_that_is_told_at_once_of_a_sequence_that_follows_very_many() -> None:
    held = tuple(OpenRun(Ref("voice-prod", f"backfill-{n}", "0a3f9c1e-0b1d"), FIVE_YEARS) for n in range(1_000))
    many = of_days(adopt=held, days=tuple(Window.of_days(START + timedelta(days=2 * n), 1) for n in range(900)))
    status = sequence_state.progress(sequence_state.begin(many), ())
    lines: list[SequenceLine] = [SequenceEndLine(status, HOUR)] * MAX_LINES_PER_PORTION

    assert await size(SequenceReport.of(status, 1, lines)) < MOST
    assert SequenceReport.of(status, 1, lines).full_lines == tuple(lines)


async def test_what_lines_share_is_told_once_and_said_of_each() -> None:
    status = sequence_state.progress(sequence_state.begin(replace(of_days(), reason="it times out")), ())
    ended = troubled("disk full").troubled[0]
    line = WindowLine(status.spec, ended, 1, 11, None, 1, 1)

    assert SequenceReport.of(status, 1, [line]).full_lines == (line,)
