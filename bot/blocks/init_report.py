"""What `backfill-bot init` has found, has left out and has written, in plain text."""

from collections.abc import Mapping

from bot.blocks.same_days import same_days
from bot.blocks.words import plural
from bot.fleet.diagnostics.same_days import SameDays
from bot.fleet.onboarding.facts import (
    AnswersUnused,
    InitFact,
    InputOpen,
    MistakesLeft,
    Reason,
    RunsSeen,
    SectionsMissing,
    SystemAway,
    TablesSeen,
    TokensMissing,
    TypeLeftOut,
    TypeRead,
    VolumeUnknown,
)
from bot.fleet.onboarding.start_input import InputProposal

INTRODUCTION = (
    "This looks at the last runs and the tables, and writes backfill.toml and .env. It changes nothing else.\n"
    "Enter takes what stands in [brackets]. Ctrl-C ends without writing.\n"
)
STOPPED = "Stopped. Nothing was written."
_ADDS_DAYS = "Its runs take no days, and those that the bot starts would get start and end."
_REASONS = {
    Reason.NO_DAYS: "its runs tell no customer and days that are clear",
    Reason.NOT_CONFIRMED: "nobody has confirmed its customers",
    Reason.NOT_CHOSEN: "it was not chosen",
}


def text(fact: InitFact) -> str:  # noqa: C901, PLR0911, PLR0912  (one line a kind is the point)
    """The fact as lines of the terminal."""
    match fact:
        case SystemAway(reason):
            return f"Left out: {reason}"
        case RunsSeen(cluster, number, types):
            listed = ", ".join(f"{name} ({times})" for name, times in types)
            return f"{cluster}: {plural(number, 'run')}{f' of {listed}' if listed else ''}"
        case TypeRead():
            return _read(fact)
        case SameDays():
            return f"Look at this: {same_days(fact)}."
        case TypeLeftOut(name, reason):
            return f"Left out: {name}, since {_REASONS[reason]}"
        case InputOpen():
            return _input(fact)
        case TablesSeen(number, places):
            return f"ClickHouse: {plural(number, 'table')}, with customer and time in {', '.join(places) or 'none'}"
        case VolumeUnknown():
            return "Not known: where the source rows are. Windows are not sized by volume until [volume] says so."
        case TokensMissing(names):
            return f"Left empty in .env: {', '.join(names)}"
        case MistakesLeft(lines):
            return "\n".join(["Left out: the bot would not read back what it starts.", *(f"  {x}" for x in lines)])
        case AnswersUnused(flags):
            return f"Not used, since nothing was open there: {', '.join(f'--{flag}' for flag in flags)}"
        case SectionsMissing(names):
            return f"To be written by hand before the bot can start: {', '.join(names)}"


def written(path: str, *, is_beside: bool) -> str:
    """The line about a file that was written. If ``is_beside``, a file of the intended name existed and was kept."""
    return f"Wrote {path}, beside yours, which stays as it is." if is_beside else f"Wrote {path}."


def unchanged(path: str) -> str:
    """The line about a file that already has the right content."""
    return f"{path} is already as it would be written."


def next_step(program: str, *, is_complete: bool) -> str:
    """What the person can do next. ``is_complete``: nothing is left to fill in."""
    if is_complete:
        return f"Next: {program} check shows what each run is taken for, and what is still wrong."
    return f"Next: fill in what is left out, then {program} check."


def _read(fact: TypeRead) -> str:
    places = " and ".join(fact.sources)
    rows = [("customer", "days", "workflow id"), *((c, str(days), name) for name, c, days in fact.examples)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    head = f"{fact.workflow_type}: {fact.recognised} of {plural(fact.total, 'run')} recognised by {places}"
    return "\n".join([head, *(f"  {line}" for line in table)])


def _input(fact: InputOpen) -> str:
    if not fact.is_known:
        return f"Not known: what {fact.workflow_type} is given. Correct its input before the bot starts anything."
    parts = [f"{words}: {', '.join(paths)}." for words, paths in open_paths(fact).items() if paths]
    parts += [_ADDS_DAYS] if fact.adds_days else []
    return f"{fact.workflow_type}: look at its input. {' '.join(parts)}"


def open_paths(fact: InputOpen | InputProposal) -> Mapping[str, tuple[str, ...]]:
    """The paths of a proposed input that a person should check, grouped by the sentence about them."""
    return {
        "These differ between runs, and are written as in the last one": fact.differing,
        "These are written in another form than your runs have, so check that your workflow takes it": fact.rewritten,
        "These look like secrets, and are left out": fact.hidden,
    }
