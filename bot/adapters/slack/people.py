"""SlackPeople: bot.ports.People on the Web API. Answers are cached for a minute, or until Slack reports a change. The
answer about where the bot is installed is kept for good once it is complete."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.errors import SYSTEM, translate_errors
from bot.errors import AccessDenied, NotFound, Refused, Unavailable, UnrecognisedRefusal
from bot.model import Installation, Person

CACHED_FOR = timedelta(minutes=1)

Answer = TypeVar("Answer")


class _Cache(Generic[Answer]):
    """Answers by key, kept for ``CACHED_FOR``."""

    def __init__(self, ask: Callable[[str], Awaitable[Answer]], now: Callable[[], datetime]) -> None:
        self._ask = ask
        self._now = now
        self._entries: dict[str, tuple[datetime, Answer]] = {}
        self._invalidations = 0

    async def get(self, key: str, within: timedelta | None = None) -> Answer:
        """The answer, asked for again when it is older than ``within`` (None: ``CACHED_FOR``). Errors are not cached.
        If ``forget`` is called while Slack is asked, the answer is not cached, because it may be outdated."""
        asked_at, invalidations = self._now(), self._invalidations
        self._entries = {
            kept_key: kept for kept_key, kept in self._entries.items() if _is_fresh(kept[0], asked_at, CACHED_FOR)
        }
        entry = self._entries.get(key)
        if entry and _is_fresh(entry[0], asked_at, CACHED_FOR if within is None else within):
            return entry[1]
        answer = await self._ask(key)
        if invalidations == self._invalidations:
            self._entries[key] = (asked_at, answer)
        return answer

    def forget(self, key: str) -> None:
        self._entries.pop(key, None)
        self._invalidations += 1


class SlackPeople:
    """Users and groups of the workspace. ``now`` is a monotonic clock, so that setting the wall clock makes no cached
    answer look newer."""

    def __init__(self, client: AsyncWebClient, now: Callable[[], datetime]) -> None:
        self._client = client
        self._persons = _Cache(self._ask_person, now)
        self._members = _Cache(self._ask_members, now)
        self._teams = _Cache(self._ask_team, now)
        self._installations = _Cache(self._ask_installation, now)
        self._installation: Installation | None = None

    async def person(self, user_id: str, within: timedelta | None = None) -> Person:
        """One user. Raises NotFound."""
        return await self._persons.get(user_id, within)

    async def members(self, group_id: str, within: timedelta | None = None) -> frozenset[str]:
        """The ids of the users in a user group. Raises NotFound."""
        return await self._members.get(group_id, within)

    async def home_team(self) -> str:
        """The id of the workspace of the bot's token, or of the organisation if the token is for a whole
        organisation."""
        return await self._teams.get("")

    async def installation(self) -> Installation:
        """See ``bot.ports.People``. The workspace, organisation and app of a token never change. So Slack is not
        asked again after a complete answer."""
        return self._installation or await self._installations.get("")

    def forget(self, changed_id: str) -> None:
        """Drop the cached answers about a user or group that Slack has reported as changed."""
        self._persons.forget(changed_id)
        self._members.forget(changed_id)

    async def _ask_person(self, user_id: str) -> Person:
        with translate_errors("users.info"):
            answer = await self._client.users_info(user=user_id)
            return _person(answer["user"])

    async def _ask_members(self, group_id: str) -> frozenset[str]:
        with translate_errors("usergroups.users.list"):
            answer = await self._client.usergroups_users_list(usergroup=group_id)
            return frozenset(answer["users"])

    async def _ask_team(self, _own: str) -> str:
        return _team(await self._auth_test())

    async def _auth_test(self) -> Mapping[str, Any]:
        with translate_errors("auth.test"):
            answer = await self._client.auth_test()
        return answer.data if isinstance(answer.data, dict) else {}

    async def _ask_installation(self, _own: str) -> Installation:
        auth = await self._auth_test()
        app = await self._ask_app(str(auth.get("bot_id") or ""))
        found = Installation(_team(auth), _text(auth, "enterprise_id"), app or "")
        if app is not None:
            self._installation = found
        return found

    async def _ask_app(self, bot_id: str) -> str | None:
        """The id of the bot's own app, or "" where Slack never returns it. None after a refusal that may pass."""
        try:
            with translate_errors("bots.info"):
                answer = await self._client.bots_info(bot=bot_id)
                return _text(answer.get("bot") or {}, "app_id")
        except (AccessDenied, UnrecognisedRefusal):
            return None
        except (Refused, NotFound):
            return ""


def _is_fresh(asked_at: datetime, now: datetime, longest: timedelta) -> bool:
    """Whether an answer is younger than ``longest``; an answer from the future is not."""
    return timedelta(0) <= now - asked_at < longest


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _team(auth: Mapping[str, Any]) -> str:
    """The workspace of a token, or the organisation for an organisation-wide token (https://docs.slack.dev/enterprise).
    Raises Unavailable for an answer that names neither, because the bot could not tell members from strangers."""
    enterprise = _text(auth, "enterprise_id")
    is_for_all = auth.get("is_enterprise_install") in {True, "true"}
    team = enterprise if is_for_all and enterprise else _text(auth, "team_id") or enterprise
    if not team:
        raise Unavailable(SYSTEM, "auth.test: an answer that names no workspace")
    return team


def _person(user: Mapping[str, Any]) -> Person:
    profile = user.get("profile") or {}
    is_stranger = bool(user.get("is_stranger"))
    return Person(
        user_id=user["id"],
        # The team id may be the organisation's, or absent (slackapi/bolt-js#1875, looker/lookerbot#184).
        team_id="" if is_stranger else _text(user, "team_id"),
        name=profile.get("display_name") or user.get("real_name") or user.get("name") or user["id"],
        # A stranger belongs to another workspace (https://docs.slack.dev/reference/objects/user-object).
        is_guest=is_stranger or any(user.get(sign) for sign in ("is_restricted", "is_ultra_restricted")),
        is_bot=bool(user.get("is_bot")),
        is_deleted=bool(user.get("deleted")),
        teams=frozenset() if is_stranger else _teams(user),
    )


def _teams(user: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the user's organisation and of its workspaces in which the user is a member."""
    member = user.get("enterprise_user")
    if not isinstance(member, dict):
        return frozenset()
    teams = member.get("teams")
    ids = [*(teams if isinstance(teams, list) else ()), member.get("enterprise_id")]
    return frozenset(team for team in ids if isinstance(team, str) and team)
