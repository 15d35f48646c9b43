"""Slack accepts a sequence's lines and cards with any names, reasons and failures, and they ping nobody."""

from dataclasses import replace

import pytest

from bot.blocks.notifications import draw
from bot.fleet.notifications.sequence import (
    BegunLine,
    ClearedLine,
    CutLine,
    InstructedLine,
    SequenceCard,
    SequenceEndLine,
    SequenceLine,
    StillOpenLine,
    WaitingLine,
    WindowLine,
)
from bot.model import (
    Count,
    Instruction,
    OpenRun,
    Order,
    Phase,
    Ref,
    SequenceEnd,
    SequenceSpec,
    TableCount,
    Window,
    WindowEnd,
)
from tests.blocks.gate import taken_by_slack, texts
from tests.blocks.proposals import NAMES
from tests.fleet.builders import CAMPAIGN, HOUR, window
from tests.fleet.sequences import ended, progress, spec

RUN = Ref("voice-prod", "backfill-hilton-2026-01-01-2026-02-21", "run-1")


def every_line(of: SequenceSpec, text: str) -> list[SequenceLine | SequenceCard]:
    """A notification of each kind, with ``text`` wherever text from outside goes."""
    over = replace(ended(window(6, 11), WindowEnd.FAILED, text), took=HOUR)
    so_far = progress(of=of, troubled=(over,) * 200, paused_by="U1", phase=Phase.PAUSED)
    is_over = replace(so_far, phase=Phase.ENDED, end=SequenceEnd.INCOMPLETE)
    halves = tuple(Window.of_days(day, 1) for day in CAMPAIGN.each_day())
    return [
        BegunLine(of, 11),
        ClearedLine(of, 1, 1, HOUR),
        StillOpenLine(of, replace(RUN, workflow_id=text), None, HOUR),
        WaitingLine(of, window(6, 11), text, HOUR),
        WindowLine(of, over, 2, 11, Count((TableCount(text, 2, 1, 3, 4),) * 50, text), 5, 2),
        CutLine(of, over, 0, halves, 2),
        InstructedLine(of, Instruction(Order.PAUSE, "U1", text)),
        SequenceEndLine(is_over, HOUR),
        SequenceCard(so_far),
        SequenceCard(is_over),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_reason_or_failure_makes_a_line_that_slack_refuses_or_that_pings(name: str) -> None:
    of = spec(name, reason=name * 3, clear=(OpenRun(RUN, None),) * 9, adopt=(OpenRun(RUN, window(1, 6)),))
    for line in every_line(of, name * 3):
        drawn = "".join(texts(taken_by_slack(draw(line))))

        assert "<!channel>" not in drawn
        assert "<!here>" not in drawn
