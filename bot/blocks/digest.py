"""Draws the digest: what has changed, the table of clusters, what is struggling, and when all will be complete."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block

from bot.blocks import kit, pictures, words
from bot.blocks.alert_reasons import WORDS
from bot.commands import SLASH
from bot.fleet.notifications.notification import DigestCard
from bot.fleet.status.digest import Digest, FleetEta, OpenSequence, StrugglingRun
from bot.fleet.status.snapshot import News
from bot.message import Message

NAMES_SHOWN = 15
SEQUENCES_SHOWN = 15


def card(notification: DigestCard) -> Message:
    """The scheduled digest. It has only one line if nothing has changed."""
    digest = notification.digest
    if digest.news.since is not None and digest.news.is_empty and not digest.silent and not digest.half_known:
        line = " ".join([_unchanged_line(digest), *_older(digest)])
        return kit.message(line, [kit.section(kit.escape(line))])
    return render(digest)


def render(result: Digest) -> Message:
    """The whole digest."""
    headline = _headline(result)
    range_line = words.long_range(result.range, result.at)
    news = _news_lines(result.news)
    table = kit.aligned(
        ("Cluster", "Complete", "Open"), [(line.name, line.stands, line.open) for line in result.clusters]
    )
    linked = [*map(_struggling_line, result.struggling), *_sequence_lines(result.sequences)]
    eta = _eta_text(result.eta)
    silent = [f"{name} did not answer: its customers are unknown." for name in result.silent]
    silent += [
        f"What is unknown on {name} may be complete: not all past runs are known." for name in result.half_known
    ]
    silent += _older(result)
    name = f"Digest of {words.name(result.campaign)}" if result.campaign else "Digest"
    blocks: list[Block] = [
        kit.section(f"*{kit.escape(name)}: {kit.escape(headline)}*\n{kit.escape(range_line)}"),
        *kit.sections([kit.escape(line) for line in [*news, *silent]]),
        *kit.preformatted(table.splitlines()),
        *kit.sections([mrkdwn for _, mrkdwn in linked]),
        kit.context(kit.escape(eta)),
    ]
    plain = [f"{name}: {headline} {range_line}.", *news, *silent, table, *(text for text, _ in linked), eta]
    return replace(kit.message("\n".join(plain), blocks), picture=pictures.progress(result.progress))


def _unchanged_line(digest: Digest) -> str:
    assert digest.news.since is not None
    count = len(digest.struggling)
    struggling = f" {words.plural(count, 'alert')} still open." if count else ""
    name = f"Digest of {words.name(digest.campaign)}" if digest.campaign else "Digest"
    return f"{name}: nothing has changed since {words.plain_when(digest.news.since)}. {_headline(digest)}{struggling}"


def _older(digest: Digest) -> list[str]:
    """The number of failures older than alerts about failures. Only the first digest after these alerts began has
    it."""
    number = digest.older_failures
    if not number:
        return []
    verb = "is" if number == 1 else "are"
    return [f"{words.plural(number, 'older failure')} {verb} not alerted: {SLASH} status shows them."]


def _headline(digest: Digest) -> str:
    """``90 of 95 customers complete.``, ``At least 90 of 95 customers complete, 4 unknown.``"""
    text = words.completeness(digest.complete, digest.total, digest.unknown)
    others = ("in doubt", digest.in_doubt), ("unknown", digest.unknown)
    return ", ".join([text, *(f"{number:,} {word}" for word, number in others if number)]) + "."


def _news_lines(news: News) -> list[str]:
    if news.since is None:
        return ["This is the first digest: there is nothing to compare with yet."]
    lines = [f"Since {words.plain_when(news.since)}:"]
    for word, names in (("finished", news.finished), ("started", news.started), ("failed", news.failed)):
        if names:
            lines.append(f"{len(names)} {word}: {_listed(names)}.")
    if news.windows_done:
        lines.append(f"{words.plural(news.windows_done, 'window')} completed.")
    return lines if len(lines) > 1 else [f"Nothing has changed since {words.plain_when(news.since)}."]


def _struggling_line(run: StrugglingRun) -> tuple[str, str]:
    reason = WORDS[run.reason]
    state = f"{run.health.value}, attempt {run.attempt}" if reason.of_attempt else reason.state
    text = f"{run.cluster}/{run.name}: {state}."
    link = f" {kit.link(run.link, 'Thread')}" if run.link else ""
    return text, kit.escape(text) + link


def _sequence_lines(sequences: Sequence[OpenSequence]) -> list[tuple[str, str]]:
    """A line for each sequence that waits for a person, and a single line for all other sequences."""
    waiting = [sequence for sequence in sequences if sequence.paused_by or sequence.marked or not sequence.answers]
    going_on = [
        f"{sequence.name} {sequence.closed:,} of {sequence.total:,}{_skipped_suffix(sequence)}"
        for sequence in sequences
        if sequence not in waiting
    ]
    lines = [_waiting_line(sequence) for sequence in waiting[:SEQUENCES_SHOWN]]
    if len(waiting) > SEQUENCES_SHOWN:
        going_on.append(f"{len(waiting) - SEQUENCES_SHOWN} that wait for somebody")
    if going_on:
        text = f"Windows done by sequences: {_listed(going_on)}."
        lines.append((text, kit.escape(text)))
    return lines


def _skipped_suffix(sequence: OpenSequence) -> str:
    return f" ({words.days(sequence.skipped_days)} skipped)" if sequence.skipped_days else ""


def _waiting_line(sequence: OpenSequence) -> tuple[str, str]:
    parts = [f"{sequence.closed:,} of {words.plural(sequence.total, 'window')} done"]
    if not sequence.answers:
        parts = ["its driver does not answer"]
    if sequence.paused_by:
        parts.append(f"paused by {words.name(sequence.paused_by)}")
    if sequence.skipped_days:
        parts.append(f"{words.days(sequence.skipped_days)} skipped")
    if sequence.marked:
        parts.append(f"{sequence.marked:,} marked")
    text = f"{sequence.name}: {', '.join(parts)}."
    link = f" {kit.link(sequence.link, 'Thread')}" if sequence.link else ""
    return text, kit.escape(text) + link


def _eta_text(eta: FleetEta) -> str:
    parts: list[str] = []
    if eta.running:
        parts.append(f"What runs now should be done about {words.plain_when(eta.running)}.")
    if eta.everything:
        when = words.plain_when(eta.everything)
        parts.append(f"Stopped: {_listed(eta.stopped)}; resumed now, all would be done about {when}.")
    if eta.unknown:
        parts.append(f"No estimate for {_listed(eta.unknown)}.")
    return " ".join(parts) or "Nothing is open."


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
