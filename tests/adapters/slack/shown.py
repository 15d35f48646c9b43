"""Views for the tests of modals, and the control API of the local Slack, which acts and looks as people do."""

from typing import Any

import aiohttp

from bot.message import View
from local_slack import LocalSlack

SPLITTING = View("Split", ({"type": "section", "text": {"type": "mrkdwn", "text": "Looking…"}},))
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


async def do(slack: LocalSlack, action: str, **arguments: Any) -> dict[str, Any]:
    """Act as a person by the control API, and return its answer."""
    async with aiohttp.ClientSession(slack.url) as http, http.post(f"/_control/{action}", json=arguments) as reply:
        assert reply.status == 200, await reply.text()
        answer: dict[str, Any] = await reply.json()
        return answer


async def read_control(slack: LocalSlack, where: str, **query: str) -> dict[str, Any]:
    """Look as a person by the control API."""
    async with aiohttp.ClientSession(slack.url) as http, http.get(f"/_control/{where}", params=query) as reply:
        answer: dict[str, Any] = await reply.json()
        return answer


async def seen(slack: LocalSlack, user: str) -> list[dict[str, Any]]:
    """The open modals of a user, the top one last."""
    views: list[dict[str, Any]] = (await read_control(slack, "views", user=user))["views"]
    return views
