"""The confirmation of ``split``."""

from bot.blocks.confirm import ask
from bot.commands import Split
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.warnings import NothingCancelled
from bot.model import OpenRun, Order
from tests.blocks.gate import shown_by_slack, texts
from tests.blocks.proposals import begin, full_range, healthy, instruct, plan, proposal
from tests.fleet.builders import execution, run, window


def modal_text(of: Proposal) -> str:
    return "\n".join(texts(shown_by_slack(ask(of))))


def of_hilton() -> Proposal:
    stuck = full_range()
    return proposal(Split(target="hilton"), begin(stuck), plan=plan(stuck))


def test_the_first_line_tells_what_would_be_done_and_how_long_it_takes() -> None:
    assert texts(ask(of_hilton()))[0] == (
        "*About to cancel 1 workflow and start 11 windows of 5 days for hilton on voice-prod, about 23–32 h.*"
    )


def test_the_range_the_size_and_why_follow() -> None:
    assert texts(ask(of_hilton()))[1].splitlines() == [
        "Days: Jan 1–Feb 20 (51 days).",
        "5 days a window: 82K rows a day. In earlier backfills, 5 days worked for hilton (82K a day), "
        "united-east (210K a day).",
    ]


def test_what_is_to_be_cancelled_is_told_with_its_health_in_words() -> None:
    well = healthy()

    assert "To be cancelled: full range, attempt 3, struggling (timed out on heartbeat), running since" in modal_text(
        of_hilton()
    )
    assert "To be cancelled: full range, attempt 1, healthy, running since" in modal_text(
        proposal(Split(target="hilton"), begin(well), plan=plan(well))
    )


def test_what_becomes_of_rows_that_are_written_already_is_said_where_something_is_cancelled() -> None:
    assert "Rows already written stay, and complete days are not run again." in modal_text(of_hilton())
    assert "Rows already written" not in modal_text(proposal(Split(target="hilton"), begin(), plan=plan()))


def test_alike_windows_share_a_line_so_that_the_reason_stays_on_the_screen_of_a_phone() -> None:
    shown = [" ".join(line.split()) for line in modal_text(of_hilton()).splitlines()]

    assert "Jan 1–Feb 19 10 × 5 4.1M 2–3 h each" in shown
    assert "Feb 20 1 82K run, 27–38 m" in shown


def test_windows_that_run_already_are_said_to_be_followed() -> None:
    held = OpenRun(run(execution(), window(1, 6)).execution.ref, window(1, 6))
    act = begin(full_range(), adopt=(held,), days=(window(6, 52),))

    shown = modal_text(proposal(Split(target="hilton"), act))

    assert "cancel 1 workflow, follow 1 window that runs already and start 10 windows of 5 days" in shown
    assert "Followed, not started again: Jan 1–5." in shown


def test_an_open_sequence_gets_other_windows() -> None:
    shown = modal_text(proposal(Split(target="hilton", days=2), instruct(Order.RESIZE, days=2)))

    assert "About to give the windows still to come 2 days each for hilton on voice-prod." in shown
    assert "The running window keeps its size." in shown


def test_warnings_are_sentences_that_begin_with_the_word() -> None:
    assert ":warning: Nothing is cancelled: nothing runs." in modal_text(
        proposal(Split(target="hilton"), begin(full_range()), warnings=(NothingCancelled(something_runs=False),))
    )
