"""Draws the digest: who needs a person, what has changed, when all will be complete, and the table of clusters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial, reduce

from slack_sdk.models.blocks import Block

from bot.blocks import (
    buttons,
    digest_eta,
    digest_news,
    digest_queues,
    digest_sequences,
    doubts,
    kit,
    not_started,
    pictures,
    run_status,
    stopped,
    tables,
    words,
)
from bot.blocks.alert_reasons import WORDS
from bot.blocks.digest_eta import NAMES_SHOWN, listed
from bot.blocks.lines import Line, first_names, fitting
from bot.blocks.run_status import SILENT_MARK, silent_advice
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.notification import DigestCard
from bot.fleet.status.board import Silent
from bot.fleet.status.digest import ClusterLine, Digest, StrugglingRun
from bot.message import Message

# At most this many clusters are named in the title; the table lists all.
CLUSTERS_NAMED = 3
# In characters.
DRAWN_ROOM = 7_000
TABLE_ROOM = 2_500
PLAIN_ROOM = 3_500


def card(notification: DigestCard) -> Message:
    """The scheduled digest. It has only one line if nothing has changed, nobody needs a person and nothing is
    unknown."""
    digest = notification.digest
    is_queue_silent = any(queued.silent for queued in digest.queued)
    is_unsure = digest.silent or digest.half_known or digest.in_doubt or is_queue_silent
    if digest.news.since is not None and digest.news.is_empty and not is_unsure and not _number_needing(digest):
        text = " ".join([_unchanged_line(digest), *_older(digest)])
        line = reduce(Line.then, _begin(digest), Line.of(text))
        return kit.message(line.plain, [kit.section(line.mrkdwn)])
    return render(digest)


def render(result: Digest) -> Message:
    """The whole digest: who needs a person comes first, the table of clusters last."""
    headline, range_line = Line.of(f"{_name(result)}: {_headline(result)}"), words.long_range(result.range, result.at)
    needs = [*map(_struggling_line, result.struggling), *digest_sequences.needing(result.sequences)]
    needs += [*digest_queues.needing(result), *_doubtful(result)]
    news = [*digest_news.lines(result), *map(Line.of, [*_gaps(result), *_older(result)])]
    ahead = [*digest_sequences.others(result.sequences), *digest_queues.others(result), *digest_eta.lines(result)]
    ahead += _everybody(result)
    after = [*stopped.advice(result), *stopped.others(result), *_stopped(result), *_begin(result), *news, *ahead]
    table, title = _table(result.clusters), _title([*result.silent, *needs, *stopped.needing(result)])
    silent = _silent_lines(result)
    hidden = partial(_hidden, words.in_campaign(result.campaign))
    blocks: list[Block] = [
        kit.section(f"*{headline.mrkdwn}*\n{kit.escape(range_line)}"),
        *kit.sections(fitting([*title, *silent, *needs], lambda line: line.mrkdwn, DRAWN_ROOM, hidden)),
        *stopped.sections(result),
        *kit.sections(fitting(after, lambda line: line.mrkdwn, DRAWN_ROOM, hidden)),
        *tables.drawn(table, TABLE_ROOM, hidden),
    ]
    buttons.number(blocks)
    lines = [*title, *silent, *needs, *stopped.first(result), *after, *_plain_table(result.clusters)]
    plain = fitting(lines, lambda line: line.plain, PLAIN_ROOM, hidden)
    message = kit.message("\n".join([headline.plain, f"{range_line}.", *plain]), blocks)
    if result.campaign:
        message = replace(message, blocks=buttons.in_campaign(message.blocks, result.campaign))
    return replace(message, picture=pictures.progress(result.progress))


def _everybody(result: Digest) -> list[Line]:
    """How to see all names, if one of the lists above names only the first of them."""
    running = [sequence.name for sequence in result.sequences if not digest_sequences.waits(sequence)]
    lists = (*digest_news.by_word(result.news).values(), running, result.eta.going_on, result.eta.unknown)
    if all(len(names) <= NAMES_SHOWN for names in lists):
        return []
    status = f"{SLASH} status NAME{words.in_campaign(result.campaign)}"
    return [Line.of(f"For all names: {status}, with a cluster's name.")]


def _begin(digest: Digest) -> list[Line]:
    """What to type for the customers that are not started."""
    targets = [Target(*name.split("/", 1)) for name in digest.not_started]
    return not_started.lines(targets, digest.campaign, digest.only)


def _table(clusters: Sequence[ClusterLine]) -> list[str]:
    """The clusters with something open first, then the complete ones; those with nothing to do share a line."""
    own, idle = _with_own_line(clusters)
    rows = [(line.name, line.stands, _open_in(line)) for line in own]
    return [*tables.aligned(("Cluster", "Done", ""), rows, right=frozenset({1})), *idle]


def _plain_table(clusters: Sequence[ClusterLine]) -> list[Line]:
    """The clusters as in ``_table``, in the same order, but as lines of plain text."""
    own, idle = _with_own_line(clusters)
    shares = (f" {line.stands}, " if "/" in line.stands else ": " for line in own)
    rows = [f"{line.name}{share}{_open_in(line)}" for line, share in zip(own, shares, strict=True)]
    return list(map(Line.of, [*rows, *idle]))


def _with_own_line(clusters: Sequence[ClusterLine]) -> tuple[Sequence[ClusterLine], list[str]]:
    """The clusters that get a line of their own. If several have nothing to do, also the one line about these."""
    busy = sorted((line for line in clusters if line.open or "/" in line.stands), key=lambda line: not line.open)
    idle = [line for line in clusters if line not in busy]
    return (busy, [words.without_work(len(idle))]) if len(idle) > 1 else ([*busy, *idle], [])


def _open_in(line: ClusterLine) -> str:
    return line.open or ("complete" if "/" in line.stands else "nothing to backfill")


def _title(needing: Sequence[object]) -> list[Line]:
    return [Line("Needs a person:", "*Needs a person*")] if needing else []


def _hidden(where: str, number: int) -> str:
    return f"{words.plural(number, 'more line')}: {SLASH} status{where} shows everybody."


def _gaps(result: Digest) -> list[str]:
    """Lines about clusters whose past runs are not all known."""
    return [f"{name}: some of what is unknown may be complete." for name in result.half_known]


def _silent_lines(result: Digest) -> list[Line]:
    """Says which clusters did not answer, what to do about it, and that neither the numbers nor the picture include
    their customers. Empty if all clusters answered."""
    if not result.silent:
        return []
    texts = [_silent(row, result.at) for row in result.unreachable[:CLUSTERS_NAMED]]
    if others := result.silent[len(texts) :]:
        whose = "its" if len(others) == 1 else "their"
        texts.append(f"{first_names(others, NAMES_SHOWN)} did not answer: {whose} customers are unknown.")
    if result.progress:
        texts[-1] += " The picture leaves them out."
    lines = [Line(text, f"{SILENT_MARK} {kit.escape(text)}") for text in texts]
    return [*lines, silent_advice(len(result.silent))]


def _silent(row: Silent, now: datetime) -> str:
    customers = f": its {words.plural(row.customers, 'customer')} {words.be(row.customers)} unknown"
    return f"{row.cluster} {run_status.silent(row, now)}{customers if row.customers else ''}."


def _name(digest: Digest) -> str:
    of_campaign = f" of {words.name(digest.campaign)}" if digest.campaign else ""
    return f"Digest{of_campaign}{f' for {first_names(digest.only, CLUSTERS_NAMED)}' if digest.only else ''}"


def _unchanged_line(digest: Digest) -> str:
    assert digest.news.since is not None
    return f"{_name(digest)}: nothing has changed since {words.plain_when(digest.news.since)}. {_headline(digest)}"


def _older(digest: Digest) -> list[str]:
    """A sentence with the number of failures that have no alert because they are too old. Only one digest has it: the
    first after the bot began to alert about failures."""
    number = digest.older_failures
    if not number:
        return []
    verb = "is" if number == 1 else "are"
    return [f"{words.plural(number, 'older failure')} {verb} not alerted: {SLASH} status shows them."]


def _headline(digest: Digest) -> str:
    """``90 of 95 customers complete · 1 needs a person.``"""
    text = words.completeness(digest.complete, digest.total, digest.unknown)
    need = _number_needing(digest)
    needs = "needs a person" if need == 1 else "need a person"
    others = (needs, need), ("in doubt", digest.in_doubt), ("unknown", digest.unknown)
    return " · ".join([text, *(f"{number:,} {word}" for word, number in others if number)]) + "."


def _number_needing(digest: Digest) -> int:
    sequences = sum(map(digest_sequences.waits, digest.sequences))
    queues = sum(queued.needs_person for queued in digest.queued)
    return len(digest.struggling) + sequences + queues + len(stopped.needing(digest))


def _doubtful(result: Digest) -> list[Line]:
    """The line about customers in doubt that have no alert, and how to see why."""
    names = result.doubtful
    if not names:
        return []
    name = typed(words.name(names[0])) if len(names) == 1 else "NAME"
    look = f"{SLASH} status {name}{words.in_campaign(result.campaign)}"
    text = f"In doubt: {listed(names)}. To see why: {look}"
    return [Line(text, f"{doubts.MARK} {kit.escape(text)}")]


def _struggling_line(run: StrugglingRun) -> Line:
    reason = WORDS[run.reason]
    attempt = f" (attempt {run.attempt})" if reason.of_attempt else ""
    return digest_sequences.linked(reason.mark, f"{run.name} on {run.cluster} {reason.state}{attempt}.", run.link)


def _stopped(result: Digest) -> list[Line]:
    """The line about stopped customers with days missing, for a digest that an earlier version of the bot made. Empty
    for a digest of this version: ``bot.blocks.stopped`` draws its stopped customers."""
    names = () if result.stopped else result.eta.stopped
    if not names:
        return []
    name = typed(words.name(names[0])) if len(names) == 1 else "NAME"
    retry = f"retry {name}{words.in_campaign(result.campaign)}"
    text = f"Stopped with days missing: {listed(names)}. To run them: {SLASH} {retry}"
    return [Line(text, f":large_orange_circle: {kit.escape(text)}")]
