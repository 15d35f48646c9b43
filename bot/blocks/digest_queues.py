"""Draws the customers of a digest that wait in queues, a line for each cluster."""

from dataclasses import replace

from bot.blocks import queue, queue_turn
from bot.blocks.lines import Line
from bot.fleet.status.digest import Digest
from bot.fleet.status.queued import QueuedCustomers


def needing(result: Digest) -> list[Line]:
    """The queues in which customers wait until a person resumes them."""
    return [_line(each, ":double_vertical_bar:") for each in result.queued if each.needs_person]


def others(result: Digest) -> list[Line]:
    """The queues in which customers wait for their turn, and queues that did not answer but may have customers."""
    return [_line(each, queue_turn.MARK) for each in result.queued if not each.needs_person]


def _line(queued: QueuedCustomers, mark: str) -> Line:
    line = queue.waiting(queued)
    return replace(line, mrkdwn=f"{mark} {line.mrkdwn}")
