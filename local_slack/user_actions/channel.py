"""What people do in a channel: type commands, use the elements of messages and choose shortcuts. If the delivery
fails, they see a note.

``ChannelActions`` also sends the events about what people do elsewhere, such as opening the app's Home.
"""

from __future__ import annotations

import re

from local_slack.background import Background
from local_slack.delivery.deliveries import (
    Deliveries,
    Delivery,
    DeliveryError,
    DeliveryKind,
    Outgoing,
)
from local_slack.errors import ControlError, Json, SlackError
from local_slack.user_actions.elements import Press, action_object, find_element
from local_slack.user_actions.payloads import (
    Actor,
    block_actions,
    event_callback,
    message_action,
    slash_command,
)
from local_slack.user_actions.typed_text import as_sent
from local_slack.web_api.response_url import checked_draft, has_message, show
from local_slack.workspace import Workspace
from local_slack.workspace.fields import Field
from local_slack.workspace.messages import Message
from local_slack.workspace.objects import view_object
from local_slack.workspace.people import User
from local_slack.workspace.response_urls import Origin, ResponseUrl

HOME_OPENED = "app_home_opened"


class ChannelActions:
    def __init__(self, ws: Workspace, deliveries: Deliveries, background: Background) -> None:
        self._ws = ws
        self._deliveries = deliveries
        self._background = background

    async def command(self, actor: Actor, line: str) -> Delivery:
        """Types `line` into the channel. The slash command in front may be left out."""
        sent = as_sent(self._after_command(line), self._ws.directory)
        response_url = ResponseUrl(
            Origin.COMMAND,
            actor.channel.id,
            actor.user.id,
            self._ws.clock(),
            command_line=f"{self._ws.seed.command} {sent}".strip(),
        )
        payload = slash_command(actor, sent, self._issue(response_url), self._ws)
        delivery = await self._deliveries.deliver(
            Outgoing(DeliveryKind.SLASH, payload, actor.user.id, actor.channel.id)
        )
        self._show_ack(delivery, response_url)
        self._note_failure(actor, delivery, f"`{self._ws.seed.command}`")
        return delivery

    async def click(self, actor: Actor, message: Message, press: Press) -> Delivery:
        now = self._ws.clock()
        found = find_element(message.draft.blocks, press, "message")
        field = Field(found.element, self._ws.directory)
        action = action_object(found, field, press, f"{now.timestamp():.6f}")
        response_url = ResponseUrl(Origin.ACTION, actor.channel.id, actor.user.id, now, message_ts=message.ts)
        payload = block_actions(actor, message, action, self._issue(response_url), self._ws)
        delivery = await self._deliveries.deliver(
            Outgoing(DeliveryKind.INTERACTIVE, payload, actor.user.id, actor.channel.id)
        )
        self._note_failure(actor, delivery, f"`{press.action_id}`")
        return delivery

    async def shortcut(self, actor: Actor, message: Message, callback_id: str) -> Delivery:
        """Chooses one of the app's message shortcuts in the menu of a message."""
        found = next((each for each in self._ws.seed.shortcuts if each.callback_id == callback_id), None)
        if found is None:
            known = ", ".join(each.callback_id for each in self._ws.seed.shortcuts) or "none"
            raise ControlError(f"the app has no shortcut {callback_id!r}; it has: {known}", 404)
        response_url = ResponseUrl(Origin.ACTION, actor.channel.id, actor.user.id, self._ws.clock())
        payload = message_action(actor, message, callback_id, self._issue(response_url), self._ws)
        delivery = await self._deliveries.deliver(
            Outgoing(DeliveryKind.INTERACTIVE, payload, actor.user.id, actor.channel.id)
        )
        self._note_failure(actor, delivery, f"`{found.name}`")
        return delivery

    def event(self, event: Json) -> Json:
        """Delivers an event in the background, with retries. Returns its payload."""
        payload = event_callback(event, self._ws)
        outgoing = Outgoing(DeliveryKind.EVENT, payload, _user(event), event.get("channel"))
        self._background.start(self._deliveries.deliver_event(outgoing))
        return payload

    def open_app(self, user: User, tab: str = "home") -> Json | None:
        """Opens a tab of the app, home or messages. Returns the payload of the event; None if the app does not
        subscribe to it (https://docs.slack.dev/reference/events/app_home_opened)."""
        if HOME_OPENED not in self._ws.seed.events:
            return None
        conversation, _ = self._ws.directory.direct(user.id)
        home = self._ws.views.home(user.id)
        opened: Json = {"type": HOME_OPENED, "user": user.id, "channel": conversation.id, "tab": tab}
        return self.event(opened | ({"view": view_object(home, self._ws)} if home and tab == "home" else {}))

    def _after_command(self, line: str) -> str:
        command = self._ws.seed.command
        first, rest = re.fullmatch(r"(\S*)(.*)", line.strip(), re.DOTALL).groups()  # type: ignore[union-attr]
        if first == command:
            return str(rest).strip()
        if first.startswith("/"):
            raise ControlError(f"{first} is not a command here; there is only {command}", 404)
        return line.strip()

    def _issue(self, response_url: ResponseUrl) -> str:
        return self._ws.base_url + self._ws.response_urls.issue(response_url)

    def _show_ack(self, delivery: Delivery, response_url: ResponseUrl) -> None:
        """Posts the message in the ack, if there is one."""
        body = {"text": delivery.ack} if isinstance(delivery.ack, str) else delivery.ack
        if not isinstance(body, dict) or not has_message(body):
            return
        try:
            show(response_url, body, checked_draft(body), self._ws)
        except SlackError as refusal:
            delivery.error = DeliveryError.DISPATCH
            delivery.ack_errors = refusal.errors or [refusal.code]

    def _note_failure(self, actor: Actor, delivery: Delivery, what: str) -> None:
        if delivery.error is not None:
            self._ws.post_slackbot_note(
                actor.channel, actor.user.id, f'{what} failed with the error "{delivery.error}"'
            )


def _user(event: Json) -> str | None:
    """Returns the user id of an event. Some events have the id, others the whole user object."""
    user = event.get("user")
    return user.get("id") if isinstance(user, dict) else user
