"""Draws the card of a sequence that has no alert, and the thread line about terminated workflows."""

from dataclasses import replace

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.actions import ActionId
from bot.blocks import (
    buttons,
    doubts,
    kit,
    pictures,
    sequence_pace,
    sequence_phrases,
    words,
)
from bot.blocks.lines import Line
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.confirmed import TerminatedLine
from bot.fleet.notifications.sequence import SequenceCard
from bot.message import Message
from bot.model import Overtaken, Phase, SequenceEnd, SequenceProgress

_MARKS = {
    # A sequence that an earlier version ran may have ended as complete although a count differs.
    SequenceEnd.COMPLETE: doubts.MARK,
    SequenceEnd.IN_DOUBT: doubts.MARK,
    SequenceEnd.INCOMPLETE: ":large_orange_circle:",
    SequenceEnd.STOPPED: ":red_circle:",
    SequenceEnd.CANCELLED: ":white_circle:",
}


def card(notification: SequenceCard) -> Message:
    """The message of a sequence. An open sequence shows its state, details and buttons; an ended one shows one line
    with its windows that are not complete."""
    progress, subject = notification.progress, _subject(notification)
    if progress.phase is not Phase.ENDED:
        if notification.overtaken is not None and notification.overtaken.is_unwatched:
            return outdated_card(f"{subject}: {sequence_phrases.state(progress)}.", notification.overtaken)
        return _open(progress, subject)
    return _ended(progress, subject, notification.overtaken)


def facts(progress: SequenceProgress) -> list[Line]:
    """How far the sequence is, who paused it, which windows are not complete, and who asked for it and why. Alerts
    that the sequence has taken over show the same."""
    lines = sequence_pace.lines(progress)
    if progress.paused_by:
        lines.append(Line.of("Paused by").then(Line.who(progress.paused_by)).then(".", separator=""))
    if progress.troubled:
        lines.append(Line.of(f"Not complete: {sequence_phrases.marked(progress)}."))
    return [*lines, sequence_phrases.requested_by(progress.spec)]


def terminated(line: TerminatedLine) -> Message:
    """Somebody has terminated workflows of a customer."""
    subject = Line.of(f"{words.name(line.customer)} on {line.cluster}:").then(Line.who(line.by))
    number = words.plural(line.count, "workflow")
    text = subject.then(f"terminated {number}: {words.sentence(line.reason)}")
    return kit.message(text.plain, [kit.section(text.mrkdwn)])


def _open(progress: SequenceProgress, subject: str) -> Message:
    headline = f"{subject}: {sequence_phrases.state(progress)}."
    if sequence_phrases.total_requested_days(progress.spec):
        headline += f" {sequence_phrases.completed(progress)}."
    lines = [*_to_come(progress), *facts(progress)]
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(headline)}*"),
        kit.context("\n".join(line.mrkdwn for line in lines)),
        *buttons.row([*buttons.for_sequence(progress), *_notify(progress)]),
    ]
    drawn = kit.message(" ".join([headline, *(line.plain for line in lines)]), blocks)
    return replace(drawn, picture=pictures.sequence(progress))


def _notify(progress: SequenceProgress) -> list[InteractiveElement]:
    """The button that asks for a direct message; none if the sequence will complete no more days."""
    is_ending = progress.phase is Phase.STOPPING or not sequence_phrases.total_requested_days(progress.spec)
    if is_ending:
        return []
    spec = progress.spec
    return buttons.for_target(Target(spec.cluster, spec.customer), ActionId.NOTIFY, campaign=spec.campaign)


def _to_come(progress: SequenceProgress) -> list[Line]:
    window = sequence_phrases.whole(progress.spec)
    lines = [Line.of(f"{words.long_range(window, progress.spec.started_at)}.")] if window else []
    if progress.queued:
        number, size = words.plural(progress.queued, "window"), words.days(progress.size)
        lines.append(Line.of(f"Still to come: {number} of up to {size}, {words.days(progress.queued_days)} in all."))
    return lines


def _ended(progress: SequenceProgress, subject: str, outdated: Overtaken | None) -> Message:
    mark = (
        ":large_green_circle:"
        if sequence_phrases.is_fully_complete(progress)
        else _MARKS.get(progress.end or SequenceEnd.CANCELLED)
    )
    marked = f" Not complete: {sequence_phrases.marked(progress)}." if progress.troubled else ""
    line = f"{subject}: {sequence_phrases.ended(progress)}.{marked}"
    if outdated:
        return outdated_card(line, outdated)
    return kit.message(
        line, [kit.section(f"{kit.escape(line)} {mark}"), *buttons.row(buttons.for_sequence(progress))]
    )


def outdated_card(line: str, outdated: Overtaken) -> Message:
    """A card without buttons, because a later run has completed the days, or because the cluster is not configured
    any more. ``line`` is its state."""
    explanation = "Its days have been completed since, by a later run."
    if outdated.is_unwatched:
        explanation = "Its cluster is not configured any more, so the bot neither watches nor steers it."
    link = f" {kit.link(outdated.link, 'Temporal')}" if 0 < len(outdated.link) <= kit.MAX_URL else ""
    return kit.message(
        f"{line} {explanation}", [kit.section(f"{kit.escape(f'{line} {explanation}')} :white_circle:{link}")]
    )


def _subject(card_: SequenceCard) -> str:
    spec = card_.progress.spec
    campaign = f" in {words.name(card_.campaign)}" if card_.campaign else ""
    return f"{words.name(spec.customer)} on {spec.cluster}{campaign}"
