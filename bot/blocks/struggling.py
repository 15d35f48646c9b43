"""Draws what struggles: worst first, each with why, for how long, and where to look."""

from bot.blocks import kit, run_status, words
from bot.blocks.lines import Line, fitting
from bot.commands import SLASH
from bot.fleet.runs.run import Run
from bot.fleet.status.struggling import StrugglingResult
from bot.message import Message

PLAIN_ROOM = 2_600
DRAWN_ROOM = 8_500
SILENT_SHOWN = 6


def render(result: StrugglingResult) -> Message:
    """The number first; that nothing struggles is said as well, and who could not be asked."""
    first = _headline(result)
    silent = [
        Line.about(row.cluster, f"{run_status.silent(row, result.at)}: not looked at.")
        for row in result.silent[:SILENT_SHOWN]
    ]
    said = fitting(result.runs, lambda run: _line(run, result).plain, PLAIN_ROOM, _hidden)
    drawn = fitting(result.runs, lambda run: _line(run, result).mrkdwn, DRAWN_ROOM, _hidden)
    plain = [first, *(line.plain for line in silent), *said]
    blocks = [
        kit.section(f"*{kit.escape(first)}*"),
        *kit.sections([line.mrkdwn for line in silent]),
        *kit.sections(drawn),
    ]
    return kit.message("\n".join(plain), blocks)


def _headline(result: StrugglingResult) -> str:
    gaps = [f"{words.plural(len(result.silent), 'cluster')} did not answer"] if result.silent else []
    gaps += [f"{result.undescribed:,} could not be looked at"] if result.undescribed else []
    looked_at = words.plural(result.looked_at, "open execution")
    if result.runs:
        told = f"{len(result.runs):,} of {looked_at} {'needs' if len(result.runs) == 1 else 'need'} a look"
    elif result.looked_at:
        told = f"Nothing struggles: {looked_at}, {'healthy' if result.looked_at == 1 else 'all healthy'}"
    else:
        told = "Nothing is known to run" if gaps else "Nothing runs"
    return ", ".join([told, *gaps]) + "."


def _line(run: Run, result: StrugglingResult) -> Line:
    what = f"({words.short_range(run.window)})" if run.window else "(not recognised)"
    sequence = ", a window of its sequence" if result.sequence_of(run) else ""
    cancelling = ", cancelling" if run.cancel_requested else ""
    health = run_status.run_health(run, result.view_time(run))
    told = f"on {run.execution.ref.cluster} {what}{sequence}{cancelling}: {health}."
    return Line.about(kit.clip(run.name, run_status.LONGEST_NAME), told, run.link)


def _hidden(rest: int) -> str:
    return f"{rest:,} more are not shown: type {SLASH} status and the name of a cluster."
