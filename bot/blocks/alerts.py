"""Draws alerts: the message of an episode or a storm, and every line of their threads."""

from collections import Counter

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    InteractiveElement,
    Option,
    PlainTextObject,
    StaticSelectElement,
)

from bot.actions import ActionId, EpisodeValue, SnoozeChoice
from bot.blocks import kit, words
from bot.fleet import sayings
from bot.message import Message
from bot.model import Ending, Episode, Health, Window, duration_text

_ENDINGS = {
    Ending.COMPLETED: ("COMPLETE", ":large_green_circle:"),
    Ending.CANCELLED: ("CANCELLED", ":white_circle:"),
    Ending.TERMINATED: ("TERMINATED", ":black_circle:"),
    Ending.FAILED: ("FAILED", ":red_circle:"),
    Ending.CONTINUED: ("continued as a new run", ":white_circle:"),
    Ending.GONE: ("no longer known to Temporal", ":white_circle:"),
}


def episode(saying: sayings.EpisodeCard) -> Message:
    """How one episode stands: headline, facts, who is on it, buttons. Over: one line."""
    told = saying.episode
    return _over(told) if told.ending else _standing(told)


def storm(saying: sayings.StormCard) -> Message:
    """Many at once: what that may mean, and who."""
    count = len(saying.names)
    if saying.over == count:
        return _storm_over(saying)
    rest = f" {saying.over} of them {'is' if saying.over == 1 else 'are'} over." if saying.over else ""
    headline = f"{count} backfills on {saying.cluster} began to struggle at once.{rest}"
    advice = "So many at once is rarely about one customer: look at the workers first. One line each in the thread."
    runs = Counter(saying.names)
    names = ", ".join(name if number == 1 else f"{name} ({number})" for name, number in runs.items())
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(headline)}*"),
        kit.section(f"{advice}\n{kit.escape(kit.clip(names, 1_200))}"),
    ]
    return kit.message(f"{headline} {advice} {names}", blocks)


def _storm_over(saying: sayings.StormCard) -> Message:
    """One line; green only where everything ended well."""
    count = len(saying.names)
    told, mark = f"over, {saying.completed or 'none'} of them complete", ":white_circle:"
    if saying.completed == count:
        told, mark = "complete", ":large_green_circle:"
    line = f"{saying.cluster}: all {count} backfills that struggled together are {told}."
    return kit.message(line, [kit.section(f"{kit.escape(line)} {mark}")])


def attempts(saying: sayings.AttemptsLine) -> Message:
    """One or more attempts ended."""
    lines = [_unseen(saying)] if saying.last > saying.first else []
    why = words.failure(saying.failure) if saying.failure else "ended; its failure was not seen"
    lines.append(f"{saying.name}, attempt {saying.last}: {why}.")
    if saying.progress:
        lines.append(f"Last seen at {saying.progress}.")
    if saying.next_attempt:
        lines.append(f"Attempt {saying.next_attempt} follows.")
    return _line(" ".join(lines))


def _unseen(saying: sayings.AttemptsLine) -> str:
    first, last = saying.first, saying.last - 1
    which = f"attempt {first}" if first == last else f"attempts {first} to {last}"
    return f"{saying.name}, {which}: ended before the bot looked; Temporal keeps only the last failure."


def ack(saying: sayings.AckLine) -> Message:
    """Somebody has taken it on."""
    return _by(f"{saying.name}: acknowledged by", saying.by, "Reminders stop.")


def snooze(saying: sayings.SnoozeLine) -> Message:
    """Quiet, and how long."""
    if saying.until is None:
        return _by(f"{saying.name}: snoozed by", saying.by, "Quiet until it changes.")
    plain = f"Quiet until {words.plain_when(saying.until)}."
    return _by(f"{saying.name}: snoozed by", saying.by, plain, f"Quiet until {words.when(saying.until)}.")


def cancel(saying: sayings.CancelLine) -> Message:
    """A cancel is on its way."""
    return _line(f"{saying.name}: a cancel was requested. It is cancelling until Temporal says closed.")


def reminder(saying: sayings.ReminderLine) -> Message:
    """Still there."""
    why = "The snooze is over" if saying.after_snooze else "Nobody has acknowledged this"
    since = words.plain_when(saying.opened_at)
    return _line(f"{saying.name} is still struggling, on attempt {saying.attempt}, since {since}. {why}.")


def end(saying: sayings.EndLine) -> Message:
    """How it ended."""
    word, _ = _ENDINGS[saying.ending]
    took = duration_text(saying.ended_at - saying.opened_at)
    return _line(f"{saying.name}{_of(saying.window)}: {word} on attempt {saying.attempt}, {took} after the alert.")


def _of(window: Window | None) -> str:
    """Which of a customer's runs; a window that is complete must not read as a customer that is."""
    return f" ({words.short_range(window)})" if window else ""


def _over(told: Episode) -> Message:
    assert told.ending is not None
    assert told.ended_at is not None
    word, mark = _ENDINGS[told.ending]
    took = duration_text(told.ended_at - told.opened_at)
    who = f"{told.name} on {told.ref.cluster}{_of(told.window)}"
    line = f"{who}: {word} on attempt {told.attempt}, {took} after the alert."
    link = f" <{kit.escape_code(told.link)}|Temporal>" if told.link else ""
    return kit.message(line, [kit.section(f"{kit.escape(line)} {mark}{link}")])


def _standing(told: Episode) -> Message:
    headline = f"{told.name} on {told.ref.cluster} is {_how(told)}: attempt {told.attempt}."
    facts = _facts(told)
    notes = _notes(told)
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(headline)}* :warning:"),
        kit.section(
            "\n".join(kit.escape(fact) for fact in facts) + f"\nRunning since {words.when(told.started_at)}."
        ),
    ]
    if notes:
        blocks.append(kit.context("\n".join(mrkdwn for _, mrkdwn in notes)))
    blocks.append(_buttons(told))
    since = f"Running since {words.plain_when(told.started_at)}."
    return kit.message(" ".join([headline, *facts, since, *(plain for plain, _ in notes)]), blocks)


def _how(told: Episode) -> str:
    if told.cancel_requested:
        return "cancelling"
    return "struggling" if told.health is Health.STRUGGLING else f"struggling and {told.health.value}"


def _facts(told: Episode) -> list[str]:
    facts = [f"Range: {words.long_range(told.window)}." if told.window else "Its range was not recognised."]
    if told.last_failure:
        reached = f" Attempt {told.attempt - 1} was last seen at {told.reached}." if told.reached else ""
        facts.append(f"Last failure: {words.failure(told.last_failure)}.{reached}")
    if told.progress and told.progress != told.reached:
        facts.append(f"Last heartbeat: {told.progress}.")
    return facts


def _notes(told: Episode) -> list[tuple[str, str]]:
    """Who is on it, as plain text and as mrkdwn."""
    notes: list[tuple[str, str]] = []
    if told.acked_by:
        notes.append((f"Acknowledged by {told.acked_by}.", f"Acknowledged by <@{told.acked_by}>."))
    if told.quiet:
        until = told.quiet.until
        plain = f"until {words.plain_when(until)}" if until else "until it changes"
        shown = f"until {words.when(until)}" if until else "until it changes"
        notes.append((f"Snoozed {plain}, by {told.quiet.by}.", f"Snoozed {shown}, by <@{told.quiet.by}>."))
    return notes


def _buttons(told: Episode) -> ActionsBlock:
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
    return ActionsBlock(elements=elements)


def _line(plain: str) -> Message:
    return kit.message(plain, [kit.section(kit.escape(plain))])


def _by(lead: str, user: str, rest: str, rest_mrkdwn: str = "") -> Message:
    shown = f"{kit.escape(lead)} <@{user}>. {rest_mrkdwn or kit.escape(rest)}"
    return kit.message(f"{lead} {user}. {rest}", [kit.section(shown)])
