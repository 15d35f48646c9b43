"""Views for the tests of dialogs, and what people do with them and see of them in the local Slack."""

from typing import Any

import aiohttp

from bot.message import View
from local_slack import LocalSlack

LOOKING = View("Split", ({"type": "section", "text": {"type": "mrkdwn", "text": "Looking…"}},))
QUESTION = View(
    "Split hilton",
    (
        {"type": "section", "text": {"type": "mrkdwn", "text": "About to start *11* windows."}},
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        },
    ),
    submit="Split",
    close="Back",
    purpose="confirm",
    memory='{"digest":"d1"}',
)


async def do(slack: LocalSlack, what: str, **asked: Any) -> dict[str, Any]:
    """What a person does, by the control API; its answer."""
    async with aiohttp.ClientSession(slack.url) as http, http.post(f"/_control/{what}", json=asked) as reply:
        assert reply.status == 200, await reply.text()
        answer: dict[str, Any] = await reply.json()
        return answer


async def look(slack: LocalSlack, where: str, **query: str) -> dict[str, Any]:
    """What there is to see."""
    async with aiohttp.ClientSession(slack.url) as http, http.get(f"/_control/{where}", params=query) as reply:
        answer: dict[str, Any] = await reply.json()
        return answer


async def seen(slack: LocalSlack, user: str) -> list[dict[str, Any]]:
    """The modals a user has open, the top last."""
    views: list[dict[str, Any]] = (await look(slack, "views", user=user))["views"]
    return views
