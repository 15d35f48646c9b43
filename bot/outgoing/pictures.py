"""Adds pictures to messages that are in the channel already, so that no message waits for its picture.

A message goes out at once. Its picture is drawn and uploaded next, and an edit adds it. Which picture a message shows
is in this process's memory alone: after a restart, the first edit of a message has no picture, and a later one adds
it again (docs/pictures.md).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.blocks.pictures import with_image
from bot.errors import DependencyError
from bot.message import Message, Picture
from bot.services import Services

# Slack refuses an image block until it has processed the file (slackapi/slack-github-action#413).
PROCESSING = timedelta(seconds=3)
# How often a message is tried with its picture, and the wait after Slack refused it.
MOST_TRIES = 3
TRY_AGAIN = timedelta(seconds=30)
# A message that changes often has its picture drawn at most this often.
REDRAWN_EVERY = timedelta(minutes=2)
# After a picture that could not be drawn or uploaded, none is drawn for a while.
PAUSE = timedelta(minutes=5)
# Beyond these numbers the oldest are forgotten: those messages go without a picture until they change again.
MOST_WANTED = 100
MOST_SHOWN = 2_000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Uploaded:
    """A picture that was uploaded to Slack at the time ``at`` and may be shown from ``since`` on. After
    ``MOST_TRIES`` refusals it is not tried again."""

    picture: Picture
    file_id: str
    at: datetime
    since: datetime
    refusals: int = 0


class PostedPictures:
    """The pictures of messages, by outbox key: those to draw, those that Slack processes, and those to show."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._wanted: dict[str, Picture] = {}
        self._processed: dict[str, _Uploaded] = {}
        self._shown: dict[str, _Uploaded] = {}
        self._paused_until = services.now()

    def add_to(self, message: Message, key: str) -> Message:
        """The message with the picture that can be shown by now, if any. A picture that has changed is drawn
        again, and the message keeps the old one until Slack has processed the new one."""
        if message.picture is None:
            for pictures in (self._wanted, self._processed, self._shown):
                pictures.pop(key, None)
            return message
        known = self._processed.get(key) or self._shown.get(key)
        self._wanted.pop(key, None)
        if known is None or known.picture.chart != message.picture.chart:
            self._wanted[key] = message.picture
            _forget_oldest(self._wanted, MOST_WANTED)
        shown = self._shown.get(key)
        if shown is None or shown.refusals >= MOST_TRIES:
            return message
        return with_image(message, shown.picture, shown.file_id)

    def is_refused_for(self, key: str) -> bool:
        """Whether Slack may have refused this message because of its picture. If so, count the refusal: the next try
        has no picture. The picture is tried again later, unless this was refusal number ``MOST_TRIES``."""
        shown = self._shown.get(key)
        if shown is None or shown.refusals >= MOST_TRIES:
            return False
        refused = replace(shown, refusals=shown.refusals + 1, since=self._services.now() + TRY_AGAIN)
        self._shown[key] = refused
        if refused.refusals < MOST_TRIES:
            self._processed[key] = self._shown.pop(key)
        _log.warning("message refused with its picture", key=key, refusals=refused.refusals)
        return True

    async def step(self) -> None:
        """Mark for an edit each message whose picture Slack has processed, then draw the picture that
        has waited longest."""
        now = self._services.now()
        for key in list(self._processed):
            # While one was shown, another message may have lost its picture.
            uploaded = self._processed.get(key)
            if uploaded is not None and uploaded.since <= now:
                await self._show(key, now)
        longest = next((key for key in self._wanted if self._may_be_drawn(key, now)), None)
        if longest is not None:
            await self._draw(longest, self._wanted.pop(longest))

    def _may_be_drawn(self, key: str, now: datetime) -> bool:
        known = self._processed.get(key) or self._shown.get(key)
        return now >= self._paused_until and (known is None or abs(now - known.at) >= REDRAWN_EVERY)

    async def _show(self, key: str, now: datetime) -> None:
        self._shown.pop(key, None)
        self._shown[key] = self._processed.pop(key)
        _forget_oldest(self._shown, MOST_SHOWN)
        address = await self._services.outbox.address(key)
        # A message that is not posted yet gets its picture when it is.
        if address is not None:
            await self._services.outbox.outdate(key, address, now)

    async def _draw(self, key: str, picture: Picture) -> None:
        try:
            drawn = await self._services.pictures.draw(picture.chart)
            file_id = await self._services.files.upload(drawn, f"{picture.name}.png", picture.alt_text)
        except DependencyError as exc:
            self._paused_until = self._services.now() + PAUSE
            _log.warning("message without its picture", key=key, reason=str(exc))
        else:
            now = self._services.now()
            self._processed[key] = _Uploaded(picture, file_id, now, now + PROCESSING)


def _forget_oldest(pictures: dict[str, Any], limit: int) -> None:
    while len(pictures) > limit:
        del pictures[next(iter(pictures))]
