"""SlackPeople: bot.ports.People on the Web API, asking about each person or group at most once a minute."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.errors import in_our_words
from bot.model import Person

KEPT = timedelta(minutes=1)

Answer = TypeVar("Answer")


class _Recent(Generic[Answer]):
    """Answers not older than ``KEPT``, by what was asked for."""

    def __init__(self, ask: Callable[[str], Awaitable[Answer]], now: Callable[[], datetime]) -> None:
        self._ask = ask
        self._now = now
        self._kept: dict[str, tuple[datetime, Answer]] = {}

    async def get(self, wanted: str) -> Answer:
        """The answer, asked for again when it is too old; an error is not kept."""
        now = self._now()
        # One of later than now is of a clock that was set back since: it could be of any age.
        self._kept = {name: kept for name, kept in self._kept.items() if now - KEPT < kept[0] <= now}
        if wanted in self._kept:
            return self._kept[wanted][1]
        asked_at = self._now()
        answer = await self._ask(wanted)
        self._kept[wanted] = (asked_at, answer)
        return answer


class SlackPeople:
    """Who is who in the workspace."""

    def __init__(self, client: AsyncWebClient, now: Callable[[], datetime]) -> None:
        self._client = client
        self._persons = _Recent(self._ask_person, now)
        self._members = _Recent(self._ask_members, now)
        self._teams = _Recent(self._ask_team, now)

    async def person(self, user_id: str) -> Person:
        """What Slack says of a user."""
        return await self._persons.get(user_id)

    async def members(self, group_id: str) -> frozenset[str]:
        """Who is in a user group."""
        return await self._members.get(group_id)

    async def home_team(self) -> str:
        """The workspace of the bot's token."""
        return await self._teams.get("")

    async def _ask_person(self, user_id: str) -> Person:
        with in_our_words("users.info"):
            answer = await self._client.users_info(user=user_id)
        return _person(answer["user"])

    async def _ask_members(self, group_id: str) -> frozenset[str]:
        with in_our_words("usergroups.users.list"):
            answer = await self._client.usergroups_users_list(usergroup=group_id)
        return frozenset(answer["users"])

    async def _ask_team(self, _own: str) -> str:
        with in_our_words("auth.test"):
            return str((await self._client.auth_test())["team_id"])


def _person(user: Mapping[str, Any]) -> Person:
    profile = user.get("profile") or {}
    return Person(
        user_id=user["id"],
        # Absent for people of other workspaces that share a channel with this one.
        team_id=user.get("team_id") or "",
        name=profile.get("display_name") or user.get("real_name") or user.get("name") or user["id"],
        is_guest=any(user.get(sign) for sign in ("is_restricted", "is_ultra_restricted", "is_stranger")),
        is_bot=bool(user.get("is_bot")),
        is_deleted=bool(user.get("deleted")),
    )
