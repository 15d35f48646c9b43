"""What the bot called in a whole run and was not given: its manifest has to ask for it."""

from tests.e2e.control import Control


def not_asked_for(control: Control) -> list[str]:
    """The methods that were refused for a scope, of the last 10,000 calls."""
    calls = control.get("_control/calls", since="0")["calls"]
    replies = [(call["method"], call["reply"]) for call in calls]
    return sorted({method for method, reply in replies if isinstance(reply, dict) and _is_missing(reply)})


def _is_missing(reply: dict[str, object]) -> bool:
    return reply.get("error") == "missing_scope"
