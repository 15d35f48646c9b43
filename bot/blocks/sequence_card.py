"""Draws the message of a sequence that no alert tells of, and what people had ended at once, without a sequence."""

from slack_sdk.models.blocks import Block

from bot.blocks import (
    buttons,
    kit,
    sequence_phrases,
    words,
)
from bot.blocks.lines import Line
from bot.fleet.notifications import notification
from bot.fleet.notifications.sequence import SequenceCard
from bot.message import Message
from bot.model import Overtaken, Phase, SequenceEnd, SequenceProgress

_MARKS = {
    SequenceEnd.COMPLETE: ":warning:",
    SequenceEnd.INCOMPLETE: ":large_orange_circle:",
    SequenceEnd.STOPPED: ":red_circle:",
    SequenceEnd.CANCELLED: ":white_circle:",
}


def card(saying: SequenceCard) -> Message:
    """How it stands in words, then the details, then what can be done. Over: a line, and what is marked."""
    told = saying.progress
    if told.phase is not Phase.ENDED:
        if saying.overtaken is not None and saying.overtaken.is_unwatched:
            return overtaken(f"{_who(told)}: {sequence_phrases.state(told)}.", saying.overtaken)
        return _open(told)
    return _over(told, saying.overtaken)


def facts(told: SequenceProgress) -> list[Line]:
    """Who paused it, what is marked, who asked for it and why; alerts it has taken over say the same."""
    lines: list[Line] = []
    if told.paused_by:
        lines.append(Line.of("Paused by").then(Line.who(told.paused_by)).then(".", between=""))
    if told.troubled:
        lines.append(Line.of(f"Marked: {sequence_phrases.marked(told)}."))
    return [*lines, sequence_phrases.begun_by(told.spec)]


def terminated(saying: notification.TerminatedLine) -> Message:
    """Ended without being asked."""
    who = Line.of(f"{words.name(saying.customer)} on {saying.cluster}:").then(Line.who(saying.by))
    number = words.plural(saying.count, "workflow")
    told = who.then(f"TERMINATED {number}: {words.sentence(saying.reason)}")
    return kit.message(told.plain, [kit.section(told.mrkdwn)])


def _open(told: SequenceProgress) -> Message:
    asked = sequence_phrases.asked_days(told.spec)
    headline = (
        f"{_who(told)}: {sequence_phrases.state(told)}.{f' {sequence_phrases.completed(told)}.' if asked else ''}"
    )
    lines = [*_to_come(told), *facts(told)]
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(headline)}*"),
        kit.context("\n".join(line.mrkdwn for line in lines)),
        *buttons.row(buttons.of_sequence(told)),
    ]
    return kit.message(" ".join([headline, *(line.plain for line in lines)]), blocks)


def _to_come(told: SequenceProgress) -> list[Line]:
    window = sequence_phrases.whole(told.spec)
    lines = [Line.of(f"{words.long_range(window)}.")] if window else []
    if told.queued:
        number, size = words.plural(told.queued, "window"), words.days(told.size)
        lines.append(Line.of(f"Still to come: {number} of up to {size}, {words.days(told.queued_days)} in all."))
    return lines


def _over(told: SequenceProgress, by: Overtaken | None) -> Message:
    mark = (
        ":large_green_circle:"
        if sequence_phrases.is_spotless(told)
        else _MARKS.get(told.end or SequenceEnd.CANCELLED)
    )
    marked = f" Marked: {sequence_phrases.marked(told)}." if told.troubled else ""
    line = f"{_who(told)}: {sequence_phrases.ended(told)}.{marked}"
    if by:
        return overtaken(line, by)
    return kit.message(line, [kit.section(f"{kit.escape(line)} {mark}"), *buttons.row(buttons.of_sequence(told))])


def overtaken(line: str, by: Overtaken) -> Message:
    """How it ended or stands, and that nothing is left to be done about it here."""
    since = "Its days have been completed since, by a later run."
    if by.is_unwatched:
        since = "Its cluster is not configured any more, so the bot neither watches nor steers it."
    link = f" {kit.link(by.link, 'Temporal')}" if 0 < len(by.link) <= kit.MAX_URL else ""
    return kit.message(f"{line} {since}", [kit.section(f"{kit.escape(f'{line} {since}')} :white_circle:{link}")])


def _who(told: SequenceProgress) -> str:
    return f"{words.name(told.spec.customer)} on {told.spec.cluster}"
