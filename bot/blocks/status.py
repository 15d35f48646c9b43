"""Draws the answer to ``status``: how many customers are complete, the table, then open customers, worst first."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.actions import ActionId
from bot.blocks import buttons, health, kit, not_started, queue, run_status, tables, words
from bot.blocks.board import board_notes, headline, items_with_line, open_line, ordered_rows, plain_rows, table
from bot.blocks.customer_status import customer_status
from bot.blocks.lines import Line, first_names, fitting
from bot.commands import SLASH
from bot.fleet.name_lookup import Target
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, FleetStatus, StatusResult
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board, ClusterRow, Silent
from bot.fleet.status.queue import QueueSilent
from bot.fleet.status.stop import is_stopped
from bot.message import Message
from bot.model import State

# In characters. With the headline and the notes, a message stays below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
ROWS_ROOM = 1_300
PLAIN_ROOM = 1_300
DRAWN_ROOM = 3_500
QUEUES_ROOM = 700
DRAWN_QUEUES_ROOM = 1_200
SILENT_SHOWN = 6
BUTTONS_SHOWN = 6
NAMES_SHOWN = 30


def render(result: StatusResult) -> Message:
    """The status of all clusters, of one cluster, or of one customer."""
    match result:
        case FleetStatus():
            return _fleet(result)
        case ClusterStatus():
            return _cluster(result)
        case CustomerStatus():
            return customer_status(result)
        case _:
            assert_never(result)


def _fleet(result: FleetStatus) -> Message:
    board = result.board

    def hidden(number: int) -> str:
        return f"{words.plural(number, 'more cluster')}: type {SLASH} status and its name."

    ordered = ordered_rows(board.rows)
    rows = fitting(plain_rows(ordered, board.at), str, ROWS_ROOM, hidden)
    table_lines = tables.drawn(table(ordered), ROWS_ROOM, hidden)
    open_queues = ((row.cluster, row.queue) for row in board.answered if row.queue)
    queues = [
        queue.line(cluster, each, board.people)
        for cluster, each in open_queues
        if isinstance(each, QueueSilent) or not each.is_idle
    ]
    return _message(board, headline(board), [*rows, *_plain(queues)], [*table_lines, *_drawn(queues)])


def _cluster(result: ClusterStatus) -> Message:
    board = result.board
    (row,) = board.rows
    if isinstance(row, Silent):
        (line, advice), range_line = _silent_lines(board), words.long_range(board.whole, board.at)
        drawn = [*kit.sections([line.mrkdwn, advice.mrkdwn]), kit.context(range_line)]
        return kit.message("\n".join([line.plain, advice.plain, f"{range_line}."]), drawn)
    queues = [queue.line(row.cluster, row.queue, board.people)] if row.queue else []
    return _message(board, f"{row.cluster}: {headline(board)}", _plain(queues), _drawn(queues), _names(row))


def _plain(queues: Sequence[Line]) -> list[str]:
    return fitting(queues, lambda line: line.plain, QUEUES_ROOM, _hidden_queues)


def _drawn(queues: Sequence[Line]) -> list[Block]:
    return [*kit.sections(fitting(queues, lambda line: line.mrkdwn, DRAWN_QUEUES_ROOM, _hidden_queues))]


def _hidden_queues(number: int) -> str:
    return f"{words.plural(number, 'more queue')}: type {SLASH} status and the name of the cluster."


def _message(
    board: Board, headline_text: str, rows: Sequence[str], drawn_rows: Sequence[Block], notes: Sequence[str] = ()
) -> Message:
    """Headline and range; buttons for all; the clusters that did not answer; the open customers, worst first, with a
    button for those that need a person; the rows; notes."""

    def hidden(number: int) -> str:
        lines = words.plural(number, "more line")
        return f"{lines} of open customers: type {SLASH} status and the name of a cluster or customer."

    range_line = words.long_range(board.whole, board.at)
    items = items_with_line(board)
    shown = [item for item in items if isinstance(item, Backfill) and item.needs_person][:BUTTONS_SHOWN]
    # By identity, because comparing two thousand backfills field by field takes long.
    ids = {id(item) for item in shown}
    others = [item for item in items if id(item) not in ids]
    silent = _silent_lines(board)
    remedy = _remedy(shown, board)
    all_notes = [*notes, *board_notes(board)]
    begin = not_started.lines([Target(each.cluster, each.customer) for each in board.not_started])
    plain_items = fitting(items, lambda item: open_line(item, board).plain, PLAIN_ROOM, hidden)
    blocks = [
        kit.section(f"*{kit.escape(headline_text)}*\n{range_line}"),
        *kit.sections([line.mrkdwn for line in silent]),
        *kit.sections([line.mrkdwn for line in remedy]),
        *buttons.row(_for_all(board)),
        *(block for item in shown for block in _with_button(item, board)),
        *kit.sections(fitting(others, lambda item: _line(item, board), DRAWN_ROOM, hidden)),
        *kit.sections([line.mrkdwn for line in begin]),
        *drawn_rows,
        *([kit.context("\n".join(kit.escape(line) for line in all_notes))] if all_notes else []),
    ]
    buttons.suggest_first(blocks)
    buttons.number(blocks)
    plain = [f"{headline_text}.", f"{range_line}.", *(line.plain for line in silent), *plain_items, *rows]
    plain += [*(line.plain for line in (*remedy, *begin)), *all_notes]
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


def _remedy(shown: Sequence[Backfill], board: Board) -> list[Line]:
    """What an unhealthy state means; which customers are stopped, and what their button does; and what to type for
    stopped customers without a button."""
    number = sum(map(is_stopped, board.open))
    keeps = [run_status.stopped_lead(number)] if number else []
    is_hidden = any(is_stopped(backfill) and backfill not in shown for backfill in board.open)
    retry = [f"Where nothing runs, {SLASH} retry NAME runs the missing days, and only those."] if is_hidden else []
    meanings = health.meanings({each.health for each in board.open if each.health})
    return [*map(run_status.with_bold_lead, meanings), *keeps, *map(Line.of, retry)]


def _with_button(backfill: Backfill, board: Board) -> list[Block]:
    """The line of a customer, and below it the button for what it needs. Beside it, the button would leave the text a
    third of a phone's width."""
    button = buttons.for_target(Target(backfill.cluster, backfill.customer), run_status.act(backfill))
    return [kit.section(_line(backfill, board)), *buttons.row(button)]


def _line(item: Backfill | ClusterRow, board: Board) -> str:
    mark = f"{run_status.mark(item)} " if isinstance(item, Backfill) else ""
    return f"{mark}{open_line(item, board).mrkdwn}"


def _silent_lines(board: Board) -> list[Line]:
    """A line for each of the first clusters that did not answer, and what to do about it."""
    shown = [_silent_line(row, board) for row in board.silent[:SILENT_SHOWN]]
    return [*shown, run_status.silent_advice(len(board.silent))] if shown else []


def _silent_line(row: Silent, board: Board) -> Line:
    hidden = f" Not known: its {words.plural(row.customers, 'customer')}." if row.customers else ""
    line = Line.about(row.cluster, f"{run_status.silent(row, board.at)}.{hidden}")
    return replace(line, mrkdwn=f"{run_status.SILENT_MARK} {line.mrkdwn}")


def _names(row: ClusterRow) -> list[str]:
    """Names the cluster's customers that are complete, and those that have no rows in the range."""
    done = [backfill.customer for backfill in row.customers if backfill.state is State.COMPLETE]
    idle = [backfill.customer for backfill in row.customers if backfill.state is State.NOT_APPLICABLE]
    notes = [f"Complete: {first_names(done, NAMES_SHOWN)}."] if done else []
    return notes + ([f"No rows in range: {first_names(idle, NAMES_SHOWN)}."] if idle else [])
