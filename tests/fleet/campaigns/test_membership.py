"""A run belongs to the campaign that it tells, else to those whose days and definition it fills."""

from datetime import date
from typing import Any

from bot.fleet.campaigns.membership import CampaignRule, Membership
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.mapping import CAMPAIGN_FIELD
from bot.model import Execution, Ref, Window
from tests.fleet.builders import CAMPAIGN, execution

MARCH = Window(date(2026, 3, 1), date(2026, 4, 1))
FILLS, REINDEX = {"voice-prod": frozenset({"CustomerBackfill"})}, {"voice-prod": frozenset({"Reindex"})}
RULES = Membership((CampaignRule("jan", CAMPAIGN, FILLS), CampaignRule("march", MARCH, FILLS)), "jan")


def of(run: Execution, days: Window = CAMPAIGN, rules: Membership = RULES) -> list[str]:
    return list(rules.campaigns_of(run, Identity("hilton", days)))


def test_a_run_that_tells_a_campaign_belongs_to_it_whatever_its_days() -> None:
    assert of(execution(hints={CAMPAIGN_FIELD: "march"})) == ["march"]


def test_a_run_that_tells_none_or_an_unknown_one_belongs_to_the_campaigns_of_its_days() -> None:
    assert of(execution(), MARCH) == ["march"]
    assert of(execution(hints={CAMPAIGN_FIELD: "gone"}), CAMPAIGN) == ["jan"]
    assert of(execution(), Window(CAMPAIGN.start, MARCH.end)) == ["jan", "march"]


def test_days_of_no_campaign_and_unknown_customers_belong_to_the_first() -> None:
    assert of(execution(), Window(date(2025, 1, 1), date(2025, 2, 1))) == ["jan"]
    assert list(RULES.campaigns_of(execution(), None)) == ["jan"]


def test_two_campaigns_over_the_same_days_are_told_apart_by_their_definitions() -> None:
    rules = Membership((CampaignRule("jan", CAMPAIGN, FILLS), CampaignRule("again", CAMPAIGN, REINDEX)), "jan")

    assert of(execution(), CAMPAIGN, rules) == ["jan"]
    assert of(execution(workflow_type="Reindex"), CAMPAIGN, rules) == ["again"]
    assert of(execution(workflow_type="Repair"), CAMPAIGN, rules) == ["jan", "again"]


def test_a_campaign_of_some_customers_or_clusters_has_no_runs_of_others() -> None:
    rules = Membership(
        (CampaignRule("jan", CAMPAIGN, FILLS), CampaignRule("few", CAMPAIGN, FILLS, frozenset({"vivint"}))), "jan"
    )

    assert of(execution(), CAMPAIGN, rules) == ["jan"]
    assert of(execution(cluster="chat-prod"), CAMPAIGN, rules) == ["jan"]


def named(workflow_id: str, **changes: Any) -> Execution:
    return execution(ref=Ref("voice-prod", workflow_id, "run-1"), **changes)


def with_ids(name: str, days: Window = CAMPAIGN) -> CampaignRule:
    """A campaign whose ids contain its name."""
    template = IdTemplate.of("bf-{campaign}-{customer}-{start}-{end}", campaign=name)
    return CampaignRule(name, days, FILLS, ids={"voice-prod": {"CustomerBackfill": template}})


def test_a_run_whose_id_contains_a_campaign_belongs_to_it_and_to_no_other_of_its_days() -> None:
    rules = Membership((with_ids("jan"), with_ids("again")), "jan")
    again = named("bf-again-hilton-2026-01-01-2026-02-21")
    gone = named("bf-gone-hilton-2026-01-01-2026-02-21")

    assert of(again, CAMPAIGN, rules) == ["again"]
    assert list(rules.campaigns_of(again, None)) == ["again"], "also where another campaign does not recognise it"
    assert of(gone, CAMPAIGN, rules) == ["jan", "again"]
    assert of(named(again.ref.workflow_id, hints={CAMPAIGN_FIELD: "jan"}), CAMPAIGN, rules) == ["jan"]


def test_an_id_that_may_be_of_two_campaigns_tells_none() -> None:
    rules = Membership((with_ids("jan"), with_ids("jan-2", MARCH)), "jan")

    assert of(named("bf-jan-2-hilton-2026-03-01-2026-03-06"), MARCH, rules) == ["jan-2"]
    assert of(named("bf-jan-2-hilton-2026-01-01-2026-01-06"), CAMPAIGN, rules) == ["jan"]
