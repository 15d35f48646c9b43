"""The button below a command without its name, and the modal in which the name is chosen."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.blocks import choose_name
from bot.commands import Notify, Plan, Request, Reset, Run, Split, Terminate, Verify
from bot.commands.campaign import Campaign, CampaignAction
from bot.errors import NameMissing, UsageError
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.runs.open_work import NamesNotSeen
from bot.model import CampaignDefinition, KnownCampaign, Window
from bot.name_choice import NameChoice, read_choice
from tests.blocks.gate import action_ids, shown_by_slack, taken_by_slack, view_inputs
from tests.blocks.gate import texts as texts_of_drawn

MISSING = NameMissing("split needs a customer.", "Type /backfill split <customer …>.")
ODD = "<!channel> *x* & `y`"
DAYS = Window(date(2026, 1, 1), date(2026, 2, 1))


def book(*names: str, default: str = "") -> CampaignBook:
    return CampaignBook(
        tuple(KnownCampaign(CampaignDefinition(name, DAYS), is_default=name == default) for name in names)
    )


ONE, TWO = book("january"), book("january", "march", default="january")


def asked(command: Request, campaigns: CampaignBook = ONE, text: str = "", **unseen: Any) -> Any:
    choice = NameChoice(text=text or command.word(), channel="C1", thread="1.000001")
    return shown_by_slack(choose_name.ask(command, choice, campaigns, **({"unseen": ()} | unseen)))


def test_the_button_stands_below_the_text_and_carries_what_was_typed() -> None:
    choice = NameChoice(text="split windows 3d", thread="1.000001")
    message = taken_by_slack(choose_name.refusal(MISSING, choice))

    assert message.text == "split needs a customer. Type /backfill split &lt;customer …&gt;."
    assert action_ids(message) == ["choose"]
    assert read_choice(message.blocks[-1]["elements"][0]["value"]) == choice


@pytest.mark.parametrize("problem", [UsageError("verify by what?"), MISSING])
def test_other_mistakes_and_commands_too_long_for_a_button_have_none(problem: UsageError) -> None:
    text = "x" * 1_999 if problem is MISSING else "verify by"

    assert action_ids(taken_by_slack(choose_name.refusal(problem, NameChoice(text=text)))) == []


@pytest.mark.parametrize("text", ["", "x" * 8_000])
def test_a_text_of_any_length_gets_its_refusal(text: str) -> None:
    problem = UsageError("a command has at most 1,000 characters")
    message = taken_by_slack(choose_name.refusal(problem, NameChoice(text=text)))

    assert "at most 1,000" in message.text
    assert action_ids(message) == []


@pytest.mark.parametrize(
    ("command", "label"),
    [
        (Run, "Customer or cluster"),
        (Terminate, "Customer or cluster"),
        (Verify, "Customer or cluster"),
        (Split, "Customer"),
        (Plan, "Customer"),
        (Reset, "Customer"),
        (Notify, "Customer"),
    ],
)
def test_the_menu_says_whether_clusters_are_among_them(command: type[Request], label: str) -> None:
    (name,) = view_inputs(asked(command.model_validate({"target": "?"})))

    assert name["label"]["text"] == label
    assert name["element"]["type"] == "external_select"
    assert name["element"]["focus_on_load"]


def test_a_change_says_that_a_further_step_follows() -> None:
    view = asked(Split(target="?", days=3), text=f"/backfill split {ODD}")
    (first, *_) = texts_of_drawn(view)

    assert view.submit == "Next"
    assert "Nothing is done yet" in first
    assert "<!channel>" not in first
    assert asked(Verify(target="?")).submit == "Verify"


def test_several_open_campaigns_have_a_menu_with_the_default_chosen() -> None:
    _, campaign = view_inputs(asked(Verify(target="?"), TWO))

    assert campaign["element"]["initial_option"]["value"] == "january"
    assert not campaign.get("optional")


def test_without_a_default_the_campaign_has_to_be_chosen() -> None:
    _, campaign = view_inputs(asked(Verify(target="?"), book("january", "march")))

    assert "initial_option" not in campaign["element"]
    assert not campaign.get("optional")


def test_a_command_about_all_campaigns_need_not_choose_one() -> None:
    _, campaign = view_inputs(asked(Terminate(target="?"), TWO))

    assert campaign["optional"]
    assert "initial_option" not in campaign["element"]


@pytest.mark.parametrize("campaigns", [ONE, replace(TWO, campaigns=TWO.campaigns[:1])])
def test_a_single_campaign_or_one_that_was_typed_is_not_asked_for(campaigns: CampaignBook) -> None:
    assert len(view_inputs(asked(Verify(target="?"), campaigns))) == 1
    assert len(view_inputs(asked(Verify(target="?", campaign="march"), TWO))) == 1


def test_a_cluster_that_did_not_answer_is_named() -> None:
    assert "voice-prod did not answer" in str(
        texts_of_drawn(asked(Plan(target="?"), unseen=(NamesNotSeen(("voice-prod",)),)))
    )


def test_long_names_of_campaigns_are_taken_by_slack() -> None:
    long = "x" * 200

    assert len(view_inputs(asked(Verify(target="?"), book(long, ODD, default=long)))) == 2


def test_a_campaign_that_is_changed_is_chosen_among_campaigns() -> None:
    (name,) = view_inputs(asked(Campaign(target="?", action=CampaignAction.CLOSE), TWO, text="campaign close"))

    assert name["label"]["text"] == "Campaign"
