"""The confirmation of ``run``, with windows and with one workflow over everything."""

from dataclasses import replace

from bot.blocks.confirm import ask
from bot.commands import Run
from tests.blocks.gate import shown_by_slack, texts
from tests.blocks.proposals import begin, plan, proposal, whole
from tests.fleet.builders import window


def test_a_run_that_cancels_nothing_speaks_of_windows_alone() -> None:
    shown = shown_by_slack(ask(proposal(Run(target="hilton"), begin(), plan=plan())))

    assert texts(shown)[0].startswith("*About to start 11 windows of 5 days for hilton on voice-prod, about ")
    assert "To be cancelled" not in str(shown.blocks)


def test_one_window_of_everything_is_told_with_its_range() -> None:
    shown = texts(shown_by_slack(ask(proposal(Run(target="hilton", whole=True), whole()))))

    assert shown[0] == "*About to start 1 window of 51 days for hilton on voice-prod.*"
    assert "Days: Jan 1–Feb 20 (51 days)." in shown


def test_where_nobody_knows_how_long_it_takes_that_is_said() -> None:
    unknown = replace(plan(), windows=tuple(replace(planned, time=None) for planned in plan().windows))

    assert texts(ask(proposal(Run(target="hilton"), begin(), plan=unknown)))[0].endswith(
        "; how long that takes is not known.*"
    )


def test_windows_of_several_sizes_are_of_up_to_the_longest() -> None:
    act = begin(days=(window(1, 3), window(6, 16)))

    assert "start 3 windows of up to 5 days" in texts(ask(proposal(Run(target="hilton"), act)))[0]
