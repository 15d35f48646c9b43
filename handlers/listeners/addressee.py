"""Checks that a delivery is addressed to this bot: to its app, and to its workspace or that workspace's
organisation."""

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

# Deliveries have to be acknowledged within 3 s, and the store may take half of that (deduplication).
PATIENCE = timedelta(seconds=1)

_log = structlog.get_logger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Check the addressee of each delivery before any listener gets it."""
    app.middleware(AddresseeCheck(services).check)


class AddresseeCheck:
    """Refuses a delivery if it names another app, or if it names workspaces or organisations but not the bot's
    own."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lookup: asyncio.Task[None] | None = None
        self._own: Installation | None = None

    async def check(self, body: Mapping[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        """Pass the delivery on, or refuse it. A refused delivery from a dialog of this app is answered with the
        reason, which the dialog shows. Any other refused delivery gets no acknowledgement. While the bot does not
        know yet to which app and workspace its token belongs, because Slack has not answered, all deliveries pass.
        Each listener still authorizes the person who acts."""
        own = await self._installation()
        problem = foreign_addressee(body, own) if own else ""
        if problem:
            _log.warning("delivery refused", why=problem, kind=str(body.get("type") or body.get("command"))[:50])
            return _explanation() if _can_explain(body, own) else BoltResponse(status=403, body="")
        await next_()
        return None

    async def _installation(self) -> Installation | None:
        """Where the bot is installed; None if that is not known yet. As long as the bot's app is not known, the next
        call asks Slack again."""
        is_known = self._own is not None and self._own.app
        if self._lookup is None or (self._lookup.done() and not is_known):
            self._lookup = asyncio.create_task(self._look_up())
        await asyncio.wait({self._lookup}, timeout=PATIENCE.total_seconds())
        return self._own

    async def _look_up(self) -> None:
        try:
            self._own = await self._services.people.installation()
        except DependencyError as exc:
            _log.warning("installation not looked up", reason=str(exc))


def foreign_addressee(body: Mapping[str, Any], own: Installation) -> str:
    """A sentence about whom the delivery is for, or "" when it is for this bot.

    A delivery without a workspace passes, unless it names another organisation than the bot's: an app that is
    installed for a whole organisation gets deliveries without a workspace.
    """
    app = body.get("api_app_id")
    if own.app and isinstance(app, str) and app and app != own.app:
        return f"it is for the app {app[:20]}, and this bot is {own.app}"
    teams, organisations = _ids_of(body, "team") | _team_of_dialog(body), _ids_of(body, "enterprise")
    if {own.team, own.enterprise} & (teams | organisations):
        return ""
    if not teams and not (organisations and own.enterprise):
        return ""
    names = ", ".join(sorted(teams or organisations))[:50]
    return f"it is for the workspace {names}, and this bot is of {own.team}"


def _can_explain(body: Mapping[str, Any], own: Installation | None) -> bool:
    """Whether a person is waiting in a dialog of this app. The dialog can show why a delivery is refused, but only if
    the answer has status 200: for any other status, Slack shows "trouble connecting"
    (https://docs.slack.dev/surfaces/modals#updating_response)."""
    app = body.get("api_app_id")
    is_own_app = own is None or not own.app or not app or app == own.app
    return body.get("type") == "view_submission" and is_own_app


def _explanation() -> BoltResponse:
    problem = NotAllowed(
        "Nothing was done. This dialog belongs to another workspace, and the bot acts for people of its own only. "
        "Ask somebody there to do it."
    )
    ack = {"response_action": "update", "view": view_json(confirm.problem(problem))}
    return BoltResponse(status=200, body=json.dumps(ack), headers={"Content-Type": "application/json"})


def _team_of_dialog(body: Mapping[str, Any]) -> frozenset[str]:
    """The workspace whose app opened the dialog; empty if the delivery does not tell. ``team`` in the delivery may
    name another workspace: in a shared channel, a person of the other workspace may submit the dialog.
    ``bot.permissions`` refuses such a person with a sentence."""
    view = body.get("view")
    team = view.get("app_installed_team_id") if isinstance(view, Mapping) else None
    return frozenset({team}) if isinstance(team, str) and team else frozenset()


def _ids_of(body: Mapping[str, Any], kind: str) -> frozenset[str]:
    """The ids of workspaces or organisations (``kind``) at the top of the delivery and in its authorizations. Those
    under ``user``, the person who acts, are not read."""
    authorizations = body.get("authorizations")
    parts = [body, *(authorizations if isinstance(authorizations, list) else ())]
    ids = [part.get(f"{kind}_id") for part in parts if isinstance(part, Mapping)]
    inner = body.get(kind)
    ids.append(inner.get("id") if isinstance(inner, Mapping) else None)
    return frozenset(id_ for id_ in ids if isinstance(id_, str) and id_)
