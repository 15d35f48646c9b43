"""The JSON that a webhook is sent: PagerDuty's events, or a team's own template.

https://developer.pagerduty.com/docs/events-api-v2-overview
"""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from bot.model import PageAction, PageCall
from bot.model.page import PLACEHOLDER

# In characters. PagerDuty refuses longer texts.
LONGEST_SUMMARY = 1_024
LONGEST_KEY = 255


def pagerduty_event(call: PageCall, routing_key: str) -> dict[str, Any]:
    """An event of the Events API v2. Only the trigger event has a payload."""
    event: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": call.action.value,
        "dedup_key": call.key[:LONGEST_KEY],
    }
    if call.action is not PageAction.TRIGGER:
        return event
    links = (("Temporal", call.link), ("Slack", call.thread))
    return event | {
        "client": "backfill-bot",
        "links": [{"href": href, "text": text} for text, href in links if href],
        "payload": {
            "summary": call.summary[:LONGEST_SUMMARY],
            "source": call.cluster,
            "severity": "critical",
            "timestamp": call.since.astimezone(UTC).isoformat(),
            "class": call.reason,
            "custom_details": {"backfills": list(call.names)},
        },
    }


def filled(template: str, call: PageCall) -> Any:
    """The template, filled with the values of the call. Only texts of the parsed JSON are filled, so no value can
    change the structure of the JSON."""
    return _filled(json.loads(template), _values(call))


def _values(call: PageCall) -> Mapping[str, str]:
    return {
        "action": call.action.value,
        "dedup_key": call.key,
        "summary": call.summary,
        "cluster": call.cluster,
        "names": ", ".join(call.names),
        "reason": call.reason,
        "since": call.since.astimezone(UTC).isoformat(),
        "link": call.link,
        "thread": call.thread,
    }


def _filled(node: Any, values: Mapping[str, str]) -> Any:
    match node:
        case str():
            return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), node)
        case list():
            return [_filled(each, values) for each in node]
        case dict():
            return {_filled(key, values): _filled(value, values) for key, value in node.items()}
        case _:
            return node
