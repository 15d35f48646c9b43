"""The list of campaigns, and the line that says which campaign an answer is about."""

from dataclasses import replace
from datetime import date

from bot.actions import ActionId, command_of
from bot.blocks import buttons, kit
from bot.blocks.campaigns import render, with_campaign
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.campaigns.listed import CampaignList, ListedCampaign
from bot.fleet.campaigns.membership import CampaignView, Membership
from bot.fleet.name_lookup import Target
from bot.message import Message
from bot.model import CampaignDefinition, CampaignProblem, KnownCampaign, Window
from tests.blocks.gate import taken_by_slack
from tests.fleet.builders import CAMPAIGN, NOW

JAN = KnownCampaign(CampaignDefinition("jan", CAMPAIGN), is_default=True, keeps_plain_ids=True)
MARCH = KnownCampaign(CampaignDefinition("march", Window(date(2026, 3, 1), date(2026, 4, 1))))
ODD = KnownCampaign(
    CampaignDefinition("<!channel> *x* &", Window(date(2026, 3, 1), date(2026, 4, 1))),
    in_file=False,
    clashes=True,
    closed_at=NOW,
    closed_by="U0OLIVIA",
    problem=CampaignProblem.NO_WORKFLOW,
)


def listed(*campaigns: KnownCampaign) -> CampaignList:
    rows = (ListedCampaign(each, ("voice-prod",), 95, ("backfill",), ("scores",)) for each in campaigns)
    return CampaignList(tuple(rows), "jan", {"U0OLIVIA": "Olivia"})


def view(*campaigns: KnownCampaign) -> CampaignView:
    return CampaignView(campaigns[0], CampaignBook(campaigns), Membership((), "jan"))


def test_each_campaign_says_its_days_what_fills_it_and_whether_it_is_open() -> None:
    message = render(listed(JAN, ODD))
    taken_by_slack(message)

    assert "1 open campaign" in message.text
    assert "jan: Jan 1–Feb 20, 2026 (51 days)" in message.text
    assert "95 customers on voice-prod; filled by backfill into scores; days of UTC." in message.text
    assert "Commands mean this one when they name none. From backfill.toml." in message.text
    assert "Closed on 2026-02-22 by Olivia. Broken: its workflow definition is gone." in message.text
    assert "also opened from Slack: backfill.toml wins." in message.text
    assert "<!channel>" not in message.text


def test_a_hundred_campaigns_fit() -> None:
    many = [replace(JAN, definition=replace(JAN.definition, name=f"c{n}" * 40)) for n in range(100)]

    taken_by_slack(render(listed(*many)))


def test_an_answer_says_which_campaign_it_is_about_only_when_several_are_known() -> None:
    answer = kit.message("An answer.", [])
    named = with_campaign(answer, view(JAN, replace(ODD, closed_at=None)))
    taken_by_slack(named)

    assert with_campaign(answer, None) == answer
    assert named.text.splitlines()[1].startswith("In campaign jan, Jan 1–Feb 20, 2026 (51 days).")
    assert "1 other is open: /backfill campaigns." in named.text
    assert "(31 days), closed." in with_campaign(answer, view(ODD, JAN)).text


def test_an_answer_about_a_campaign_that_commands_do_not_mean_says_what_they_need() -> None:
    march = replace(ODD, definition=replace(ODD.definition, name="march"), closed_at=None, problem=None)
    answer = kit.message("Type /backfill run hilton.", [])

    assert with_campaign(answer, view(march, JAN)).text.endswith("A command about it needs “in march”.")
    assert "A command about it needs" not in with_campaign(answer, view(JAN, march)).text


def test_an_answer_that_is_full_keeps_its_blocks() -> None:
    block = kit.message("x", [kit.section("x")]).blocks[0]
    full = Message("x", (block,) * kit.MAX_BLOCKS)

    assert len(with_campaign(full, view(JAN, ODD)).blocks) == kit.MAX_BLOCKS


def test_the_buttons_of_an_answer_are_about_its_campaign() -> None:
    elements = [
        *buttons.for_target(Target("voice-prod", "hilton"), ActionId.NOTIFY, ActionId.SPLIT),
        *buttons.for_target(Target("voice-prod", "hilton"), ActionId.RETRY, campaign="april"),
        *buttons.split_all("voice-prod"),
    ]
    shown = taken_by_slack(with_campaign(kit.message("hilton", buttons.row(elements)), view(MARCH, JAN)))
    named = [command_of(each["action_id"], each["value"]).campaign for each in shown.blocks[0]["elements"]]

    assert named == ["march", "march", "april", "march"]
