"""chat.unfurl: adds cards to a message that has links to the app's domains.

https://docs.slack.dev/reference/methods/chat.unfurl
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local_slack.errors import Json, SlackError
from local_slack.validation import MessageArguments
from local_slack.validation.messages import check_message, parsed
from local_slack.web_api.arguments import Arguments
from local_slack.workspace import Workspace
from local_slack.workspace.links import shared_links
from local_slack.workspace.messages import Message


def unfurl(args: Arguments, ws: Workspace) -> Json:
    message = _message(args, ws)
    cards = parsed(args.raw("unfurls"), "invalid_unfurls_format")
    if not cards:
        raise SlackError("missing_unfurls")
    if not isinstance(cards, dict) or not all(isinstance(card, dict) for card in cards.values()):
        raise SlackError("invalid_unfurls_format")
    links = shared_links(message.draft.text, ws.seed.unfurl_domains)
    if not cards.keys() <= links.keys():
        raise SlackError("cannot_unfurl_url")
    kept = [each for each in message.draft.attachments if each.get("from_url") not in cards]
    added = [_attachment(url, card) for url, card in cards.items()]
    ws.messages.edit(message, replace(message.draft, attachments=(*kept, *added)), shows_edited=False)
    return {}


def _message(args: Arguments, ws: Workspace) -> Message:
    """The message that the arguments name: by channel and ts, or by the unfurl_id and the source that the link_shared
    event contained. Raises SlackError if there is no such message."""
    channel, ts = args.text("channel"), args.text("ts")
    if args.given("unfurl_id"):
        if args.text("source") != "conversations_history":
            raise SlackError("invalid_source")
        channel, _, ts = (args.text("unfurl_id") or "").partition(".")
    if not channel:
        raise SlackError("missing_channel")
    if not ts:
        raise SlackError("missing_ts")
    message = ws.messages.find(channel, ts)
    if message is None or message.deleted:
        raise SlackError("cannot_find_message")
    return message


def _attachment(url: str, card: Json) -> Json:
    attachment: dict[str, Any] = {**card, "from_url": url, "app_unfurl_url": url, "is_app_unfurl": True}
    check_message(MessageArguments(attachments=[attachment]))
    return attachment
