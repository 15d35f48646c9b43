"""Whether a delivery is meant for this bot: its app, and its workspace or the organisation of that."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.adapters.slack import view_json
from bot.blocks import confirm
from bot.errors import DependencyError, NotAllowed
from bot.model import Installation
from bot.services import Services

# Deliveries have to be acknowledged within 3 s, and the store may take half of them.
PATIENCE = timedelta(seconds=1)

_log = structlog.get_logger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Ask before any listener is."""
    app.middleware(AddresseeCheck(services).pass_on)


class AddresseeCheck:
    """Lets deliveries pass that name nobody else's app or workspace."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._asking: asyncio.Task[Installation | None] | None = None

    async def pass_on(self, body: Mapping[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        """Hand it over; nothing is acknowledged that is refused. While Slack does not tell whose the bot's token is,
        all pass: whoever acts is still asked about."""
        ours = await self._installation()
        problem = whose(body, ours) if ours else ""
        if problem:
            _log.warning("delivery refused", why=problem, kind=str(body.get("type") or body.get("command"))[:50])
            return _explained() if _may_be_told(body, ours) else BoltResponse(status=403, body="")
        await next_()
        return None

    async def _installation(self) -> Installation | None:
        if self._asking is None or (self._asking.done() and self._asking.result() is None):
            self._asking = asyncio.create_task(self._ask())
        await asyncio.wait({self._asking}, timeout=PATIENCE.total_seconds())
        return self._asking.result() if self._asking.done() else None

    async def _ask(self) -> Installation | None:
        try:
            return await self._services.people.installation()
        except DependencyError as exc:
            _log.warning("deliveries not compared", reason=str(exc))
            return None


def whose(body: Mapping[str, Any], ours: Installation) -> str:
    """Whose delivery it is, as a sentence, or "" when it is ours. What it does not name is not held against it: an
    app for a whole organisation gets deliveries without a workspace."""
    app = body.get("api_app_id")
    if ours.app and isinstance(app, str) and app and app != ours.app:
        return f"it is for the app {app[:20]}, and this bot is {ours.app}"
    teams, organisations = _named(body, "team") | _of_dialog(body), _named(body, "enterprise")
    if {ours.team, ours.enterprise} & (teams | organisations):
        return ""
    if not teams and not (organisations and ours.enterprise):
        return ""
    told = ", ".join(sorted(teams or organisations))[:50]
    return f"it is for the workspace {told}, and this bot is of {ours.team}"


def _may_be_told(body: Mapping[str, Any], ours: Installation | None) -> bool:
    """Whether a person waits before a dialog of this app. Slack shows "trouble connecting" for whatever is not 200
    and one of https://docs.slack.dev/surfaces/modals#updating_response."""
    app = body.get("api_app_id")
    is_our_app = ours is None or not ours.app or not app or app == ours.app
    return body.get("type") == "view_submission" and is_our_app


def _explained() -> BoltResponse:
    problem = NotAllowed(
        "Nothing was done. This dialog belongs to another workspace, and the bot acts for people of its own only. "
        "Ask somebody there to do it."
    )
    answer = {"response_action": "update", "view": view_json(confirm.problem(problem))}
    return BoltResponse(status=200, body=json.dumps(answer), headers={"Content-Type": "application/json"})


def _of_dialog(body: Mapping[str, Any]) -> frozenset[str]:
    """The workspace whose app has opened the dialog. In a channel that is shared with another workspace the person
    who submits it is of that one, and so is ``team``; policy answers them with a sentence."""
    view = body.get("view")
    team = view.get("app_installed_team_id") if isinstance(view, Mapping) else None
    return frozenset({team}) if isinstance(team, str) and team else frozenset()


def _named(body: Mapping[str, Any], kind: str) -> frozenset[str]:
    """All workspaces, or organisations, that it names, but for those of the person who acts."""
    authorized = body.get("authorizations")
    places = [body, *(authorized if isinstance(authorized, list) else ())]
    named = [place.get(f"{kind}_id") for place in places if isinstance(place, Mapping)]
    inner = body.get(kind)
    named.append(inner.get("id") if isinstance(inner, Mapping) else None)
    return frozenset(name for name in named if isinstance(name, str) and name)
