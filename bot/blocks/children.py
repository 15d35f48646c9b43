"""The workflows below a run that time out, in plain text."""

from bot.blocks import words
from bot.model import Child, ChildrenTimingOut

SHOWN = 4


def time_out(children: ChildrenTimingOut) -> str:
    """``4 of 51 open children time out: Jan 4, Jan 9, Jan 12, Jan 13``; the first few, and the number of others."""
    of = f"{children.total:,} open {'child' if children.total == 1 else 'children'}"
    if not children.number:
        return f"None of {of} times out now" if children.total else "No child is open now"
    named = ", ".join(name(child) for child in children.first[:SHOWN])
    more = children.number - len(children.first[:SHOWN])
    verb = "times" if children.number == 1 else "time"
    return f"{children.number:,} of {of} {verb} out: {named}{f' and {more:,} more' if more else ''}"


def name(child: Child) -> str:
    """The days that it tells, else its workflow id."""
    return words.days_in(child.window, child.window) if child.window else words.name(child.workflow_id)


def of_child(child: Child | None) -> str:
    """After the number of an attempt: `` of child Jan 4``; "" for an attempt of the run itself."""
    return f" of child {name(child)}" if child else ""
