"""How people change something: a command or button, the modal it opens, a reason, and what came of it."""

import time
from collections.abc import Iterator
from typing import Any

from tests.e2e.control import Control
from tests.e2e.processes import eventually, until

A_THREAD = 120.0  # seconds
KNOWN_WITHIN = 120.0  # seconds
# What a modal says when a system did not answer in time.
NOT_NOW = ("Try again", "did not answer")
WHY = "it times out, windows get through"


def texts(part: Any) -> Iterator[str]:
    """Every text in blocks, in their order."""
    if isinstance(part, list):
        for first in part:
            yield from texts(first)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for name, value in part.items():
            if name != "accessory" and isinstance(value, list | dict):
                yield from texts(value)


def whole_thread(control: Control, card: Any, last: str) -> list[str]:
    """The thread below a card, once a line has its ``last`` words: Slack takes one message a second, and the card
    goes before the lines."""
    eventually(lambda: any(last in line for line in control.thread(card)), A_THREAD)
    return control.thread(card)


def seen(control: Control, user: str) -> str:
    """All that the modal in front of a person says, "" without one."""
    views = control.views(user)
    return "\n".join(texts(views[-1]["blocks"])) if views else ""


def proposed(control: Control, user: str = "olivia") -> dict[str, Any]:
    """The modal in front of a person once it proposes something that can be confirmed."""
    views = eventually(lambda: [view for view in control.views(user)[-1:] if view["submit"]])
    return dict(views[0])


def wait_for_words(control: Control, words: str, user: str = "olivia") -> str:
    """What the modal says once it says these words."""
    return until(lambda: seen(control, user), lambda posted: words in posted)


def submit(control: Control, user: str = "olivia", reason: str = WHY, **values: str) -> dict[str, Any]:
    """Press the modal's button, with a reason."""
    return dict(control.submit(proposed(control, user)["id"], user, reason=reason, **values))


def do(control: Control, command: str, user: str = "olivia", **values: str) -> str:
    """Type a command that changes something and confirm what it proposes; what the proposal said."""
    posted = proposal_text(control, command, user)
    answer = submit(control, user, **values)
    assert answer["acked"], answer
    return posted


def proposal_text(control: Control, command: str, user: str = "olivia") -> str:
    """What the modal proposes. On a busy machine systems may not answer within the bot's time limits, and the modal
    says so; a person types the command again then."""
    deadline = time.monotonic() + KNOWN_WITHIN
    while True:
        close(control, user)
        control.command(command, user)
        posted, _ = until(lambda: _shown(control, user), lambda shown: shown[1] or _is_not_now(shown[0]))
        if not _is_not_now(posted) or time.monotonic() > deadline:
            return posted


def _shown(control: Control, user: str) -> tuple[str, bool]:
    """What the modal says, and whether it can be confirmed."""
    views = control.views(user)
    return seen(control, user), bool(views and views[-1]["submit"])


def _is_not_now(posted: str) -> bool:
    return any(words in posted for words in NOT_NOW)


def close(control: Control, user: str = "olivia") -> None:
    """Leave whatever modal is open."""
    views = control.views(user)
    if views:
        control.post("_control/close", user=user, view_id=views[-1]["id"], all=True)
