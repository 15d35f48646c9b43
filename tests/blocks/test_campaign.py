"""The dialogs that open, extend, close and reopen a campaign, and their outcomes."""

from dataclasses import replace
from datetime import date

import pytest

from bot.actions import command_of
from bot.blocks import confirm
from bot.commands.campaign import Campaign, CampaignAction
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.proposal import Done, ExecutedProposal, Proposal
from bot.fleet.proposals.warnings import DaysOfNobody
from bot.fleet.refusals.campaigns import CampaignInUse
from bot.fleet.refusals.declined import Declined
from bot.model import CampaignDefinition, Window
from tests.blocks.gate import shown_by_slack

APRIL = CampaignDefinition("april", Window(date(2026, 4, 1), date(2026, 5, 1)))
ODD = replace(APRIL, name="<!channel> *x* &", workflow="reindex", customers=("a", "b"))


def proposal(action: CampaignAction, after: CampaignDefinition, before: CampaignDefinition | None) -> Proposal:
    window = after.window if action is CampaignAction.OPEN else None
    end = after.window.end if action is CampaignAction.EXTEND else None
    command = Campaign(target=after.name, action=action, range=window, end=end)
    act = ChangeCampaign(action, after, before)
    return Proposal(command, Target("", after.name), (act,), warnings=(DaysOfNobody(after.name),))


@pytest.mark.parametrize(
    ("action", "headline", "detail"),
    [
        (
            CampaignAction.OPEN,
            "About to open the campaign april for Apr 1–30, 2026 (30 days).",
            "Filled: all tables, all customers on all clusters, days of UTC.",
        ),
        (
            CampaignAction.EXTEND,
            "About to change the campaign april to Apr 1–30, 2026 (30 days).",
            "So far: Apr 1–20, 2026 (20 days).",
        ),
        (CampaignAction.CLOSE, "About to close the campaign april.", "nothing of it can be started"),
        (CampaignAction.REOPEN, "About to open the campaign april again.", "Nothing starts by itself."),
    ],
)
def test_a_dialog_says_what_becomes_of_the_campaign(action: CampaignAction, headline: str, detail: str) -> None:
    before = None if action is CampaignAction.OPEN else replace(APRIL, window=Window.of_days(date(2026, 4, 1), 20))
    view = confirm.ask(proposal(action, APRIL, before))
    shown_by_slack(view)

    assert headline in str(view.blocks)
    assert detail in str(view.blocks)
    assert "run all in april" in str(view.blocks)


def test_the_dialog_that_stops_before_it_closes_says_whose_work_that_is() -> None:
    act = ChangeCampaign(CampaignAction.CLOSE, APRIL, APRIL, stops=tuple(f"voice-prod/c{n}" for n in range(25)))
    command = Campaign(target="april", action=CampaignAction.CLOSE, stops=True)
    shown = str(shown_by_slack(confirm.ask(Proposal(command, Target("", "april"), (act,)))))

    assert "About to stop 25 customers, then close the campaign april." in shown
    assert "Stopped first: voice-prod/c0" in shown
    assert "5 more" in shown


def test_a_refusal_to_close_has_the_button_that_stops_first_unless_it_is_unknown_what_is_open() -> None:
    refused = confirm.problem(Declined(CampaignInUse("april", ("voice-prod/hilton",), ())))
    unknown = confirm.problem(Declined(CampaignInUse("april", (), ("voice-prod",))))
    (button,) = refused.blocks[-1]["elements"]

    assert button["text"]["text"] == "Stop, then close…"
    assert command_of(button["action_id"], button["value"]) == Campaign(
        target="april", action=CampaignAction.CLOSE, stops=True
    )
    assert [block["type"] for block in unknown.blocks] == ["section"]


@pytest.mark.parametrize("action", CampaignAction)
def test_odd_names_and_outcomes_are_drawn(action: CampaignAction) -> None:
    proposed = proposal(action, ODD, APRIL)
    shown_by_slack(confirm.ask(proposed))
    outcome = ExecutedProposal(proposed, tuple(Done(act) for act in proposed.acts))
    shown_by_slack(confirm.done(outcome))

    assert "<!channel>" not in str(confirm.done(outcome).blocks)
