"""The workflows below a run that time out, in plain text."""

from bot.blocks import words
from bot.fleet.runs.children_health import ChildrenHealth
from bot.model import Child, ChildrenTimingOut, Health

SHOWN = 4


def time_out(children: ChildrenTimingOut) -> str:
    """``4 of 51 open children time out: Jan 4, Jan 9, Jan 12, Jan 13``; the first few, and the number of others."""
    of = _open(children.total)
    if not children.number:
        return f"None of {of} times out now" if children.total else "No child is open now"
    verb = "times" if children.number == 1 else "time"
    return f"{children.number:,} of {of} {verb} out: {_names(children)}"


def how_they_do(children: ChildrenHealth) -> list[str]:
    """``2 of 5 open children are stalled: Jan 4, Jan 9``, and how many were not described. Healthy children are not
    mentioned."""
    sentences = []
    if children.health is Health.STRUGGLING:
        sentences.append(time_out(ChildrenTimingOut(children.number, children.total, children.first)))
    elif children.health is not Health.HEALTHY:
        verb = f"{words.be(children.number)} {children.health.value}"
        sentences.append(f"{children.number:,} of {_open(children.total)} {verb}: {_names(children)}")
    if children.unseen:
        verb = "was" if children.unseen == 1 else "were"
        rest = "only recorded timeouts of it count" if children.unseen == 1 else "only their recorded timeouts count"
        sentences.append(f"{children.unseen:,} of {_open(children.total)} {verb} not looked at now: {rest}")
    return sentences


def _open(total: int) -> str:
    return f"{total:,} open {'child' if total == 1 else 'children'}"


def _names(children: ChildrenTimingOut | ChildrenHealth) -> str:
    named = ", ".join(name(child) for child in children.first[:SHOWN])
    more = children.number - len(children.first[:SHOWN])
    return f"{named} and {more:,} more" if more else named


def name(child: Child) -> str:
    """The child's days if they are known, otherwise its workflow id."""
    return words.days_in(child.window, child.window) if child.window else words.name(child.workflow_id)


def of_child(child: Child | None) -> str:
    """After the number of an attempt: `` of child Jan 4``; "" for an attempt of the run itself."""
    return f" of child {name(child)}" if child else ""
