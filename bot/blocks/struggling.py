"""Draws the answer to ``struggling``: the open runs that are not healthy, worst first, with reason and link."""

from collections import Counter
from dataclasses import replace

from slack_sdk.models.blocks import InteractiveElement

from bot.actions import ActionId
from bot.blocks import buttons, health, kit, open_run, paging, run_status, words
from bot.blocks.lines import Line
from bot.blocks.paging import Listed
from bot.commands import Part, Struggling
from bot.fleet.runs.run import Run
from bot.fleet.status.struggling import StrugglingResult
from bot.message import Message

PLAIN_ROOM = 2_600
DRAWN_ROOM = 8_500
SILENT_SHOWN = 6


def render(result: StrugglingResult, command: Struggling) -> Message:
    """The number of runs that are not healthy, even if it is zero; what helps; the clusters that did not answer; and
    the first of the unhealthy runs. If ``command`` asks for a further page of these runs, only that page."""
    runs = Listed(command, Part.RUNS, "All clusters", "run", result.runs, lambda run: _line(run, result))
    if page := paging.next_page(runs):
        return page
    headline = _headline(result)
    silent = [
        Line.about(row.cluster, f"{run_status.silent(row, result.at)}: not looked at.")
        for row in result.silent[:SILENT_SHOWN]
    ]
    if silent:
        silent = [Line(each.plain, f"{run_status.SILENT_MARK} {each.mrkdwn}") for each in silent]
        silent.append(run_status.silent_advice(len(result.silent)))
    meanings = health.meanings({run.health.health for run in result.runs if run.health})
    plain = [headline, *meanings, *(line.plain for line in silent), *paging.plain(runs, PLAIN_ROOM)]
    blocks = [
        *kit.sections([f"*{kit.escape(headline)}*", *map(kit.escape, meanings)]),
        *buttons.suggesting(_buttons(result)),
        *kit.sections([line.mrkdwn for line in silent]),
        *paging.beginning(runs, DRAWN_ROOM),
    ]
    return kit.message("\n".join(plain), blocks)


def _headline(result: StrugglingResult) -> str:
    gaps = [f"{words.plural(len(result.silent), 'cluster')} did not answer"] if result.silent else []
    gaps += [f"{result.undescribed:,} could not be looked at"] if result.undescribed else []
    described = words.plural(result.described, "open run")
    if result.runs:
        healths = Counter(run.health.health for run in result.runs if run.health)
        kinds = words.joined([f"{number:,} {health.value}" for health, number in healths.items()])
        lead = f"{len(result.runs):,} of {described} {words.be(len(result.runs))}"
        summary = f"{lead} {next(iter(healths)).value}" if len(healths) == 1 else f"{lead} not healthy: {kinds}"
    elif result.described:
        summary = f"Nothing struggles: {described}, {'healthy' if result.described == 1 else 'all healthy'}"
    else:
        summary = "Nothing is known to run" if gaps else "Nothing runs"
    return ", ".join([summary, *gaps]) + "."


def _buttons(result: StrugglingResult) -> list[InteractiveElement]:
    """The button that splits the struggling customers: all of them, or the only one."""
    targets = result.to_split
    if len(targets) == 1:
        return buttons.for_target(targets[0], ActionId.SPLIT)
    return buttons.split_all() if targets else []


def _line(run: Run, result: StrugglingResult) -> Line:
    range_text = f"({words.short_range(run.window)})" if run.window else "(not recognised)"
    sequence = ", a window of its sequence" if result.sequence_of(run) else ""
    cancelling = ", cancelling" if run.cancel_requested else ""
    how = open_run.how(run, result.view_time(run))
    text = f"on {run.execution.ref.cluster} {range_text}{sequence}{cancelling}: {how}."
    line = Line.about(kit.clip(run.name, run_status.LONGEST_NAME), text, run.link)
    return replace(line, mrkdwn=f":warning: {line.mrkdwn}")
