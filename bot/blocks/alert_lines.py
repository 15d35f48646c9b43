"""Draws the lines of an alert's thread: what happened to the run, and what people did about it."""

from bot.blocks import kit, words
from bot.blocks.alert_reasons import WORDS
from bot.blocks.alerts import END_WORDS, of
from bot.blocks.lines import Line
from bot.fleet.notifications import notification
from bot.message import Message
from bot.model import Ending, duration_text


def attempts(saying: notification.AttemptsLine) -> Message:
    """One or more attempts ended."""
    lines = [_alike(saying)] if saying.alike else []
    if saying.last > saying.first:
        lines.append(_unseen(saying))
    why = words.failure(saying.failure) if saying.failure else "ended; its failure was not seen"
    lines.append(f"{saying.name}, attempt {saying.last}: {why}.")
    if saying.progress:
        lines.append(f"Last seen at {saying.progress}.")
    if saying.next_attempt:
        lines.append(f"Attempt {saying.next_attempt} follows.")
    return _line(" ".join(lines))


def _alike(saying: notification.AttemptsLine) -> str:
    first = saying.first - saying.alike
    return f"{saying.name}, {_which(first, saying.first - 1)}: ended as attempt {first - 1} did."


def _unseen(saying: notification.AttemptsLine) -> str:
    which = _which(saying.first, saying.last - 1)
    return f"{saying.name}, {which}: ended before the bot looked; Temporal keeps only the last failure."


def _which(first: int, last: int) -> str:
    return f"attempt {first}" if first == last else f"attempts {first} to {last}"


def ack(saying: notification.AckLine) -> Message:
    """Somebody has taken it on."""
    return _by(f"{saying.name}: acknowledged by", saying.by, Line.of("Reminders stop."))


def snooze(saying: notification.SnoozeLine) -> Message:
    """Somebody wants quiet, and for how long."""
    until = Line.of("Quiet until it changes.")
    if saying.until is not None:
        plain, shown = words.plain_when(saying.until), words.when(saying.until)
        until = Line(f"Quiet until {plain}.", f"Quiet until {shown}.")
    return _by(f"{saying.name}: snoozed by", saying.by, until)


def cancel(saying: notification.CancelLine) -> Message:
    """Somebody has requested a cancel."""
    return _line(f"{saying.name}: a cancel was requested. It is cancelling until Temporal says closed.")


def reminder(saying: notification.ReminderLine) -> Message:
    """A snooze is over, or nobody has answered yet."""
    why = "The snooze is over" if saying.after_snooze else "Nobody has acknowledged this"
    since, doing = words.plain_when(saying.opened_at), WORDS[saying.alert_reason].is_doing
    return _line(f"{saying.name} is still {doing}, on attempt {saying.attempt}, since {since}. {why}.")


def end(saying: notification.EndLine) -> Message:
    """How it ended."""
    took = duration_text(saying.ended_at - saying.opened_at)
    attempt = "" if saying.ending is Ending.INCOMPLETE else f" on attempt {saying.attempt}"
    return _line(f"{saying.name}{of(saying.window)}: {END_WORDS[saying.ending]}{attempt}, {took} after the alert.")


def _line(plain: str) -> Message:
    return kit.message(plain, [kit.section(kit.escape(plain))])


def _by(lead: str, user: str, rest: Line) -> Message:
    line = Line.of(lead).then(Line.who(user)).then(".", between="").then(rest)
    return kit.message(line.plain, [kit.section(line.mrkdwn)])
