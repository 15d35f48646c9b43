"""Draws App Home: how many customers are complete, who needs a person, what goes on by itself, and each cluster.

The most urgent part comes first, so that a phone shows it without scrolling.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from slack_sdk.models.blocks import Block, InteractiveElement, Option, PlainTextObject, StaticSelectElement

from bot.actions import ActionId
from bot.blocks import buttons, kit, not_started, queue, run_status, tables, words
from bot.blocks.board import board_notes, items_with_line, open_line, ordered_rows, table
from bot.blocks.lines import fitting
from bot.commands import SLASH
from bot.fleet.name_lookup import Target
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import ClusterRow, Silent
from bot.fleet.status.home import Home, share_done
from bot.fleet.status.queued import queued_customers
from bot.message import HomeTab
from bot.model import State

NEED_SHOWN = 10
GO_ON_SHOWN = 12
# In characters.
ROWS_ROOM = 2_500
LINES_ROOM = 2_500
BAR_CELLS = 10
# The limits of a menu (docs/slack-facts.md#limits).
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS_SHOWN = 100
# A line of mrkdwn, and the buttons below it.
_Drawn = tuple[str, list[InteractiveElement]]
_Draw = Callable[[Backfill, Home], _Drawn]


def render(home: Home) -> HomeTab:
    """The tab of a person who is allowed to see the board."""
    board = home.board
    blocks: list[Block] = [
        kit.header(_verdict(home)),
        kit.context(f"{_campaign(home)}{words.long_range(board.whole, board.at)} · as of {words.when(board.at)}"),
        *buttons.row(_choice(home)),
        *_listed("Needs a person", home.needs_person, home, _with_remedy, NEED_SHOWN),
        *_listed("Runs by itself", home.goes_on, home, _with_bar, GO_ON_SHOWN),
        *_listed("May be queued", home.may_be_queued, home, _without_buttons, NEED_SHOWN),
        *_queues(home),
        *_others(home),
        kit.header("Clusters"),
        *tables.drawn(table(ordered_rows(board.rows)), ROWS_ROOM, partial(_hidden_clusters, home)),
        kit.context("\n".join(kit.escape(line) for line in [*board_notes(board), _rights(home)])),
    ]
    buttons.number(blocks)
    tab = kit.home(blocks)
    return replace(tab, blocks=buttons.in_campaign(tab.blocks, home.campaign)) if home.campaign else tab


def _campaign(home: Home) -> str:
    return f"Campaign {kit.escape(words.name(home.campaign))} · " if home.campaign else ""


def _choice(home: Home) -> list[InteractiveElement]:
    """The menu of the open campaigns, as far as they fit into a menu; empty unless several do."""
    options = {name: _option(name) for name in home.campaigns if len(name) <= OPTION_VALUE}
    if len(options) < 2:
        return []
    shown = [options[name] for name in home.campaigns if name in options][:OPTIONS_SHOWN]
    current = options.get(home.campaign)
    return [
        StaticSelectElement(
            action_id=ActionId.HOME_CAMPAIGN,
            placeholder="Campaign",
            options=shown,
            initial_option=current if current in shown else None,
        )
    ]


def _option(campaign: str) -> Option:
    return Option(value=campaign, text=PlainTextObject(text=kit.clip(words.name(campaign), OPTION_TEXT)))


def refused(why: str) -> HomeTab:
    """The tab of a person who is not allowed to see the board. ``why`` is a sentence."""
    return kit.home([kit.header("Backfills"), kit.section(kit.escape(why))])


def _verdict(home: Home) -> str:
    """``89 of 95 customers complete · 4 need a person · 2 run by themselves``"""
    board = home.board
    if not board.total:
        return "No customer has anything to backfill"
    need, go_on, silent = len(home.needs_person), len(home.goes_on), len(board.silent)
    parts = [
        words.completeness(board.complete, board.total, board.unknown),
        f"{need:,} {'needs' if need == 1 else 'need'} a person" if need else "",
        f"{go_on:,} {'runs by itself' if go_on == 1 else 'run by themselves'}" if go_on else "",
        f"{len(home.queued):,} queued" if home.queued else "",
        "a queue is paused" if any(queued.paused_by for queued in queued_customers(board)) else "",
        f"{len(home.may_be_queued):,} may be queued" if home.may_be_queued else "",
        f"{len(board.not_started):,} not started" if board.not_started else "",
        f"{words.plural(silent, 'cluster')} did not answer" if silent else "",
    ]
    return " · ".join(part for part in parts if part)


def _listed(title: str, backfills: Sequence[Backfill], home: Home, draw: _Draw, limit: int) -> list[Block]:
    """A title with the number, then the first customers; a line counts the others. Empty if there are no
    customers."""
    if not backfills:
        return []
    blocks: list[Block] = [kit.header(f"{title} ({len(backfills):,})")]
    for backfill in backfills[:limit]:
        line, elements = draw(backfill, home)
        blocks += [kit.section(line), *(buttons.row(elements) if home.may_change_on(backfill.cluster) else ())]
    if len(backfills) > limit:
        blocks.append(
            kit.context(f"{len(backfills) - limit:,} more: {kit.code(_status(home))} shows those of a cluster.")
        )
    return blocks


def _with_remedy(backfill: Backfill, home: Home) -> _Drawn:
    return f"{run_status.mark(backfill)} {open_line(backfill, home.board).mrkdwn}", _remedies(backfill)


def _with_bar(backfill: Backfill, home: Home) -> _Drawn:
    progress = backfill.sequence.progress if backfill.sequence else None
    line = f"{_bar(share_done(backfill))} {open_line(backfill, home.board).mrkdwn}"
    return line, buttons.for_sequence(progress) if progress else []


def _without_buttons(backfill: Backfill, home: Home) -> _Drawn:
    return f"{run_status.mark(backfill)} {open_line(backfill, home.board).mrkdwn}", []


def _queues(home: Home) -> list[Block]:
    """How many customers wait, and who is next, for each cluster where some do."""
    queues = queued_customers(home.board)
    if not queues:
        return []
    header = [kit.header(f"Queued ({len(home.queued):,})")] if home.queued else []
    lines = fitting(queues, lambda each: queue.waiting(each).mrkdwn, LINES_ROOM, partial(_hidden_clusters, home))
    return [*header, *kit.sections(lines)]


def _remedies(backfill: Backfill) -> list[InteractiveElement]:
    """The buttons that help: those of an open sequence; split and cancel for open runs; resume for a customer that is
    held in the queue; otherwise retry, for the missing days."""
    target = Target(backfill.cluster, backfill.customer)
    progress = backfill.sequence.progress if backfill.sequence else None
    if progress:
        return buttons.for_sequence(progress)
    if backfill.open_runs:
        return buttons.for_target(target, ActionId.SPLIT, ActionId.CANCEL)
    return buttons.for_target(target, ActionId.RESUME if backfill.place else ActionId.RETRY)


def _bar(share: float) -> str:
    """``███░░░░░░░``. It is full only if everything is done, and empty only if nothing is. The line beside it gives
    the numbers."""
    filled = max(int(BAR_CELLS * share), int(share > 0))
    return "█" * filled + "░" * (BAR_CELLS - filled)


def _others(home: Home) -> list[Block]:
    """The lines about two kinds of clusters: those that have unknown customers or customers that are not started, and
    those that did not answer."""
    board = home.board
    lines = [open_line(item, board).mrkdwn for item in items_with_line(board) if isinstance(item, ClusterRow)]
    lines += [_silent(row, board.at) for row in board.silent]
    return kit.sections([*fitting(lines, str, LINES_ROOM, partial(_hidden_clusters, home)), *_begin(home)])


def _begin(home: Home) -> list[str]:
    """What to type for customers that are not started, as far as the person may start them."""
    if not (home.may_change or home.clusters):
        return []
    targets = [Target(each.cluster, each.customer) for each in home.board.not_started]
    only = () if home.may_change else home.clusters
    return [line.mrkdwn for line in not_started.lines(targets, home.campaign, only)]


def _silent(row: Silent, now: datetime) -> str:
    seen = f" since {words.when(row.last_seen)}" if row.last_seen and row.last_seen < now else ""
    return f"{State.UNKNOWN.value.capitalize()}: *{kit.escape(row.cluster)}* has not answered{seen}."


def _hidden_clusters(home: Home, number: int) -> str:
    return f"{words.plural(number, 'more cluster')}: {_status(home)} shows {'it' if number == 1 else 'each'}."


def _status(home: Home) -> str:
    return f"{SLASH} status CLUSTER{words.in_campaign(home.campaign)}"


def _rights(home: Home) -> str:
    if home.may_change:
        return f"You may start and stop backfills: {SLASH} help lists the commands."
    if home.clusters:
        elsewhere = f" Elsewhere, ask {words.either(home.operators)}." if home.operators else ""
        own = words.joined(home.clusters)
        return f"You may start and stop backfills on {own}: {SLASH} help lists the commands.{elsewhere}"
    if home.operators:
        return f"You may look at everything. To change something, ask {words.either(home.operators)}."
    return "You may look at everything. Nobody is known who may change something."
