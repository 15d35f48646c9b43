"""The texts that the audit stores. They were stored before, so they stay as they are."""

from typing import get_args

import pytest

from bot.blocks.audit_wording import after, before, problem
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.problems import (
    OutcomeUnknown,
    Problem,
    ProposalChanged,
    SequenceEnded,
    SequenceOpened,
    SystemFailed,
    SystemRefused,
)
from bot.fleet.proposals.proposal import Act, BeginSequence, Instruct, TerminateRun
from bot.fleet.refusals.sequences import OpenSequence
from bot.model import Instruction, OpenRun, Order, Phase, Sizes
from tests.fleet.builders import CAMPAIGN, HOUR, window
from tests.fleet.grounds import struggling
from tests.fleet.sequences import progress, running, spec, standing

SPANNING = struggling()
HELD = (OpenRun(SPANNING.execution.ref, CAMPAIGN),)
OPEN = standing(progress(running(3, window(11, 16))))
PROBLEMS: list[tuple[Problem, str]] = [
    (SystemRefused("The sequence is paused already."), "The sequence is paused already."),
    (SystemFailed("Temporal: no such run"), "Temporal: no such run."),
    (
        OutcomeUnknown("Temporal: timed out", Target("voice-prod", "big one")),
        'Temporal: timed out. Whether it was done is not known: /backfill status "voice-prod/big one" tells.',
    ),
    (
        SequenceOpened(OpenSequence(OPEN, "Olivia")),
        "A sequence of hilton runs already: window 3 of 11, "
        "begun by Olivia at 2026-02-21 18:00 UTC for: it times out.",
    ),
    (SequenceEnded("hilton"), "The sequence of hilton has ended meanwhile."),
    (ProposalChanged(), "The world had changed since it was shown."),
]


@pytest.mark.parametrize(("failed", "sentence"), PROBLEMS)
def test_each_problem_is_a_sentence(failed: Problem, sentence: str) -> None:
    assert problem(failed) == sentence


def test_every_kind_of_problem_is_among_them() -> None:
    assert {type(failed) for failed, _ in PROBLEMS} == {*get_args(Problem)}


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (BeginSequence(spec(clear=HELD), ()), "no sequence, 1 workflow open"),
        (Instruct(OPEN, Instruction(Order.PAUSE, "", "")), "sequence: window 3 of 11"),
        (Instruct(standing(), Instruction(Order.PAUSE, "", "")), "sequence: its worker does not answer"),
        (TerminateRun("hilton", SPANNING), "backfill-hilton-2026-01-01-2026-02-21 open"),
    ],
)
def test_the_state_before_an_act_is_told(act: Act, state: str) -> None:
    assert before(act) == state


@pytest.mark.parametrize(
    ("phase", "state"),
    [
        (Phase.PAUSED, "sequence: paused, window 3 of 11"),
        (Phase.STOPPING, "sequence: being cancelled, window 3 of 11"),
        (Phase.ENDED, "sequence: ending at this moment"),
    ],
)
def test_a_sequence_is_told_by_its_phase(phase: Phase, state: str) -> None:
    shown = standing(progress(running(3, window(11, 16)), phase=phase))

    assert before(Instruct(shown, Instruction(Order.STOP, "", ""))) == state


def test_a_sequence_that_clears_is_told_by_what_it_waits_for() -> None:
    clearing = standing(progress(of=spec(clear=HELD), phase=Phase.CLEARING))

    assert before(Instruct(clearing, Instruction(Order.STOP, "", ""))) == (
        "sequence: it waits until 1 workflow is closed"
    )


SIZES = Sizes(days=5, least=1, most=5, target=3 * HOUR)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (
            BeginSequence(spec(clear=HELD, sizes=SIZES), ()),
            "sequence begun: cancels 1 workflow, then runs 51 days in windows of 5 days",
        ),
        (BeginSequence(spec(sizes=SIZES), ()), "sequence begun: runs 51 days in windows of 5 days"),
        (BeginSequence(spec(clear=HELD, days=()), ()), "sequence begun: cancels 1 workflow"),
        (TerminateRun("hilton", SPANNING), "backfill-hilton-2026-01-01-2026-02-21 terminated"),
    ],
)
def test_the_state_after_an_act_is_told(act: Act, state: str) -> None:
    assert after(act) == state


@pytest.mark.parametrize(
    ("instruction", "state"),
    [
        (Instruction(Order.PAUSE, "", ""), "paused"),
        (Instruction(Order.RESUME, "", ""), "resumed"),
        (Instruction(Order.RESIZE, "", "", days=3), "windows of 3 days from now on"),
        (Instruction(Order.RESIZE, "", "", days=1), "windows of 1 day from now on"),
        (Instruction(Order.SKIP, "", "", window=window(1, 6)), "2026-01-01..2026-01-06 left out"),
        (Instruction(Order.AGAIN, "", "", window=window(1, 6)), "2026-01-01..2026-01-06 to be run again"),
        (Instruction(Order.STOP, "", ""), "being cancelled"),
    ],
)
def test_each_instruction_is_told_by_what_it_did(instruction: Instruction, state: str) -> None:
    assert after(Instruct(OPEN, instruction)) == state
