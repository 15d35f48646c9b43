"""Draws the answer to ``status``: how many customers are complete, the table, then open customers, worst first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.actions import ActionId
from bot.blocks import buttons, health, kit, not_started, paging, queue, run_status, words
from bot.blocks.board import board_notes, headline, items_with_line, names, open_line, ordered_rows, plain_rows, table
from bot.blocks.customer_status import customer_status
from bot.blocks.lines import Line, fitting
from bot.blocks.paging import Listed
from bot.commands import SLASH, Part, Status
from bot.fleet.name_lookup import Target
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, FleetStatus, StatusResult
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board, ClusterRow, Silent
from bot.fleet.status.queue import QueueSilent
from bot.fleet.status.stop import is_stopped
from bot.message import Message

# In characters. With the headline and the notes, a message stays below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
ROWS_ROOM = 1_300
PLAIN_ROOM = 1_300
DRAWN_ROOM = 5_000
QUEUES_ROOM = 700
DRAWN_QUEUES_ROOM = 1_200
SILENT_SHOWN = 6
# With a long last cell, a row has up to 80 characters.
CLUSTERS_SHOWN = 25

_Item = Backfill | ClusterRow | Line


def render(result: StatusResult, command: Status) -> Message:
    """The status of all clusters, of one cluster, or of one customer; or a further page of it."""
    match result:
        case FleetStatus():
            return _fleet(result, command)
        case ClusterStatus():
            return _cluster(result, command)
        case CustomerStatus():
            return customer_status(result, command)
        case _:
            assert_never(result)


def _fleet(result: FleetStatus, command: Status) -> Message:
    board = result.board
    ordered = ordered_rows(board.rows)
    rows = plain_rows(ordered, board.at)
    clusters = Listed(command, Part.CLUSTERS, "All clusters", "cluster", rows, Line.of)
    lines = _listed("All clusters", items_with_line(board), board, command)
    if page := paging.next_page(lines, clusters):
        return page
    table_lines = kit.preformatted(table(ordered, CLUSTERS_SHOWN))
    shown = len(rows) if len(rows) <= CLUSTERS_SHOWN else CLUSTERS_SHOWN
    open_queues = ((row.cluster, row.queue) for row in board.answered if row.queue)
    queues = [
        queue.line(cluster, each, board.people)
        for cluster, each in open_queues
        if isinstance(each, QueueSilent) or not each.is_idle
    ]
    drawn_rows = [*table_lines, *paging.rest(clusters, shown), *_drawn(queues)]
    plain_lines = [*paging.plain(clusters, ROWS_ROOM), *_plain(queues)]
    return _message(board, headline(board), plain_lines, drawn_rows, lines)


def _cluster(result: ClusterStatus, command: Status) -> Message:
    board = result.board
    (row,) = board.rows
    if isinstance(row, Silent):
        (line, advice), range_line = _silent_lines(board), words.long_range(board.whole, board.at)
        drawn = [*kit.sections([line.mrkdwn, advice.mrkdwn]), kit.context(range_line)]
        return kit.message("\n".join([line.plain, advice.plain, f"{range_line}."]), drawn)
    begun = [item for item in items_with_line(board) if isinstance(item, Backfill)]
    lines = _listed(row.cluster, [*begun, *names(row)], board, command)
    if page := paging.next_page(lines):
        return page
    queues = [queue.line(row.cluster, row.queue, board.people)] if row.queue else []
    return _message(board, f"{row.cluster}: {headline(board)}", _plain(queues), _drawn(queues), lines)


def _listed(about: str, items: Sequence[_Item], board: Board, command: Status) -> Listed[_Item]:
    """The lines of these items. Those of customers that need a person come first, each with a button for what helps.
    The button stands below its line: beside the line, it would leave the text a third of a phone's width."""
    needing_first = sorted(items, key=lambda item: not _needs_person(item))
    return Listed(command, Part.LINES, about, "line", needing_first, lambda item: _line(item, board), _acts)


def _plain(queues: Sequence[Line]) -> list[str]:
    return fitting(queues, lambda line: line.plain, QUEUES_ROOM, _hidden_queues)


def _drawn(queues: Sequence[Line]) -> list[Block]:
    return [*kit.sections(fitting(queues, lambda line: line.mrkdwn, DRAWN_QUEUES_ROOM, _hidden_queues))]


def _hidden_queues(number: int) -> str:
    return f"{words.plural(number, 'more queue')}: type {SLASH} status and the name of the cluster."


def _message(
    board: Board, headline_text: str, rows: Sequence[str], drawn_rows: Sequence[Block], lines: Listed[_Item]
) -> Message:
    """Headline and range; buttons for all; the clusters that did not answer; the open customers, worst first, with a
    button for those that need a person; the rows; notes."""
    range_line = words.long_range(board.whole, board.at)
    silent = _silent_lines(board)
    remedy = _remedy(lines.entries, board)
    targets = [Target(each.cluster, each.customer) for each in board.not_started]
    begin = not_started.lines(targets, lines.command.campaign)
    notes = board_notes(board)
    blocks = [
        kit.section(f"*{kit.escape(headline_text)}*\n{range_line}"),
        *kit.sections([line.mrkdwn for line in silent]),
        *kit.sections([line.mrkdwn for line in remedy]),
        *buttons.row(_for_all(board)),
        *paging.beginning(lines, DRAWN_ROOM),
        *kit.sections([line.mrkdwn for line in begin]),
        *drawn_rows,
        *([kit.context("\n".join(kit.escape(line) for line in notes))] if notes else []),
    ]
    buttons.suggest_first(blocks)
    buttons.number(blocks)
    plain = [f"{headline_text}.", f"{range_line}.", *(line.plain for line in silent)]
    plain += [*paging.plain(lines, PLAIN_ROOM), *rows, *(line.plain for line in (*remedy, *begin)), *notes]
    return kit.message("\n".join(plain), blocks)


def _for_all(board: Board) -> list[InteractiveElement]:
    """The buttons that split all struggling customers, or run the missing days of all stopped ones. Each is there
    only if it is about several customers."""
    acts = [(run_status.act(backfill), backfill) for backfill in board.open if backfill.needs_person]
    stopped = [Target(each.cluster, each.customer) for act, each in acts if act is ActionId.RETRY]
    to_split = [each for act, each in acts if act is ActionId.SPLIT]
    cluster = board.rows[0].cluster if len(board.rows) == 1 else ""
    split = buttons.split_all(cluster) if len(to_split) > 1 else []
    return [*split, *buttons.retry_all(stopped)]


def _remedy(items: Sequence[_Item], board: Board) -> list[Line]:
    """What an unhealthy state means; how many customers are stopped, and what to do for them; and what to type for
    stopped customers without a button."""
    number = sum(map(is_stopped, board.open))
    keeps = [run_status.stopped_lead(number)] if number else []
    without_button = [item for item in items if _needs_person(item)][paging.BUTTONS_SHOWN :]
    is_hidden = any(isinstance(item, Backfill) and is_stopped(item) for item in without_button)
    retry = [f"Where nothing runs, {SLASH} retry NAME runs the missing days, and only those."] if is_hidden else []
    meanings = health.meanings({each.health for each in board.open if each.health})
    return [*map(run_status.with_bold_lead, meanings), *keeps, *map(Line.of, retry)]


def _needs_person(item: _Item) -> bool:
    return isinstance(item, Backfill) and item.needs_person


def _acts(item: _Item) -> list[InteractiveElement]:
    if isinstance(item, Backfill) and item.needs_person:
        return buttons.for_target(Target(item.cluster, item.customer), run_status.act(item))
    return []


def _line(item: _Item, board: Board) -> Line:
    if isinstance(item, Line):
        return item
    line = open_line(item, board)
    mark = f"{run_status.mark(item)} " if isinstance(item, Backfill) else ""
    return replace(line, mrkdwn=f"{mark}{line.mrkdwn}")


def _silent_lines(board: Board) -> list[Line]:
    """A line for each of the first clusters that did not answer, and what to do about it."""
    shown = [_silent_line(row, board) for row in board.silent[:SILENT_SHOWN]]
    return [*shown, run_status.silent_advice(len(board.silent))] if shown else []


def _silent_line(row: Silent, board: Board) -> Line:
    hidden = f" Not known: its {words.plural(row.customers, 'customer')}." if row.customers else ""
    line = Line.about(row.cluster, f"{run_status.silent(row, board.at)}.{hidden}")
    return replace(line, mrkdwn=f"{run_status.SILENT_MARK} {line.mrkdwn}")
