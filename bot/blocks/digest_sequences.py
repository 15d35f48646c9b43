"""Draws the open sequences of a digest: those that wait for a person, and those that go on."""

from collections.abc import Sequence

from bot.blocks import kit, words
from bot.blocks.digest_eta import NAMES_SHOWN, named
from bot.blocks.lines import Line, first_names
from bot.commands import SLASH
from bot.fleet.status.digest import OpenSequence

SEQUENCES_SHOWN = 15


def waits(sequence: OpenSequence) -> bool:
    """Whether the sequence waits for a person."""
    return bool(sequence.paused_by or sequence.marked or not sequence.answers)


def needing(sequences: Sequence[OpenSequence]) -> list[Line]:
    """A line for each sequence that waits for a person."""
    waiting = [sequence for sequence in sequences if waits(sequence)]
    lines = [_line(sequence) for sequence in waiting[:SEQUENCES_SHOWN]]
    rest = len(waiting) - SEQUENCES_SHOWN
    others = f"{words.plural(rest, 'more sequence')} {'waits' if rest == 1 else 'wait'}"
    return [*lines, Line.of(f"{others}: {SLASH} status shows all.")] if rest > 0 else lines


def others(sequences: Sequence[OpenSequence]) -> list[Line]:
    """A single line for all sequences that go on by themselves."""
    running = (sequence for sequence in sequences if not waits(sequence))
    going_on = [f"{named(each.name)} {each.closed:,} of {each.total:,}{_skipped_suffix(each)}" for each in running]
    return [Line.of(f"Windows done: {first_names(going_on, NAMES_SHOWN)}.")] if going_on else []


def _skipped_suffix(sequence: OpenSequence) -> str:
    return f" ({words.days(sequence.skipped_days)} skipped)" if sequence.skipped_days else ""


def _line(sequence: OpenSequence) -> Line:
    parts = [f"{sequence.closed:,} of {words.plural(sequence.total, 'window')} done"]
    if not sequence.answers:
        parts = ["its sequence does not answer"]
    if sequence.paused_by:
        parts.append(f"paused by {words.name(sequence.paused_by)}")
    if sequence.skipped_days:
        parts.append(f"{words.days(sequence.skipped_days)} skipped")
    if sequence.marked:
        parts.append(f"{words.plural(sequence.marked, 'window')} with a problem")
    mark = ":double_vertical_bar:" if sequence.paused_by else ":warning:"
    return linked(mark, f"{named(sequence.name)}: {', '.join(parts)}.", sequence.link)


def linked(mark: str, text: str, url: str) -> Line:
    """The text after a mark, then a link to a thread if there is a ``url``. Only pass a ``url`` that the bot has
    made, because secrets in it are not redacted."""
    link = f" {kit.link(url, 'Thread')}" if url else ""
    return Line(text, f"{mark} {kit.escape(text)}{link}")
