"""Deliveries for another app or workspace are refused, and those of an organisation are taken."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import Unavailable
from bot.model import Installation
from handlers.listeners.addressee import foreign_addressee
from tests.fakes.services import CHANNEL, OPERATOR, TEAM, VIEWER, person
from tests.handlers.bolt import Edge, ResponseUrl, payload
from tests.handlers.confirming import Desk, action, eventually

OURS = Installation(TEAM, "E0ORG", "A1")
ORG = {"id": "E0ORG", "name": "Organisation"}
EVENT = {"type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event": {"type": "user_change"}}


@pytest.mark.parametrize("name", ["slash", "button", "menu", "submission", "org_slash", "org_button", "org_menu"])
@pytest.mark.parametrize(
    "ours", [OURS, Installation(TEAM, "E0ORG"), Installation("E0ORG", "E0ORG", "A1"), Installation(TEAM)]
)
def test_what_names_our_app_and_workspace_or_organisation_is_ours(name: str, ours: Installation) -> None:
    body = payload(name) | ({"enterprise": ORG} if ours.team == "E0ORG" else {})

    assert foreign_addressee(body, ours) == ""


@pytest.mark.parametrize(
    "body",
    [
        EVENT,
        EVENT | {"team_id": "T0OTHER", "authorizations": [{"team_id": TEAM, "enterprise_id": None}]},
        EVENT | {"team_id": "T0OTHER", "enterprise_id": "E0ORG"},
        EVENT | {"team_id": None, "authorizations": [{"team_id": None, "enterprise_id": "E0ORG"}]},
        {"team": {"id": "T0SISTER"}, "enterprise": ORG, "api_app_id": "A1"},
        {"team": None, "enterprise": None, "api_app_id": None},
        {"team": None, "enterprise": None, "user": {"id": "U1", "team_id": "T0OTHER"}},
        {"team": ["odd"], "authorizations": "odd", "api_app_id": 7},
        {},
    ],
)
def test_sister_workspaces_and_what_names_nobody_are_ours(body: dict[str, Any]) -> None:
    assert foreign_addressee(body, OURS) == ""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"team_id": TEAM, "api_app_id": "A2"}, "for the app A2"),
        ({"team_id": "T0OTHER", "api_app_id": "A1"}, "for the workspace T0OTHER"),
        (
            {"team": {"id": "T0OTHER"}, "enterprise": {"id": "E0OTHER"}, "api_app_id": "A1"},
            "for the workspace T0OTHER",
        ),
        ({"team": None, "enterprise": {"id": "E0OTHER"}}, "for the workspace E0OTHER"),
        ({"team_id": "T0OTHER", "authorizations": [{"team_id": "T0OTHER"}], "api_app_id": "A1"}, "T0OTHER"),
    ],
)
def test_another_app_workspace_or_organisation_is_not(body: dict[str, Any], reason: str) -> None:
    assert reason in foreign_addressee(body, OURS)


OTHERS = [
    {"api_app_id": "A0OTHER"},
    {"team": {"id": "T0OTHER", "domain": "other"}, "team_id": "T0OTHER"},
]


@pytest.mark.parametrize("other", OTHERS)
async def test_a_click_for_somebody_else_is_refused_logged_and_changes_nothing(
    edge: Edge, there: ResponseUrl, other: dict[str, Any]
) -> None:
    edge.world.people.app = "A1"
    with capture_logs() as logs:
        refused = await edge.dispatch(payload("button") | other)

    assert refused.status == 403
    assert [line["log_level"] for line in logs if line["event"] == "delivery refused"] == ["warning"]
    assert there.url not in str(logs)
    assert edge.world.journal.episodes["id-voice-prod-hilton"].acked_by == ""


@pytest.mark.parametrize("other", OTHERS)
async def test_a_command_for_somebody_else_is_refused(edge: Edge, other: dict[str, Any]) -> None:
    edge.world.people.app = "A1"

    assert (await edge.type("split hilton", **other)).status == 403
    assert edge.world.modals.shown == {}


async def test_an_app_that_is_learned_later_is_compared_from_then_on(edge: Edge) -> None:
    first = await edge.dispatch(EVENT | {"api_app_id": "A0OTHER"})
    edge.world.people.app = "A1"
    second = await edge.dispatch(EVENT | {"api_app_id": "A0OTHER"})
    edge.world.people.away = Unavailable("slack", "auth.test: no connection")
    third = await edge.dispatch(EVENT | {"api_app_id": "A0OTHER"})

    assert [first.status, second.status, third.status] == [200, 403, 403]


async def test_a_workspace_is_compared_although_its_app_cannot_be_learned_any_more(edge: Edge) -> None:
    await edge.dispatch(EVENT)
    edge.world.people.away = Unavailable("slack", "auth.test: no connection")

    assert (await edge.dispatch(EVENT | {"team_id": "T0OTHER"})).status == 403


async def submission(desk: Desk, app_installed_team_id: str | None = TEAM, **other: Any) -> dict[str, Any]:
    """Of a dialog that asks, in another's name."""
    desk.world.people.app = "A1"
    question = await desk.ask_confirmation()
    body = payload("submission") | other
    body["view"] |= {"private_metadata": question.memory, "app_installed_team_id": app_installed_team_id}
    return body


async def test_a_submission_for_another_app_is_refused(desk: Desk) -> None:
    refused = await desk.edge.dispatch(await submission(desk, api_app_id="A0OTHER"))

    assert (refused.status, desk.begun) == (403, [])


@pytest.mark.parametrize("installed", ["T0OTHER", None])
async def test_a_submission_for_another_workspace_is_answered_with_why_and_does_nothing(
    desk: Desk, installed: str | None
) -> None:
    answered = await desk.edge.dispatch(await submission(desk, installed, team={"id": "T0OTHER"}))
    answer = action(answered)

    assert (answered.status, answer["response_action"], desk.begun) == (200, "update", [])
    assert "belongs to another workspace" in json.dumps(answer["view"])
    assert "submit" not in answer["view"]


async def test_who_submits_from_a_workspace_that_shares_the_channel_reads_why_not(desk: Desk) -> None:
    """Slack Connect: the dialog is of our app, the person and the team of the payload are not."""
    desk.world.people.persons["U0GUEST"] = person("U0GUEST", "Gus", team_id="T0OTHER")
    body = await submission(desk, team={"id": "T0OTHER"}, user={"id": "U0GUEST", "team_id": "T0OTHER"})

    assert action(await desk.edge.dispatch(body))["response_action"] == "update"
    assert "its own workspace only" in await desk.answer_text()
    assert desk.begun == []


async def test_while_slack_does_not_say_whose_the_token_is_the_person_is_asked_about(
    edge: Edge, there: ResponseUrl
) -> None:
    edge.world.people.away = Unavailable("slack", "auth.test: no connection")
    acknowledged = await edge.click("button")
    (answer,) = await there.answers()

    assert acknowledged.status == 200
    assert "no connection" in answer["text"]


@pytest.mark.parametrize("name", ["org_button", "org_menu"])
async def test_a_click_in_an_organisation_is_carried_out(edge: Edge, there: ResponseUrl, name: str) -> None:
    member = {"team_id": "E0ORG", "teams": frozenset({"T0SISTER", TEAM})}
    edge.world.people.persons[OPERATOR] = person(OPERATOR, "Olivia", **member)
    edge.world.people.enterprise = "E0ORG"
    await edge.click(name)
    (answer,) = await there.answers()

    assert "hilton on voice-prod" in answer["text"]
    assert "Something went wrong" not in answer["text"]


async def test_a_command_and_a_dialog_in_an_organisation_are_carried_out(desk: Desk) -> None:
    desk.world.people.persons[OPERATOR] = person(OPERATOR, "Olivia", team_id="", teams=frozenset({TEAM}))
    desk.world.people.enterprise = "E0ORG"
    body = payload("org_slash") | {"text": "split hilton", "trigger_id": "t"}
    assert (await desk.edge.dispatch(body)).status == 200
    await eventually(lambda: len(desk.views()) == 2)
    submission = payload("org_submission")
    submission["view"] |= {"private_metadata": desk.views()[-1].memory}
    await desk.edge.dispatch(submission)
    await desk.answer_text()

    assert [spec.started_by for spec in desk.begun] == [OPERATOR]


async def test_a_member_of_a_sister_workspace_alone_is_let_into_nothing(edge: Edge, there: ResponseUrl) -> None:
    sister = {"team_id": "E0ORG", "teams": frozenset({"T0SISTER", "E0ORG"})}
    edge.world.people.persons[VIEWER] = person(VIEWER, "Sis", **sister)
    edge.world.people.enterprise = "E0ORG"
    await edge.type("status", user_id=VIEWER, channel_id=CHANNEL)
    (answer,) = await there.answers()

    assert "its own workspace only" in answer["text"]
