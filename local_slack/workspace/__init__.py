"""The state of one local Slack (messages, views, people, files), and its timeouts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from local_slack.workspace.directory import Conversation, Directory
from local_slack.workspace.files import Files
from local_slack.workspace.ids import Clock
from local_slack.workspace.messages import (
    Draft,
    Message,
    Messages,
    Place,
)
from local_slack.workspace.people import SlackSeed
from local_slack.workspace.response_urls import ResponseUrls
from local_slack.workspace.triggers import Triggers
from local_slack.workspace.views import Views


@dataclass(frozen=True)
class Timings:
    """How long Slack waits, in seconds (https://docs.slack.dev/apis/events-api/using-socket-mode)."""

    ack: float = 3.0
    event_retry: float = 4.0
    closing: float = 10.0
    """The time between the announcement of a disconnect and the closing of the socket."""


def _tell_nobody(_message: Message) -> None:
    return None


@dataclass
class Workspace:
    seed: SlackSeed
    clock: Clock
    timings: Timings
    base_url: str = ""
    announce: Callable[[Message], None] = _tell_nobody
    """Is called with each message of the bot that others see."""
    directory: Directory = field(init=False)
    messages: Messages = field(init=False)
    views: Views = field(init=False)
    triggers: Triggers = field(init=False)
    response_urls: ResponseUrls = field(init=False)
    files: Files = field(init=False)

    def __post_init__(self) -> None:
        self.directory = Directory.of(self.seed)
        self.messages = Messages(self.clock)
        self.views = Views(self.directory)
        self.triggers = Triggers(self.clock)
        self.response_urls = ResponseUrls(self.clock, self.seed.team_id)
        self.files = Files()

    def post_as_bot(self, place: Place, draft: Draft) -> Message:
        message = self.messages.post(place, self.seed.bot.id, draft, self.seed.bot.bot_id)
        if place.ephemeral_to is None:
            self.announce(message)
        return message

    def post_slackbot_note(self, channel: Conversation, user: str, text: str) -> Message:
        """Posts a note of Slack's own, which one user sees."""
        return self.messages.post(Place(channel.id, ephemeral_to=user), "USLACKBOT", Draft(text))
