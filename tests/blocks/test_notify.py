"""The answer to ``notify``."""

from bot.blocks.notify import render
from bot.fleet.name_lookup import Target
from bot.fleet.status.backfill import derive
from bot.fleet.status.notify import NothingToAwait, NotifyResult, Subscribed, Unsubscribed
from bot.model import ExecutionStatus
from tests.blocks.gate import taken_by_slack
from tests.fleet.builders import CAMPAIGN, NOW, closed, execution, run

HILTON = Target("voice-prod", "hilton")
ODD = Target("voice-prod", "<!channel> *x* &")


def answer(result: NotifyResult) -> str:
    return taken_by_slack(render(result)).text


def test_the_answer_says_when_a_message_comes_how_to_call_it_off_and_how_it_is_now() -> None:
    running = derive("voice-prod", "hilton", CAMPAIGN, [run(execution(), CAMPAIGN)], NOW)

    assert answer(Subscribed(HILTON, NOW, running)) == (
        "You get one direct message when hilton on voice-prod is complete or needs a person. "
        "/backfill notify off hilton calls it off.\nNow: running, full range."
    )


def test_without_an_answer_of_the_cluster_the_state_is_not_known() -> None:
    assert "voice-prod did not answer" in answer(Subscribed(HILTON, NOW, None))


def test_who_is_complete_already_gets_no_message() -> None:
    complete = derive(
        "voice-prod", "hilton", CAMPAIGN, [run(closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN), CAMPAIGN)], NOW
    )

    assert answer(NothingToAwait(complete)) == (
        "hilton on voice-prod is complete already: 51 days, 0 of them verified. No message will come."
    )


def test_calling_off_names_what_was_called_off() -> None:
    assert (
        answer(Unsubscribed((HILTON,), "hilton")) == "You get no direct message about hilton on voice-prod any more."
    )
    assert "nothing to call off" in answer(Unsubscribed((), ""))
    assert "about spirit was to come" in answer(Unsubscribed((), "spirit"))
    many = tuple(Target("voice-prod", f"c{number}") for number in range(25))
    assert "c19 on voice-prod and 5 more any more." in answer(Unsubscribed(many, ""))


def test_a_name_from_outside_pings_nobody() -> None:
    assert "<!channel>" not in str(render(Subscribed(ODD, NOW, None)).blocks)
