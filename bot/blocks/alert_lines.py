"""Draws the lines in an alert's thread: what happened to the run, and what people did about it."""

from dataclasses import replace

from bot.blocks import alert_facts, heartbeats, kit, words
from bot.blocks import children as child_words
from bot.blocks.alert_reasons import WORDS
from bot.blocks.alerts import how_ended, on_which_attempt, window_suffix
from bot.blocks.lines import Line
from bot.blocks.mentions import for_whom
from bot.fleet.notifications import notification
from bot.fleet.notifications.calls import MentionLine
from bot.message import Message
from bot.model import Ending, duration_text


def attempts(line: notification.AttemptsLine) -> Message:
    """One or more attempts have failed."""
    if line.child:
        line = replace(line, name=f"{line.name}, child {child_words.name(line.child)}")
    lines = [_repeated_attempts(line)] if line.alike else []
    if line.last > line.first:
        lines.append(_unseen_attempts(line))
    why = words.failure(line.failure) if line.failure else "ended; its failure was not seen"
    lines.append(f"{line.name}, attempt {line.last}: {why}.")
    if line.progress:
        lines.append(f"It reached {heartbeats.reached(line.progress)}.")
    if line.next_attempt:
        lines.append(f"Attempt {line.next_attempt} follows.")
    return _line(" ".join(lines))


def children(line: notification.ChildrenLine) -> Message:
    """The trouble that the alert is about has spread: more of the workflows below the run have it than before."""
    return _line(f"{line.name}: {child_words.in_trouble(line.children)}.")


def reason(line: notification.ReasonLine) -> Message:
    """The alert has another reason than before."""
    state = WORDS[line.alert_reason].state
    facts = alert_facts.because(line.alert_reason, line.facts)
    plain = " ".join([f"{line.name} now {state}.", *(fact.plain for fact in facts)])
    mrkdwn = " ".join([kit.escape(f"{line.name} now {state}."), *(fact.mrkdwn for fact in facts)])
    return kit.message(plain, [kit.section(mrkdwn)])


def _repeated_attempts(line: notification.AttemptsLine) -> str:
    first = line.first - line.alike
    return f"{line.name}, {_attempt_range(first, line.first - 1)}: ended as attempt {first - 1} did."


def _unseen_attempts(line: notification.AttemptsLine) -> str:
    attempts = _attempt_range(line.first, line.last - 1)
    return f"{line.name}, {attempts}: ended before the bot looked; Temporal keeps only the last failure."


def _attempt_range(first: int, last: int) -> str:
    return f"attempt {first}" if first == last else f"attempts {first} to {last}"


def ack(line: notification.AckLine) -> Message:
    """Somebody has acknowledged the alert, or several of this thread at once."""
    return _person_line(f"{_with_others(line)}: acknowledged by", line.by, Line.of("Reminders stop."))


def snooze(line: notification.SnoozeLine) -> Message:
    """Somebody has snoozed the alert, or several of this thread at once."""
    until = Line.of("Quiet until it changes.")
    if line.until is not None:
        plain, shown = words.plain_when(line.until), words.when(line.until)
        until = Line(f"Quiet until {plain}.", f"Quiet until {shown}.")
    return _person_line(f"{_with_others(line)}: snoozed by", line.by, until)


def _with_others(line: notification.AckLine | notification.SnoozeLine) -> str:
    """``hilton``, or ``hilton and 7 others``."""
    return f"{line.name} and {words.plural(line.others, 'other')}" if line.others else line.name


def cancel(line: notification.CancelLine) -> Message:
    """Somebody has requested a cancel."""
    return _line(f"{line.name}: cancel requested; it is ending.")


def reminder(line: notification.ReminderLine) -> Message:
    """The alert still needs somebody: a snooze is over, or nobody has acknowledged the alert yet."""
    why = "The snooze is over" if line.after_snooze else "Nobody has acknowledged this"
    if line.others:
        others = f"{words.plural(line.others, 'other')} in this thread"
        why += f", also for {others}" if line.after_snooze else f" and {others}"
    since, reason_words = words.plain_when(line.opened_at), WORDS[line.alert_reason]
    on_attempt = f", on attempt {line.attempt}{child_words.of_child(line.child)}" if reason_words.of_attempt else ""
    return _line(f"{line.name} {reason_words.still}{on_attempt}, since {since}. {why}.")


def mention(line: MentionLine) -> Message:
    """People are called, because nobody has answered the alert."""
    reason_words = WORDS[line.alert_reason]
    lead = f"{line.names[0]} on {line.cluster} {reason_words.still}, since"
    if len(line.names) > 1:
        lead = f"{len(line.names)} backfills on {line.cluster} {reason_words.began}, the first at"
    since = Line(words.plain_when(line.opened_at), words.when(line.opened_at))
    text = Line.of(lead).then(since).then(". Nobody has acknowledged this.", separator="")
    called = for_whom(line.mention)
    return _drawn(text.then(called) if called else text)


def end(line: notification.EndLine) -> Message:
    """The alert has ended."""
    took = duration_text(line.ended_at - line.opened_at)
    is_of_attempt = line.ending is not Ending.INCOMPLETE
    attempt = on_which_attempt(line.alert_reason, line.attempt) if is_of_attempt else ""
    ended = how_ended(line.ending, line.alert_reason, with_campaign=line.ended_with_campaign)
    return _line(f"{line.name}{window_suffix(line.window)}: {ended}{attempt}, {took} after the alert.")


def _line(plain: str) -> Message:
    return kit.message(plain, [kit.section(kit.escape(plain))])


def _person_line(lead: str, user: str, rest: Line) -> Message:
    return _drawn(Line.of(lead).then(Line.who(user)).then(".", separator="").then(rest))


def _drawn(text: Line) -> Message:
    return kit.message(text.plain, [kit.section(text.mrkdwn)])
