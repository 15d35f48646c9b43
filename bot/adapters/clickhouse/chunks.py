"""Splits many customers over statements, so that each answer stays within the bounds on rows and bytes. Pure."""

import json
from collections.abc import Iterator, Sequence

from bot.adapters.clickhouse.connection import MOST_ROWS
from bot.adapters.clickhouse.http import LARGEST_ANSWER

# Servers and proxies accept a statement with this many customers.
MOST_CUSTOMERS = 500
# The most bytes that a row of an answer takes, without the customer's name.
LARGEST_ROW = 150


def chunks(customers: Sequence[str], days: int) -> Iterator[tuple[str, ...]]:
    """The customers in order and without repeats, split into chunks. The answer about a chunk stays within the
    bounds, even with a row for each customer and each of ``days`` days. Only a chunk of a single customer may exceed
    them."""
    chunk: list[str] = []
    size = 0
    for customer in dict.fromkeys(customers):
        of_customer = days * (LARGEST_ROW + len(json.dumps(customer)))
        is_full = len(chunk) == MOST_CUSTOMERS or (len(chunk) + 1) * days >= MOST_ROWS
        if chunk and (is_full or size + of_customer > LARGEST_ANSWER):
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(customer)
        size += of_customer
    if chunk:
        yield tuple(chunk)
