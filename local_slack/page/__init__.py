"""The page: a channel in the browser, with its threads, buttons and a line to type commands; or the app's Home."""

from __future__ import annotations

from functools import partial
from importlib import resources

from aiohttp import web
from jinja2 import Environment, PackageLoader

from local_slack.page.markdown import markdown
from local_slack.page.mrkdwn import Names, mrkdwn, plain
from local_slack.page.rich_text import rich_text
from local_slack.page.view_models import (
    MOST_SHOWN,
    SHOWN,
    MessageView,
    channel_messages,
    confirm_json,
    home_view,
    is_long,
    modal_view,
    thread_messages,
)
from local_slack.workspace import Workspace
from local_slack.workspace.directory import Conversation, Kind
from local_slack.workspace.people import User

_STATIC = {
    "style.css": "text/css",
    "modal.css": "text/css",
    "page.js": "text/javascript",
    "modal.js": "text/javascript",
    "composer.js": "text/javascript",
    "links.js": "text/javascript",
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: http: data:; base-uri 'none'",
    "Cache-Control": "no-store",
}


class Page:
    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        names = Names(ws.directory, ws.clock)
        env = Environment(
            loader=PackageLoader("local_slack.page"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        env.filters |= {
            "mrkdwn": partial(mrkdwn, names=names),
            "plain": plain,
            "markdown": markdown,
            "rich_text": partial(rich_text, names=names),
            "confirm": partial(confirm_json, names=names),
            "is_long": is_long,
        }
        env.globals |= {
            "people": ws.seed.users,
            "people_names": [(user.id, user.real_name) for user in ws.seed.users],
            "channels": ws.seed.channels,
            "shortcuts": ws.seed.shortcuts,
        }
        self._env = env

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.show),
            web.get("/_page/messages", self.messages),
            web.get("/_page/static/{name}", self.static),
        ]

    async def show(self, request: web.Request) -> web.Response:
        user, channel = self._user_and_channel(request)
        html = self._env.get_template("page.html").render(
            seed=self._ws.seed,
            user=user,
            channel=channel,
            thread_ts=request.query.get("thread", ""),
            at_home="home" in request.query,
            with_app=channel.kind is Kind.DIRECT,
        )
        return web.Response(text=html, content_type="text/html", headers=_HEADERS)

    async def messages(self, request: web.Request) -> web.Response:
        """Answers with the channel's messages (or the user's App Home), the open thread and the modal, as HTML in
        JSON. Answers with 204 if nothing in the workspace has changed since the `version` in the query."""
        version = f"{self._ws.messages.version}.{self._ws.views.version}"
        if request.query.get("version") == version:
            return web.Response(status=204)
        user, channel = self._user_and_channel(request)
        messages = channel_messages(self._ws, channel.id, user.id, _shown(request))
        at_home = "home" in request.query
        root = self._ws.messages.find(channel.id, request.query.get("thread", ""))
        thread = (
            thread_messages(self._ws, root, user.id) if root and root.place.ephemeral_to in (None, user.id) else []
        )
        return web.json_response(
            {
                "version": version,
                "channel": self.draw_home(user.id) if at_home else self.draw(messages, in_thread=False),
                "thread": self.draw(thread, in_thread=True),
                "modal": self.draw_modal(user.id),
            },
            headers={"Cache-Control": "no-store"},
        )

    def draw(self, messages: list[MessageView], *, in_thread: bool) -> str:
        """Renders messages as HTML, for the channel or for a thread."""
        return self._env.get_template("messages.html").render(messages=messages, in_thread=in_thread)

    def draw_home(self, user: str) -> str:
        """Renders the user's App Home as HTML."""
        return self._env.get_template("home.html").render(home=home_view(self._ws.views, user), user=user)

    def draw_modal(self, user: str) -> str:
        """Renders the user's open modal as HTML; empty when there is none."""
        modal = modal_view(self._ws.views, user)
        return self._env.get_template("modal.html").render(modal=modal, user=user) if modal else ""

    async def static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        text = resources.files(__name__).joinpath("static", name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=_STATIC[name], headers={"Cache-Control": "no-cache"})

    def _user(self, request: web.Request) -> User:
        found = self._ws.directory.user(request.query.get("user", ""))
        return found if found is not None and not found.is_bot else self._ws.seed.users[0]

    def _user_and_channel(self, request: web.Request) -> tuple[User, Conversation]:
        """The user and the channel that the request names; `dm` names the user's conversation with the app. The first
        user stands in for an unknown one, and the first channel for one that the user is not in."""
        user, directory = self._user(request), self._ws.directory
        if "dm" in request.query:
            return user, directory.direct(user.id)[0]
        found = directory.conversation(request.query.get("channel", ""))
        if found is None or user.id not in found.members:
            found = directory.conversations[self._ws.seed.channels[0][0]]
        return user, found


def _shown(request: web.Request) -> int:
    """How many messages the page asks for; a person who scrolls up asks for more."""
    shown = request.query.get("shown", "")
    return min(max(int(shown) if shown.isdecimal() else 0, SHOWN), MOST_SHOWN)
