"""The workflows below a run, in plain text: how many of them are in trouble, and which."""

from collections.abc import Mapping

from bot.blocks import words
from bot.fleet.runs.children_health import ChildrenHealth
from bot.model import AlertReason, Child, Health, TroubledChildren, duration_text

SHOWN = 4

# What one child does, and what several do.
_PREDICATES: Mapping[AlertReason, tuple[str, str]] = {
    AlertReason.HEARTBEAT_TIMEOUT: ("times out", "time out"),
    AlertReason.BLOCKED: ("is blocked", "are blocked"),
    AlertReason.STALLED: ("is stalled", "are stalled"),
    AlertReason.NO_WORKER: ("waits for a worker", "wait for a worker"),
    AlertReason.RETRYING: ("keeps failing", "keep failing"),
}


def in_trouble(children: TroubledChildren) -> str:
    """``4 of 51 open children time out: Jan 4, Jan 9, Jan 12, Jan 13``; the first few, and the number of others."""
    of, (singular, plural) = _open(children.total), _PREDICATES[children.reason]
    if not children.number:
        return f"None of {of} {singular} now" if children.total else "No child is open now"
    return f"{children.number:,} of {of} {singular if children.number == 1 else plural}: {_names(children)}"


def how_they_do(children: ChildrenHealth) -> list[str]:
    """``2 of 5 open children are stalled: Jan 4, Jan 9``; then how many children were not looked at now, and how long
    ago the bot last looked at them. Healthy children are not mentioned."""
    sentences = []
    if children.health is Health.STRUGGLING:
        sentences.append(in_trouble(TroubledChildren(children.number, children.total, children.first)))
    elif children.health is not Health.HEALTHY:
        verb = f"{words.be(children.number)} {children.health.value}"
        sentences.append(f"{children.number:,} of {_open(children.total)} {verb}: {_names(children)}")
    if children.unseen:
        rest = "only recorded timeouts of it count" if children.unseen == 1 else "only their recorded timeouts count"
        sentences.append(f"{children.unseen:,} of {_open(children.total)} {_late(children)}: {rest}")
    return sentences


def _late(children: ChildrenHealth) -> str:
    """The words after the number of children that the bot has not looked at now. They say how long ago the last look
    was: ``were not looked at now, but up to 14 m ago, and 2 of them never since this bot started``."""
    verb, never = "was" if children.unseen == 1 else "were", "since this bot started"
    if children.unseen_for is None:
        return f"{verb} never looked at {never}"
    up_to = "" if children.unseen == 1 else "up to "
    rest = f", and {children.never_seen:,} of them never {never}" if children.never_seen else ""
    return f"{verb} not looked at now, but {up_to}{duration_text(children.unseen_for)} ago{rest}"


def _open(total: int) -> str:
    return f"{total:,} open {'child' if total == 1 else 'children'}"


def _names(children: TroubledChildren | ChildrenHealth) -> str:
    named = ", ".join(name(child) for child in children.first[:SHOWN])
    more = children.number - len(children.first[:SHOWN])
    return f"{named} and {more:,} more" if more else named


def name(child: Child) -> str:
    """The child's days if they are known, otherwise its workflow id."""
    return words.range_in(child.window, child.window) if child.window else words.name(child.workflow_id)


def of_child(child: Child | None) -> str:
    """What follows the number of an attempt: `` of child Jan 4``; "" for an attempt of the run itself."""
    return f" of child {name(child)}" if child else ""
