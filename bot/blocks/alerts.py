"""Draws an alert: how its run stands, how the sequence that took it over does, or in one line how it ended."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    InteractiveElement,
    Option,
    PlainTextObject,
    StaticSelectElement,
)

from bot.actions import ActionId, EpisodeValue, SnoozeChoice
from bot.blocks import buttons, kit, progress, sequence_card, words
from bot.blocks.lines import Line
from bot.fleet import sayings
from bot.fleet.directory import Target
from bot.message import Message
from bot.model import Ending, Episode, Health, Phase, SequenceProgress, Window, duration_text

END_WORDS = {
    Ending.COMPLETED: "COMPLETE",
    Ending.CANCELLED: "CANCELLED",
    Ending.TERMINATED: "TERMINATED",
    Ending.FAILED: "FAILED",
    Ending.CONTINUED: "continued as a new run",
    Ending.GONE: "no longer known to Temporal",
    Ending.INCOMPLETE: "INCOMPLETE, ended with days missing",
    Ending.CUT_SHORT: "CANCELLED by its sequence",
    Ending.UNWATCHED: "no longer watched (its cluster is not configured any more)",
}
_GREEN = ":large_green_circle:"
_MARKS = {
    Ending.COMPLETED: _GREEN,
    Ending.CANCELLED: ":white_circle:",
    Ending.TERMINATED: ":black_circle:",
    Ending.FAILED: ":red_circle:",
    Ending.CONTINUED: ":white_circle:",
    Ending.GONE: ":white_circle:",
    Ending.INCOMPLETE: ":large_orange_circle:",
    Ending.CUT_SHORT: ":white_circle:",
    Ending.UNWATCHED: ":white_circle:",
}


def episode(saying: sayings.EpisodeCard) -> Message:
    """How one episode stands: headline, facts, who is on it, buttons. Over: one line."""
    told = saying.episode
    if told.ending:
        return _over(told)
    return _handed_over(told, told.sequence) if told.sequence else _standing(told)


def of(window: Window | None) -> str:
    """Which of a customer's runs; a window that is complete must not read as a customer that is."""
    return f" ({words.short_range(window)})" if window else ""


def _over(told: Episode) -> Message:
    assert told.ending is not None
    assert told.ended_at is not None
    took = duration_text(told.ended_at - told.opened_at)
    line = f"{_how_it_ended(told, told.ending)}, {took} after the alert."
    if told.overtaken:
        return sequence_card.overtaken(line, told.overtaken)
    mark = _MARKS[told.ending]
    sequence = told.sequence
    if mark == _GREEN and sequence and not progress.is_spotless(sequence):
        mark = ":warning:"
    link = f" {kit.link(told.link, 'Temporal')}" if told.link else ""
    # What was ended without a word has its last word from before, and is not to be steered by it.
    offered = buttons.of_sequence(sequence) if sequence and sequence.phase is Phase.ENDED else []
    return kit.message(line, [kit.section(f"{kit.escape(line)} {mark}{link}"), *buttons.row(offered)])


def _how_it_ended(told: Episode, ending: Ending) -> str:
    """Of a customer whose sequence took it over; else of the one run it was opened for."""
    who, sequence = f"{told.name} on {told.ref.cluster}", told.sequence
    if sequence is None:
        return f"{who}{of(told.window)}: {END_WORDS[ending]} on attempt {told.attempt}"
    return f"{who}: {progress.ended(sequence) if sequence.end else END_WORDS[ending]}"


def _standing(told: Episode) -> Message:
    headline = f"{told.name} on {told.ref.cluster} is {_how(told)}: attempt {told.attempt}."
    since = Line(
        f"Running since {words.plain_when(told.started_at)}.", f"Running since {words.when(told.started_at)}."
    )
    offered = buttons.about(_target(told), ActionId.SPLIT, ActionId.CANCEL) if told.customer else []
    return _card(
        Line(headline, f"*{kit.escape(headline)}* :warning:"),
        [*_facts(told), since],
        _notes(told),
        [*offered, *_buttons(told)],
    )


def _handed_over(told: Episode, sequence: SequenceProgress) -> Message:
    """The alert is still open; what is told is how its windows do."""
    completed = f" {progress.completed(sequence)}." if progress.asked_days(sequence.spec) else ""
    headline = f"{told.name} on {told.ref.cluster}: {progress.state(sequence)}.{completed}"
    first = Line(headline, f"*{kit.escape(headline)}* :arrows_counterclockwise:")
    before = Line.of(f"It had struggled up to attempt {told.attempt}, and a sequence of windows has taken it over.")
    notes = [*sequence_card.facts(sequence), *_notes(told)]
    return _card(first, [before], notes, [*buttons.of_sequence(sequence), *_buttons(told)])


def _card(
    first: Line, facts: Sequence[Line], notes: Sequence[Line], offered: Sequence[InteractiveElement]
) -> Message:
    blocks: list[Block] = [kit.section(first.mrkdwn), kit.section("\n".join(fact.mrkdwn for fact in facts))]
    if notes:
        blocks.append(kit.context("\n".join(note.mrkdwn for note in notes)))
    text = " ".join(line.plain for line in (first, *facts, *notes))
    return kit.message(text, [*blocks, *buttons.row(offered)])


def _how(told: Episode) -> str:
    if told.cancel_requested:
        return "cancelling"
    return "struggling" if told.health is Health.STRUGGLING else f"struggling and {told.health.value}"


def _facts(told: Episode) -> list[Line]:
    facts = [f"Range: {words.long_range(told.window)}." if told.window else "Its range was not recognised."]
    if told.last_failure:
        reached = f" Attempt {told.attempt - 1} was last seen at {told.reached}." if told.reached else ""
        facts.append(f"Last failure: {words.failure(told.last_failure)}.{reached}")
    if told.progress and told.progress != told.reached:
        facts.append(f"Last heartbeat: {told.progress}.")
    return [Line.of(fact) for fact in facts]


def _notes(told: Episode) -> list[Line]:
    """Who is on it."""
    notes: list[Line] = []
    if told.acked_by:
        notes.append(Line.of("Acknowledged by").then(Line.who(told.acked_by)).then(".", between=""))
    if told.quiet:
        until = told.quiet.until
        plain = f"until {words.plain_when(until)}" if until else "until it changes"
        shown = f"until {words.when(until)}" if until else "until it changes"
        snoozed = Line(f"Snoozed {plain}, by", f"Snoozed {shown}, by")
        notes.append(snoozed.then(Line.who(told.quiet.by)).then(".", between=""))
    return notes


def _buttons(told: Episode) -> list[InteractiveElement]:
    value = EpisodeValue(episode=told.id).model_dump_json()
    elements: list[InteractiveElement] = []
    if not told.acked_by:
        elements.append(ButtonElement(action_id=ActionId.ACK, text="Acknowledge", value=value))
    options = [
        Option(text=PlainTextObject(text=choice.label), value=choice.value_for(told.id)) for choice in SnoozeChoice
    ]
    elements.append(StaticSelectElement(action_id=ActionId.SNOOZE, placeholder="Snooze", options=options))
    if told.link and len(told.link) <= kit.MAX_URL:
        elements.append(ButtonElement(action_id=ActionId.OPEN, text="Open in Temporal", url=told.link))
    return elements


def _target(told: Episode) -> Target:
    return Target(told.ref.cluster, told.customer)
