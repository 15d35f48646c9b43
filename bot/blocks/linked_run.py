"""Draws the card below a link to a run in Temporal: the customer, the days, and how the run is doing."""

from bot.blocks import doubts, kit, open_run, words
from bot.fleet.runs.close_facts import causes_of
from bot.fleet.runs.run import Run
from bot.fleet.status.linked_run import LinkedRun
from bot.message import Message
from bot.model import ExecutionStatus, Health, duration_text

LONGEST_WHY = 200


def render(linked: LinkedRun) -> Message:
    """Two lines: a name with days, and the state."""
    run = linked.run
    title = f"{words.name(run.name)} on {linked.cluster}"
    days = f", {words.range_in(run.window, linked.whole)}" if run.window else ""
    state = _open(linked) if run.is_open else _closed(linked)
    shown = f"{_mark(run)} *{kit.escape(title)}*{kit.escape(days)}\n{kit.escape(state)}"
    return kit.message(f"{title}{days}: {state}", [kit.section(shown)])


def _open(linked: LinkedRun) -> str:
    return f"{open_run.how(linked.run, linked.at)}."


def _closed(linked: LinkedRun) -> str:
    run = linked.run
    text = words.sentence(f"{run.execution.status.value} after {duration_text(run.age(linked.at))}")
    if run.doubts:
        return f"{text} In doubt: {words.sentence(doubts.summary(run.doubts, linked.whole))}"
    why = doubts.failure(causes_of(run.execution))
    return f"{text} {words.sentence(kit.clip(why, LONGEST_WHY))}" if why else text


def _mark(run: Run) -> str:
    if run.is_open:
        is_well = run.health is not None and run.health.health is Health.HEALTHY
        return ":arrows_counterclockwise:" if is_well else ":warning:"
    if run.doubts:
        return doubts.MARK
    return {
        ExecutionStatus.COMPLETED: ":large_green_circle:",
        ExecutionStatus.CANCELLED: ":large_orange_circle:",
    }.get(run.execution.status, ":red_circle:")
