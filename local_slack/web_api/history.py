"""conversations.history and conversations.replies: what has been said. Ephemeral messages are in neither."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from local_slack.errors import Json, SlackError
from local_slack.web_api.arguments import Arguments
from local_slack.web_api.conversations import named
from local_slack.web_api.paging import UNDER_A_THOUSAND, page
from local_slack.workspace.messages import Message
from local_slack.workspace.objects import on_the_wire
from local_slack.workspace.state import Workspace


@dataclass(frozen=True)
class _Span:
    """From `oldest` to `latest`, both ends out unless `inclusive`."""

    oldest: Decimal | None
    latest: Decimal | None
    inclusive: bool

    @classmethod
    def of(cls, args: Arguments) -> _Span:
        oldest = _moment(args.text("oldest"), "invalid_ts_oldest")
        return cls(oldest, _moment(args.text("latest"), "invalid_ts_latest"), args.flag("inclusive"))

    def shows(self, message: Message) -> bool:
        ts = Decimal(message.ts)
        if message.place.ephemeral_to:
            return False
        if self.inclusive and ts in (self.oldest, self.latest):
            return True
        return (self.oldest is None or ts > self.oldest) and (self.latest is None or ts < self.latest)


def _moment(ts: str | None, error: str) -> Decimal | None:
    """Decimal, for microseconds matter here and do not fit a float."""
    try:
        return None if ts is None else Decimal(ts)
    except InvalidOperation as exc:
        raise SlackError(error) from exc


def history(args: Arguments, ws: Workspace) -> Json:
    conversation, span = named(args, ws), _Span.of(args)
    _must_be_member(conversation.members, ws)
    found = [m for m in reversed(ws.messages.of(conversation.id)) if m.in_channel and span.shows(m)]
    shown, cursor = page(found, args, lambda m: m.ts, before=operator.gt, most=UNDER_A_THOUSAND)
    return _answer(shown, cursor, args, ws) | {"pin_count": 0}


def replies(args: Arguments, ws: Workspace) -> Json:
    conversation, span = named(args, ws), _Span.of(args)
    _must_be_member(conversation.members, ws)
    asked = ws.messages.find(conversation.id, args.required("ts", "thread_not_found"))
    if asked is None or asked.place.ephemeral_to:
        raise SlackError("thread_not_found")
    # A reply's own ts finds that reply alone; a root's finds the thread, the root always first.
    said = [m for m in ws.messages.thread(asked) if m is asked or span.shows(m)]
    shown, cursor = page(said, args, lambda m: m.ts)
    return _answer(shown, cursor, args, ws)


def _must_be_member(members: list[str], ws: Workspace) -> None:
    if ws.seed.bot.id not in members:
        raise SlackError("not_in_channel")


def _answer(shown: list[Message], cursor: str, args: Arguments, ws: Workspace) -> Json:
    metadata = args.flag("include_all_metadata")
    return {
        "messages": [on_the_wire(m, ws.messages, ws.seed, metadata=metadata) for m in shown],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }
