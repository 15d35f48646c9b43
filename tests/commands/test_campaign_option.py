"""in NAME picks a campaign, in every command and at any place."""

from datetime import date

import pytest

from bot.commands import Ack, Cancel, Reach, Run, Status
from bot.errors import UsageError
from handlers.routes import COMMANDS, command_in
from tests.commands.test_parse import TODAY


def test_the_campaign_is_taken_out_wherever_it_is() -> None:
    run = command_in("run hilton in march windows 5d", TODAY)
    status = command_in('status in "all saints" voice-prod', TODAY)

    assert isinstance(run, Run)
    assert (run.target, run.days, run.campaign) == ("hilton", 5, "march")
    assert isinstance(status, Status)
    assert (status.target, status.campaign) == ("voice-prod", "all saints")


def test_in_quotes_it_is_a_name() -> None:
    command = command_in('cancel "in"', TODAY)

    assert isinstance(command, Cancel)
    assert (command.target, command.campaign) == ("in", "")


def test_a_cluster_and_everybody_can_be_meant_in_a_campaign() -> None:
    run = command_in("run all in march largest", TODAY)
    ack = command_in("ack voice-prod in march", TODAY)

    assert isinstance(run, Run)
    assert (run.is_bulk, run.campaign) == (True, "march")
    assert isinstance(ack, Ack)
    assert ack.campaign == "march"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.word())
def test_every_command_takes_a_campaign_or_says_that_it_is_about_none(command: type[Run]) -> None:
    for example in command.examples:
        if command.reach is Reach.NONE:
            with pytest.raises(UsageError, match="about no single campaign"):
                command_in(f"{example} in march", date(2026, 12, 1))
        else:
            typed = example if " in march" in example else f"{example} in march"
            assert command_in(typed, date(2026, 12, 1)).campaign == "march"


@pytest.mark.parametrize("text", ["status in", "run hilton in", "status in a in b"])
def test_a_campaign_needs_one_name(text: str) -> None:
    with pytest.raises(UsageError):
        command_in(text, TODAY)
