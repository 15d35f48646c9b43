"""The contract of bot.ports.People, on the fake and on the adapter over a local Slack; and the adapter's memory."""

from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import SlackPeople
from bot.errors import NotFound, Unavailable
from bot.model import Person
from bot.ports import People
from sandbox.slack import LocalSlack
from tests.adapters.slack.canned import Answer, canned_slack
from tests.fakes.people import FakePeople

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
