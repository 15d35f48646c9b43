"""The contract of bot.ports.People, on the fake and on the adapter over a local Slack; and the adapter's memory."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import SlackPeople, slack_client
from bot.adapters.slack.people import CACHED_FOR
from bot.errors import NotFound, Unavailable
from bot.model import Installation, Person
from bot.ports import People
from bot.wiring import steady_now
from local_slack import LocalSlack
from tests.adapters.slack.canned import Answer, canned_slack
from tests.fakes.people import FakePeople
from tests.local_slack.harness import Control, eventually

NOW = datetime(2026, 2, 22, 9, 30, tzinfo=UTC)


class Clock:
    """A time that goes on when told to."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture(params=["fake", "slack"])
async def people(request: pytest.FixtureRequest, slack: LocalSlack, client: AsyncWebClient) -> People:
    real = SlackPeople(client, Clock().now)
    if request.param == "slack":
        return real
    return FakePeople(
        persons={user: await real.person(user) for user in slack.users.values()},
        groups={group: await real.members(group) for group in slack.user_groups.values()},
        team=await real.home_team(),
    )


async def test_a_person_is_told_with_name_and_workspace(people: People, slack: LocalSlack) -> None:
    olivia = await people.person(slack.users["olivia"])

    assert (olivia.user_id, olivia.name) == (slack.users["olivia"], "olivia")
    assert olivia.team_id == await people.home_team()
    assert not any((olivia.is_guest, olivia.is_bot, olivia.is_deleted))


async def test_a_guest_is_known_as_one(people: People, slack: LocalSlack) -> None:
    assert (await people.person(slack.users["gus"])).is_guest


async def test_a_bot_is_known_as_one(people: People, slack: LocalSlack) -> None:
    assert (await people.person(slack.users["backfill"])).is_bot


async def test_members_of_a_group_are_told_by_id(people: People, slack: LocalSlack) -> None:
    assert await people.members(slack.user_groups["data-oncall"]) == {slack.users["olivia"]}


async def test_an_unknown_person_or_group_is_not_found(people: People) -> None:
    with pytest.raises(NotFound):
        await people.person("U0NOBODY")
    with pytest.raises(NotFound):
        await people.members("S0NOBODY")


USER = {
    "id": "U1",
    "team_id": "T1",
    "name": "alice",
    "real_name": "Alice Liddell",
    "profile": {"display_name": "al"},
}
ALICE = Person("U1", "T1", "al", is_guest=False, is_bot=False, is_deleted=False)


@pytest.mark.parametrize(
    ("facts", "guest"),
    [
        ({"is_restricted": True}, True),
        ({"is_ultra_restricted": True}, True),
        ({"is_stranger": True}, True),
        ({}, False),
    ],
)
async def test_every_kind_of_guest_is_a_guest(facts: dict[str, bool], guest: bool) -> None:
    async with canned_slack() as canned:
        canned.on("users.info", Answer({"ok": True, "user": USER | facts}))
        person = await SlackPeople(canned.client, Clock().now).person("U1")

    assert person.is_guest is guest


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({}, "al"),
        ({"profile": {"display_name": ""}}, "Alice Liddell"),
        ({"profile": None, "real_name": None}, "alice"),
        ({"profile": {}, "real_name": "", "name": ""}, "U1"),
    ],
)
async def test_a_person_is_called_what_slack_shows(facts: dict[str, object], name: str) -> None:
    async with canned_slack() as canned:
        canned.on("users.info", Answer({"ok": True, "user": USER | facts}))
        person = await SlackPeople(canned.client, Clock().now).person("U1")

    assert person.name == name


async def test_a_person_of_no_known_workspace_is_nobodys_colleague() -> None:
    stranger = {"id": "U1", "deleted": True}
    async with canned_slack() as canned:
        canned.on("users.info", Answer({"ok": True, "user": stranger}))
        person = await SlackPeople(canned.client, Clock().now).person("U1")

    assert person.team_id == ""
    assert person.is_deleted


async def person_with(**facts: object) -> Person:
    """The person that Slack describes so, beside what is always there."""
    async with canned_slack() as canned:
        canned.on("users.info", Answer({"ok": True, "user": {"id": "U1", "name": "al", **facts}}))
        return await SlackPeople(canned.client, Clock().now).person("U1")


def member(*teams: object, **facts: object) -> dict[str, object]:
    """What users.info says of somebody of an organisation."""
    return {"enterprise_user": {"id": "U1", "enterprise_id": "E1", "teams": [*teams]}, **facts}


@pytest.mark.parametrize(
    "facts",
    [
        {"team_id": "T1"},
        member("T1", "T2", team_id="E1"),
        member("T2", "T1", team_id="T2"),
        member("T1"),
        member("T1", team_id=None),
        {"team_id": "T1", "enterprise_user": None},
        {"team_id": "T1", "enterprise_user": {"teams": None}},
    ],
)
async def test_members_of_the_workspace_are_known_however_slack_tells_it(facts: dict[str, object]) -> None:
    person = await person_with(**facts)

    assert person.is_of("T1")
    assert not person.is_of("T3")
    assert not person.is_of("")


@pytest.mark.parametrize(
    "facts",
    [
        {"team_id": "T9"},
        {"team_id": None},
        {},
        {"team_id": ""},
        {"team_id": "T1", "is_stranger": True},
        member("T1", is_stranger=True),
        member("T2", "T3", team_id="E1"),
        member(team_id="E1"),
        member(None, 7, ["T1"], team_id="E1"),
        {"team_id": "E1", "enterprise_user": "T1"},
        {"team_id": "E1", "enterprise_user": {"teams": "T1"}},
    ],
)
async def test_strangers_and_members_of_other_workspaces_are_none_of_this_one(facts: dict[str, object]) -> None:
    assert not (await person_with(**facts)).is_of("T1")


@pytest.mark.parametrize("sign", ["is_restricted", "is_ultra_restricted", "is_stranger"])
async def test_guests_of_an_organisation_are_guests(sign: str) -> None:
    assert (await person_with(**member("T1", **{sign: True}))).is_guest


ORG_WIDE = {"team_id": "T1", "enterprise_id": "E1"}


@pytest.mark.parametrize(
    ("whose", "team", "enterprise"),
    [
        ({"team_id": "T1"}, "T1", ""),
        ({"team_id": "T1", "enterprise_id": None}, "T1", ""),
        (ORG_WIDE, "T1", "E1"),
        (ORG_WIDE | {"is_enterprise_install": False}, "T1", "E1"),
        (ORG_WIDE | {"is_enterprise_install": "false"}, "T1", "E1"),
        (ORG_WIDE | {"is_enterprise_install": True}, "E1", "E1"),
        (ORG_WIDE | {"is_enterprise_install": "true", "team_id": None}, "E1", "E1"),
    ],
)
async def test_the_bot_is_at_home_where_it_is_installed(whose: dict[str, object], team: str, enterprise: str) -> None:
    async with canned_slack() as canned:
        canned.on("auth.test", Answer({"ok": True, "bot_id": "B1", **whose}))
        canned.on("bots.info", Answer({"ok": True, "bot": {"app_id": "A1"}}))
        people = SlackPeople(canned.client, Clock().now)
        told_once = [await people.installation() for _ in range(2)]
        home = await people.home_team()

    assert told_once == [Installation(team, enterprise, "A1")] * 2
    assert canned.calls.count("bots.info") == 1
    assert home == team


@pytest.mark.parametrize("error", ["missing_scope", "something_new"])
async def test_an_app_that_slack_does_not_tell_of_for_now_is_asked_for_again_later(error: str) -> None:
    clock = Clock()
    async with canned_slack() as canned:
        canned.on("auth.test", Answer({"ok": True, "team_id": "T1", "bot_id": "B1"}))
        canned.on("bots.info", Answer({"ok": False, "error": error}), Answer({"ok": True, "bot": {"app_id": "A1"}}))
        people = SlackPeople(canned.client, clock.now)
        refused = [await people.installation() for _ in range(2)]
        calls_while_refused = canned.calls.count("bots.info")
        clock.at += CACHED_FOR
        learned = await people.installation()

    assert refused == [Installation("T1")] * 2
    assert calls_while_refused == 1
    assert learned == Installation("T1", app="A1")


async def test_an_app_that_slack_never_tells_of_is_left_open() -> None:
    clock = Clock()
    async with canned_slack() as canned:
        canned.on("auth.test", Answer({"ok": True, "team_id": "T1", "bot_id": "B1"}))
        canned.on("bots.info", Answer({"ok": False, "error": "unknown_method"}))
        people = SlackPeople(canned.client, clock.now)
        first = await people.installation()
        clock.at += CACHED_FOR
        second = await people.installation()

    assert [first, second] == [Installation("T1")] * 2
    assert canned.calls.count("bots.info") == 1


async def test_an_answer_that_names_no_workspace_lets_nobody_in() -> None:
    async with canned_slack() as canned:
        canned.on("auth.test", Answer({"ok": True, "team_id": None}))
        with pytest.raises(Unavailable, match="names no workspace"):
            await SlackPeople(canned.client, Clock().now).home_team()


async def test_whoever_wants_newer_news_gets_them_and_others_have_them_too() -> None:
    clock, ten = Clock(), timedelta(seconds=10)
    async with canned_slack() as canned:
        canned.on(
            "users.info", Answer({"ok": True, "user": USER}), Answer({"ok": True, "user": USER | {"deleted": True}})
        )
        people = SlackPeople(canned.client, clock.now)
        await people.person("U1")
        clock.at = NOW + timedelta(seconds=9)
        still = await people.person("U1", ten)
        clock.at = NOW + timedelta(seconds=10)
        fresh = await people.person("U1", ten)
        later = await people.person("U1")

    assert [each.is_deleted for each in (still, fresh, later)] == [False, True, True]
    assert len(canned.calls) == 2


async def test_what_is_forgotten_is_asked_for_again() -> None:
    async with canned_slack() as canned:
        canned.on(
            "users.info", Answer({"ok": True, "user": USER}), Answer({"ok": True, "user": USER | {"deleted": True}})
        )
        canned.on("usergroups.users.list", Answer({"ok": True, "users": ["U1"]}), Answer({"ok": True, "users": []}))
        people = SlackPeople(canned.client, Clock().now)
        before = await people.person("U1"), await people.members("S1")
        people.forget("U1")
        people.forget("S1")
        after = await people.person("U1"), await people.members("S1")

    assert (before[0].is_deleted, before[1]) == (False, frozenset({"U1"}))
    assert (after[0].is_deleted, after[1]) == (True, frozenset())


async def test_an_answer_that_was_under_way_when_it_was_forgotten_is_not_kept(slack: LocalSlack) -> None:
    client = slack_client(slack.bot_token, slack.api_url, steady_now)
    people, gus = SlackPeople(client, Clock().now), slack.users["gus"]
    async with aiohttp.ClientSession(slack.url) as http:
        control = Control(http)
        await control.fault(fault="slow", method="users.info", seconds=0.3)
        asking = asyncio.create_task(people.person(gus))
        await eventually(lambda: _was_asked(control))
        await control.post("user", {"user": "gus", "is_guest": False})
        people.forget(gus)
        under_way = await asking

    assert under_way.is_guest
    assert not (await people.person(gus)).is_guest


async def _was_asked(control: Control) -> bool:
    return bool((await control.get("faults"))["faults"] == [])


async def test_slack_is_asked_at_most_once_a_minute_about_the_same_thing() -> None:
    clock = Clock()
    async with canned_slack() as canned:
        canned.on("users.info", Answer({"ok": True, "user": USER}))
        canned.on("usergroups.users.list", Answer({"ok": True, "users": ["U1"]}))
        canned.on("auth.test", Answer({"ok": True, "team_id": "T1"}))
        people = SlackPeople(canned.client, clock.now)
        for seconds in (0, 30, 59, 61, 90):
            clock.at = NOW + timedelta(seconds=seconds)
            answers = (await people.person("U1"), await people.members("S1"), await people.home_team())

    assert answers == (ALICE, frozenset({"U1"}), "T1")
    assert sorted(canned.calls) == sorted(["users.info", "usergroups.users.list", "auth.test"] * 2)


async def test_someone_who_leaves_a_group_is_no_member_a_minute_later() -> None:
    clock = Clock()
    async with canned_slack() as canned:
        canned.on(
            "usergroups.users.list",
            Answer({"ok": True, "users": ["U1", "U2"]}),
            Answer({"ok": True, "users": ["U2"]}),
        )
        people = SlackPeople(canned.client, clock.now)
        before = await people.members("S1")
        clock.at = NOW + timedelta(seconds=60)
        after = await people.members("S1")

    assert before == {"U1", "U2"}
    assert after == {"U2"}


async def test_what_was_heard_before_the_clock_was_set_back_is_asked_for_again() -> None:
    clock = Clock()
    async with canned_slack() as canned:
        canned.on(
            "usergroups.users.list",
            Answer({"ok": True, "users": ["U1", "U2"]}),
            Answer({"ok": True, "users": ["U2"]}),
        )
        people = SlackPeople(canned.client, clock.now)
        await people.members("S1")
        clock.at = NOW - timedelta(hours=2)
        after = await people.members("S1")

    assert after == {"U2"}


async def test_an_outage_is_not_remembered() -> None:
    async with canned_slack() as canned:
        canned.on(
            "users.info", Answer(status=503, text="", content_type="text/html"), Answer({"ok": True, "user": USER})
        )
        people = SlackPeople(canned.client, Clock().now)
        with pytest.raises(Unavailable):
            await people.person("U1")
        again = await people.person("U1")

    assert again == ALICE
