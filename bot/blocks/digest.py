"""Draws the digest: first what has changed, then the table, what struggles, and when it may be done."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import kit, words
from bot.fleet.notifications.notification import DigestCard
from bot.fleet.status.digest import Digest, FleetEta, OpenSequence, StrugglingRun
from bot.fleet.status.snapshot import News
from bot.message import Message

NAMES_SHOWN = 15
SEQUENCES_SHOWN = 15


def card(saying: DigestCard) -> Message:
    """The scheduled digest: one line when nothing has changed."""
    told = saying.digest
    if told.news.since is not None and told.news.is_empty and not told.silent and not told.half_known:
        line = _unchanged(told)
        return kit.message(line, [kit.section(kit.escape(line))])
    return render(told)


def render(result: Digest) -> Message:
    """The whole digest."""
    headline = f"{result.complete} of {result.total} customers complete."
    range_line = words.long_range(result.range)
    news = _news(result.news)
    table = kit.aligned(
        ("Cluster", "Complete", "Open"), [(line.name, line.stands, line.open) for line in result.clusters]
    )
    linked = [*map(_struggle, result.struggling), *_sequences(result.sequences)]
    eta = _eta(result.eta)
    silent = [f"{name} did not answer; it is left out of the numbers." for name in result.silent]
    silent += [
        f"What is missing on {name} may be complete: not all past runs are known." for name in result.half_known
    ]
    blocks: list[Block] = [
        kit.section(f"*Digest: {kit.escape(headline)}*\n{kit.escape(range_line)}"),
        *kit.sections([kit.escape(line) for line in [*news, *silent]]),
        *kit.preformatted(table.splitlines()),
        *kit.sections([mrkdwn for _, mrkdwn in linked]),
        kit.context(kit.escape(eta)),
    ]
    plain = [f"Digest: {headline} {range_line}.", *news, *silent, table, *(text for text, _ in linked), eta]
    return kit.message("\n".join(plain), blocks)


def _unchanged(told: Digest) -> str:
    assert told.news.since is not None
    count = len(told.struggling)
    struggling = f" {words.plural(count, 'execution')} still struggling." if count else ""
    stands = f"{told.complete} of {told.total} customers complete"
    return f"Digest: nothing has changed since {words.plain_when(told.news.since)}. {stands}.{struggling}"


def _news(news: News) -> list[str]:
    if news.since is None:
        return ["This is the first digest: there is nothing to compare with yet."]
    lines = [f"Since {words.plain_when(news.since)}:"]
    for word, names in (("finished", news.finished), ("started", news.started), ("failed", news.failed)):
        if names:
            lines.append(f"{len(names)} {word}: {_listed(names)}.")
    if news.windows_done:
        lines.append(f"{words.plural(news.windows_done, 'window')} completed.")
    return lines if len(lines) > 1 else [f"Nothing has changed since {words.plain_when(news.since)}."]


def _struggle(one: StrugglingRun) -> tuple[str, str]:
    told = f"{one.cluster}/{one.name}: {one.health.value}, attempt {one.attempt}."
    link = f" {kit.link(one.link, 'Thread')}" if one.link else ""
    return told, kit.escape(told) + link


def _sequences(several: Sequence[OpenSequence]) -> list[tuple[str, str]]:
    """A line for each that waits for a person, and one for those that go on."""
    waiting = [one for one in several if one.paused_by or one.marked or not one.answers]
    going_on = [
        f"{one.name} {one.closed:,} of {one.total:,}{_left_out(one)}" for one in several if one not in waiting
    ]
    lines = [_sequence(one) for one in waiting[:SEQUENCES_SHOWN]]
    if len(waiting) > SEQUENCES_SHOWN:
        going_on.append(f"{len(waiting) - SEQUENCES_SHOWN} that wait for somebody")
    if going_on:
        told = f"Windows done by sequences: {_listed(going_on)}."
        lines.append((told, kit.escape(told)))
    return lines


def _left_out(one: OpenSequence) -> str:
    return f" ({words.days(one.skipped_days)} skipped)" if one.skipped_days else ""


def _sequence(one: OpenSequence) -> tuple[str, str]:
    parts = [f"{one.closed:,} of {words.plural(one.total, 'window')} done"]
    if not one.answers:
        parts = ["its driver does not answer"]
    if one.paused_by:
        parts.append(f"paused by {words.name(one.paused_by)}")
    if one.skipped_days:
        parts.append(f"{words.days(one.skipped_days)} skipped")
    if one.marked:
        parts.append(f"{one.marked:,} marked")
    told = f"{one.name}: {', '.join(parts)}."
    link = f" {kit.link(one.link, 'Thread')}" if one.link else ""
    return told, kit.escape(told) + link


def _eta(eta: FleetEta) -> str:
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
