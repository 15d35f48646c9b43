"""Draws an alert: the state of its run, the progress of the sequence that took the run over, or the end in one
line."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    InteractiveElement,
    Option,
    PlainTextObject,
    StaticSelectElement,
)

from bot.actions import ActionId, EpisodeValue, SnoozeChoice
from bot.blocks import (
    alert_facts,
    buttons,
    children,
    doubts,
    kit,
    pictures,
    sequence_card,
    sequence_phrases,
    suggestions,
    words,
)
from bot.blocks.alert_reasons import WORDS
from bot.blocks.alert_story import child_shown
from bot.blocks.lines import Line
from bot.blocks.mentions import for_whom
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.notifications import notification
from bot.fleet.notifications.mentions import mentions_of_card
from bot.message import Message
from bot.model import AlertReason, Ending, Episode, Health, MoreTime, Phase, SequenceProgress, Window, duration_text

END_WORDS = {
    Ending.COMPLETED: "complete",
    Ending.IN_DOUBT: "in doubt, completed without proof",
    Ending.CANCELLED: "cancelled",
    Ending.TERMINATED: "terminated",
    Ending.FAILED: "failed",
    Ending.CONTINUED: "continued as a new run",
    Ending.GONE: "no longer known to Temporal",
    Ending.INCOMPLETE: "ended with days missing",
    Ending.CUT_SHORT: "cancelled by its sequence",
    Ending.UNWATCHED: "no longer watched (its cluster is not configured any more, or its reason is switched off)",
    Ending.REPLACED: "replaced by another run of its days",
}
_ENDED_WITH_CAMPAIGN = "no longer watched, because its campaign was closed"
_GREEN = ":large_green_circle:"
_MARKS = {
    Ending.COMPLETED: _GREEN,
    Ending.IN_DOUBT: doubts.MARK,
    Ending.CANCELLED: ":white_circle:",
    Ending.TERMINATED: ":black_circle:",
    Ending.FAILED: ":red_circle:",
    Ending.CONTINUED: ":white_circle:",
    Ending.GONE: ":white_circle:",
    Ending.INCOMPLETE: ":large_orange_circle:",
    Ending.CUT_SHORT: ":white_circle:",
    Ending.UNWATCHED: ":white_circle:",
    Ending.RECOVERED: _GREEN,
    Ending.REPLACED: ":white_circle:",
}


def episode(card: notification.EpisodeCard) -> Message:
    """The alert of one episode: headline, facts, who takes care of it, and buttons. One line if the episode has
    ended."""
    alert = card.episode
    if alert.ending:
        return _ended(alert)
    drawn = _taken_over(alert, alert.sequence) if alert.sequence else _open(alert)
    return replace(drawn, blocks=buttons.in_campaign(drawn.blocks, alert.campaign)) if alert.campaign else drawn


def window_suffix(window: Window | None) -> str:
    """The run's days in brackets, so that nobody takes a complete window for a complete customer."""
    return f" ({words.short_range(window)})" if window else ""


def _ended(alert: Episode) -> Message:
    assert alert.ending is not None
    assert alert.ended_at is not None
    took = duration_text(alert.ended_at - alert.opened_at)
    line = f"{_ending_phrase(alert, alert.ending)}, {took} after the alert."
    if alert.ending is Ending.IN_DOUBT and not alert.sequence and alert.customer:
        line += f" {suggestions.command('verify', alert)} proves its days if the counts match."
    if alert.overtaken:
        return sequence_card.outdated_card(line, alert.overtaken)
    mark = _MARKS[alert.ending]
    sequence = alert.sequence
    if mark == _GREEN and sequence and not sequence_phrases.is_fully_complete(sequence):
        mark = doubts.MARK
    link = f" {kit.link(alert.link, 'Temporal')}" if alert.link else ""
    # A sequence that ended without a last report still seems to be open here, and buttons for an open sequence would
    # be wrong.
    actions = buttons.for_sequence(sequence) if sequence and sequence.phase is Phase.ENDED else []
    return kit.message(line, [kit.section(f"{mark} {kit.escape(line)}{link}"), *buttons.suggesting(actions)])


def _ending_phrase(alert: Episode, ending: Ending) -> str:
    """How the alert ended: with the end of the sequence that took it over, or else with the end of its run."""
    subject, sequence = f"{alert.name} on {alert.ref.cluster}", alert.sequence
    ended = how_ended(ending, alert.alert_reason, with_campaign=alert.ended_with_campaign)
    if sequence is None:
        on_attempt = "" if child_shown(alert) else on_which_attempt(alert.alert_reason, alert.attempt)
        return f"{subject}{window_suffix(alert.window)}: {ended}{on_attempt}"
    return f"{subject}: {sequence_phrases.ended(sequence) if sequence.end else ended}"


def how_ended(ending: Ending, reason: AlertReason, *, with_campaign: bool) -> str:
    """How an alert with this reason ended. If ``with_campaign``, the alert ended because its campaign was closed."""
    if with_campaign:
        return _ENDED_WITH_CAMPAIGN
    return WORDS[reason].passed if ending is Ending.RECOVERED else END_WORDS[ending]


def on_which_attempt(reason: AlertReason, attempt: int) -> str:
    """`` on attempt 2``; "" if the reason is not about one attempt."""
    return f" on attempt {attempt}" if attempt and WORDS[reason].of_attempt else ""


def _open(alert: Episode) -> Message:
    reason = WORDS[alert.alert_reason]
    missing = alert_facts.missing(alert.facts)
    lacks = f": {missing}" if missing else ""
    headline = f"{alert.name} on {alert.ref.cluster} {_state(alert)}{_below(alert)}{lacks}."
    facts = [*alert_facts.facts_of(alert), *([suggestions.suggestion(alert)] if alert.customer else [])]
    mention = for_whom(mentions_of_card(alert))
    elements = [*_run_buttons(alert), *_buttons(alert)]
    drawn = _card(
        Line(headline, f"{reason.mark} *{kit.escape(headline)}*"),
        facts,
        [_about_run(alert), *filter(None, [mention]), *_notes(alert)],
        buttons.row(elements) if alert.is_queued else buttons.suggesting(elements),
    )
    return replace(drawn, picture=pictures.attempts(alert))


def _about_run(alert: Episode) -> Line:
    """When the run started; its days, unless the headline names missing days; and its heartbeat timeout, if the alert
    offers a longer timeout."""
    began = "started" if alert.alert_reason in CLOSED_REASONS else "running since"
    at = Line(words.plain_when(alert.started_at), words.when(alert.started_at))
    lead = f"The run {began}" if alert.facts.days else f"{alert_facts.days_of(alert)}, {began}"
    offered = _offered_time(alert)
    timeout = f"Heartbeat timeout: {duration_text(offered.now)}." if offered else ""
    return Line.of(lead).then(at).then(".", separator="").then(timeout)


def _offered_time(alert: Episode) -> MoreTime | None:
    """The longer heartbeat timeout that the alert offers. None if a longer timeout would not help, or if the alert is
    not about a heartbeat timeout."""
    return alert.more_time if alert.alert_reason is AlertReason.HEARTBEAT_TIMEOUT else None


def _taken_over(alert: Episode, sequence: SequenceProgress) -> Message:
    """An open alert that a sequence has taken over. It shows the progress of the sequence."""
    completed = (
        f" {sequence_phrases.completed(sequence)}." if sequence_phrases.total_requested_days(sequence.spec) else ""
    )
    headline = f"{alert.name} on {alert.ref.cluster}: {sequence_phrases.state(sequence)}.{completed}"
    headline_line = Line(headline, f":arrows_counterclockwise: *{kit.escape(headline)}*")
    had_done = WORDS[alert.alert_reason].had_done
    on_attempt = f" (attempt {alert.attempt})" if WORDS[alert.alert_reason].of_attempt else ""
    history = Line.of(f"{had_done[:1].upper()}{had_done[1:]} as one run{on_attempt}; now running as windows.")
    notes = [*sequence_card.facts(sequence), *_notes(alert)]
    elements = [*buttons.for_sequence(sequence), *_buttons(alert)]
    # What goes on by itself needs nobody, so no act is suggested.
    rows = buttons.suggesting(elements) if sequence.paused_by else buttons.row(elements)
    drawn = _card(headline_line, [history], notes, rows)
    return replace(drawn, picture=pictures.sequence(sequence))


def _card(headline: Line, facts: Sequence[Line], notes: Sequence[Line], rows: Sequence[Block]) -> Message:
    blocks: list[Block] = [kit.section("\n".join(line.mrkdwn for line in (headline, *facts)))]
    if notes:
        blocks.append(kit.context("\n".join(note.mrkdwn for note in notes)))
    text = " ".join(filter(None, (line.plain for line in (headline, *facts, *notes))))
    return kit.message(text, [*blocks, *rows])


def _state(alert: Episode) -> str:
    if alert.cancel_requested:
        return "is cancelling"
    reason = WORDS[alert.alert_reason]
    is_in_reason = reason.health is None or alert.health in (reason.health, Health.HEALTHY)
    also = alert.health.value if reason.state.startswith("is ") else f"is {alert.health.value}"
    return reason.state if is_in_reason else f"{reason.state} and {also}"


def _below(alert: Episode) -> str:
    """``, in child Jan 4``: names the child in trouble. "" if no child is in trouble. Also "" if the alert's reason
    is about an attempt, because then the line about attempts names the child."""
    child = child_shown(alert)
    return f", in child {children.name(child)}" if child and not WORDS[alert.alert_reason].of_attempt else ""


def _notes(alert: Episode) -> list[Line]:
    """Says who has acknowledged or snoozed the alert."""
    notes: list[Line] = []
    if alert.acked_by:
        notes.append(Line.of("Acknowledged by").then(Line.who(alert.acked_by)).then(".", separator=""))
    if alert.quiet:
        until = alert.quiet.until
        plain = f"until {words.plain_when(until)}" if until else "until it changes"
        shown = f"until {words.when(until)}" if until else "until it changes"
        snoozed = Line(f"Snoozed {plain}, by", f"Snoozed {shown}, by")
        notes.append(snoozed.then(Line.who(alert.quiet.by)).then(".", separator=""))
    return notes


def _run_buttons(alert: Episode) -> list[InteractiveElement]:
    """The buttons about the run, and then those about its activity."""
    if not alert.customer:
        return []
    of_run = buttons.for_target(suggestions.target_of(alert), *suggestions.acts(alert))
    offered = _offered_time(alert)
    more_time = buttons.more_time(suggestions.target_of(alert), offered) if offered else []
    begins = [ActionId.RESUME] if alert.is_paused else [ActionId.RESET] if alert.can_reset else []
    return [*of_run, *more_time, *buttons.for_target(suggestions.target_of(alert), *begins)]


def _buttons(alert: Episode) -> list[InteractiveElement]:
    value = EpisodeValue(episode=alert.id).model_dump_json()
    elements: list[InteractiveElement] = []
    if not alert.acked_by:
        elements.append(ButtonElement(action_id=ActionId.ACK, text="Acknowledge", value=value))
    options = [
        Option(text=PlainTextObject(text=choice.label), value=choice.value_for(alert.id)) for choice in SnoozeChoice
    ]
    elements.append(StaticSelectElement(action_id=ActionId.SNOOZE, placeholder="Snooze", options=options))
    if alert.link and len(alert.link) <= kit.MAX_URL:
        elements.append(ButtonElement(action_id=ActionId.OPEN, text="Open in Temporal", url=alert.link))
    return elements
