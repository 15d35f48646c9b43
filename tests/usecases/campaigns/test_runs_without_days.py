"""Runs that tell no days, where several campaigns have the same workflow definition: each proves one of them."""

from typing import Any

import pytest

from bot.fleet.runs.input_hints import input_hints
from bot.model import Ref, Window
from bot.usecases.campaigns.scope import services_of
from tests.fleet.builders import CAMPAIGN, execution
from tests.usecases.campaigns.two import JAN, MARCH, MARCH_DAYS, two_campaigns
from tests.usecases.steered import VOICE

ID, NAMED = "nightly/{customer}", "{campaign}/{customer}"


def workflow(form: str) -> dict[str, Any]:
    identity = {
        "order": ["id", "input"],
        "id": form,
        "input": {"customer": "[0]"},
        "without_days": "the whole campaign",
    }
    start = {"id": "window/{campaign}/{customer}/{start}/{end}", "input": ["{customer}", "{start}", "{end}"]}
    return {"types": ["CustomerBackfill"], "task_queue": "backfill", "identity": identity, "start": start}


async def days(campaign: str, form: str, workflow_id: str) -> Window | None:
    """The days that a run of April is for in this campaign."""
    world = two_campaigns(workflow=workflow(form))
    services = await services_of(campaign, world.services)
    hints = input_hints(["hilton"], ["[0]"])
    run = execution(ref=Ref(VOICE, workflow_id, "run-1"), started_at=world.now, hints=hints)
    identity = services.recogniser.identify(run)
    return identity.window if identity and services.covers(run, identity) else None


async def test_a_run_without_days_counts_for_the_first_campaign_of_its_definition_alone() -> None:
    assert await days(JAN, ID, "nightly/hilton") == CAMPAIGN
    assert await days(MARCH, ID, "nightly/hilton") is None


@pytest.mark.parametrize(("campaign", "counted"), [(JAN, None), (MARCH, MARCH_DAYS)])
async def test_one_that_names_its_campaign_counts_for_that(campaign: str, counted: Window | None) -> None:
    assert await days(campaign, NAMED, "march/hilton") == counted


async def test_one_whose_id_names_no_campaign_counts_for_the_first_although_others_do() -> None:
    assert await days(JAN, NAMED, "adhoc-77") == CAMPAIGN
    assert await days(MARCH, NAMED, "adhoc-77") is None
