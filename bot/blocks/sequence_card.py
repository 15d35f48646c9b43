"""Draws the card of a sequence that has no alert, and the thread line about terminated workflows."""

from collections.abc import Mapping
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
from bot.blocks.moments import moment
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.confirmed import TerminatedLine
from bot.fleet.notifications.sequence import SequenceCard
from bot.message import Message
from bot.model import Overtaken, Phase, SequenceEnd, SequenceProgress, WindowEnd

_MARKS = {
    # A sequence that an earlier version ran may have ended as complete although a count differs.
    SequenceEnd.COMPLETE: doubts.MARK,
    SequenceEnd.IN_DOUBT: doubts.MARK,
    SequenceEnd.INCOMPLETE: ":large_orange_circle:",
    SequenceEnd.STOPPED: ":red_circle:",
    SequenceEnd.CANCELLED: ":white_circle:",
}
_RUN_MISSING = "run what is missing. Complete days are not run again, and rows already written stay."
_SMALLER = "see in Temporal why, then run what is missing in smaller windows. Rows already written stay."
# What a person should do; nothing after a cancel, because that was wanted.
_ADVICE: Mapping[SequenceEnd | None, str] = {
    SequenceEnd.STOPPED: f"remove this cause, then {_RUN_MISSING}",
    SequenceEnd.INCOMPLETE: _RUN_MISSING,
    SequenceEnd.IN_DOUBT: "verify, which counts the rows and changes nothing. If they differ, run what is missing.",
}


def card(notification: SequenceCard) -> Message:
    """The message of a sequence. An open sequence shows its state, details and buttons; an ended one shows how it
    ended, which windows are not complete, and what to do about them."""
    progress, subject = notification.progress, _subject(notification)
    if progress.phase is not Phase.ENDED:
        if notification.overtaken is not None and notification.overtaken.is_unwatched:
            return outdated_card(f"{subject}: {sequence_phrases.state(progress)}.", notification.overtaken)
        return _open(notification, subject)
    return _ended(notification, subject)


def facts(progress: SequenceProgress) -> list[Line]:
    """How far the sequence is, who paused it, which windows are not complete, and who asked for it and why. Alerts
    that the sequence has taken over show the same."""
    lines = sequence_pace.lines(progress)
    if progress.paused_by:
        lines.append(_paused(progress))
    if progress.troubled:
        lines.append(Line.of(f"Not complete: {sequence_phrases.marked(progress)}."))
    return [*lines, sequence_phrases.requested_by(progress.spec)]


def terminated(line: TerminatedLine) -> Message:
    """Somebody has terminated workflows of a customer."""
    subject = Line.of(f"{words.name(line.customer)} on {line.cluster}:").then(Line.who(line.by))
    number = words.plural(line.count, "workflow")
    text = subject.then(f"terminated {number}: {words.sentence(line.reason)}")
    return kit.message(text.plain, [kit.section(text.mrkdwn)])


def _open(notification: SequenceCard, subject: str) -> Message:
    progress = notification.progress
    mark = ":double_vertical_bar:" if progress.paused_by else ":arrows_counterclockwise:"
    headline = f"{subject}: {sequence_phrases.state(progress)}."
    if sequence_phrases.total_requested_days(progress.spec):
        headline += f" {sequence_phrases.completed(progress)}."
    lines = [*_to_come(progress), *facts(progress)]
    elements = [*buttons.for_sequence(progress), *_notify(progress)]
    blocks: list[Block] = [
        kit.section(f"{mark} *{kit.escape(headline)}*{_temporal(notification.link)}"),
        kit.context("\n".join(line.mrkdwn for line in lines)),
        # What goes on by itself needs nobody, so no act is suggested.
        *(buttons.suggesting(elements) if progress.paused_by else buttons.row(elements)),
    ]
    drawn = kit.message(" ".join(filter(None, [headline, *(line.plain for line in lines)])), blocks)
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


def _ended(notification: SequenceCard, subject: str) -> Message:
    """One line if all days are complete. Otherwise what is missing, why, and what to do about it."""
    progress, outdated = notification.progress, notification.overtaken
    headline = f"{subject}: {sequence_phrases.ended(progress)}."
    marked = _why_incomplete(progress) if progress.troubled else ""
    if outdated:
        return outdated_card(" ".join(filter(None, [headline, marked])), outdated)
    if sequence_phrases.is_fully_complete(progress):
        return kit.message(headline, [kit.section(f":large_green_circle: {kit.escape(headline)}")])
    mark, advice = _MARKS.get(progress.end or SequenceEnd.CANCELLED), _advice(progress)
    suggestion = Line(f"Suggested: {advice}", f"*Suggested:* {kit.escape(advice)}") if advice else Line("", "")
    lines = [
        Line(headline, f"{mark} *{kit.escape(headline)}*{_temporal(notification.link)}"),
        Line.of(marked),
        suggestion,
    ]
    elements = buttons.for_sequence(progress)
    return kit.message(
        " ".join(filter(None, (line.plain for line in lines))),
        [
            kit.section("\n".join(filter(None, (line.mrkdwn for line in lines)))),
            *(buttons.suggesting(elements) if advice else buttons.row(elements)),
        ],
    )


def _why_incomplete(progress: SequenceProgress) -> str:
    """The windows that are not complete and why, and the days that were not started because of them."""
    marked = sequence_phrases.marked(progress)
    if progress.end is not SequenceEnd.STOPPED or not progress.left:
        return f"Not complete: {marked}."
    left = words.plural(progress.queued, "later window")
    return f"{marked}, so {left} {'was' if progress.queued == 1 else 'were'} not started."


def _advice(progress: SequenceProgress) -> str | None:
    """What a person should do; None if nothing."""
    is_timeout = any("timeout" in window.note for window in progress.troubled if window.end is WindowEnd.FAILED)
    return _SMALLER if progress.end is SequenceEnd.STOPPED and is_timeout else _ADVICE.get(progress.end)


def _paused(progress: SequenceProgress) -> Line:
    """Who paused the sequence, when and why, and what that means."""
    pause, by = progress.pause, Line.of("Paused by").then(Line.who(progress.paused_by))
    if pause and pause.at:
        at = moment(pause.at)
        by = by.then(Line(f"({at.plain})", f"({at.mrkdwn})"))
    why = f": {words.sentence(pause.reason)}" if pause and pause.reason else "."
    stays = "No further window starts" if progress.running else "Nothing runs"
    return by.then(why, separator="").then(f"{stays} until somebody resumes it.")


def _temporal(link: str) -> str:
    return f" {kit.link(link, 'Temporal')}" if 0 < len(link) <= kit.MAX_URL else ""


def outdated_card(line: str, outdated: Overtaken) -> Message:
    """A card without buttons, because a later run has completed the days, or because the cluster is not configured
    any more. ``line`` is its state."""
    explanation = "Its days have been completed since, by a later run."
    if outdated.is_unwatched:
        explanation = "Its cluster is not configured any more, so the bot neither watches nor steers it."
    text = f"{line} {explanation}"
    return kit.message(text, [kit.section(f":white_circle: {kit.escape(text)}{_temporal(outdated.link)}")])


def _subject(card_: SequenceCard) -> str:
    spec = card_.progress.spec
    campaign = f" in {words.name(card_.campaign)}" if card_.campaign else ""
    return f"{words.name(spec.customer)} on {spec.cluster}{campaign}"
