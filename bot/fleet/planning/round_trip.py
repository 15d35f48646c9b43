"""Checks that the bot recognises the runs that it starts: from each source that it writes, it has to read the same
identity.

An example of a mistake: the bot writes an end that is not included, but reads it as included. Then the run would
count for one day too many.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from itertools import islice

from pydantic import JsonValue, TypeAdapter

from bot.fleet.planning.start_request import StartTemplate, start_order
from bot.fleet.runs.day_start import first_moment
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.input_hints import input_hints
from bot.model import Execution, ExecutionStatus, Ref, StartOrder, Window
from bot.model.window import ONE_DAY

_LENGTHS = (1, 2, 31)
_CUSTOMERS = ("acme", "cox-tech-support", "7-eleven")
_STARTS = (date(2026, 1, 1), date(2025, 12, 31), date(2024, 2, 28))
_WRITTEN = (Source.ATTRIBUTES, Source.MEMO, Source.INPUT, Source.ID)
_YEAR_CHECKED = 2026
_ARGUMENTS: TypeAdapter[list[JsonValue]] = TypeAdapter(list[JsonValue])


def round_trip_mistakes(template: StartTemplate) -> Iterator[tuple[Source, str]]:
    """The first mistake of each source that the mapping reads."""
    for source in template.mapping.sources:
        if source in _WRITTEN:
            mistakes = (_mistake(template, source, identity) for identity in _samples(template.mapping.zone))
            mistake = next(filter(None, mistakes), "")
            if mistake:
                yield source, mistake


def _samples(zone: tzinfo) -> Iterator[Identity]:
    for start in (*_STARTS, *_clock_changes(zone)):
        for days in _LENGTHS:
            for customer in _CUSTOMERS:
                yield Identity(customer, Window.of_days(start, days))


def _clock_changes(zone: tzinfo) -> Iterator[date]:
    """Yields the first two days of the checked year that do not have 24 hours, because the clocks change. After each
    of these two days, also yields the next day."""
    days = (date(_YEAR_CHECKED, 1, 1) + n * ONE_DAY for n in range(365))
    changing = (day for day in days if first_moment(day + ONE_DAY, zone) - first_moment(day, zone) != ONE_DAY)
    for day in islice(changing, 2):
        yield from (day, day + ONE_DAY)


def _mistake(template: StartTemplate, source: Source, identity: Identity) -> str:
    mapping, order = template.mapping, start_order(template, identity.customer, identity.window, "")
    fields = mapping.fields(source, _as_listed(order, template, source))
    if fields is None:
        # Attributes and memo fields may be left out of a start. Then another source has the identity.
        is_optional = source in (Source.ATTRIBUTES, Source.MEMO)
        return "" if is_optional else f"what is written there is not read by identity.{source}"
    days = mapping.reading(source).window(fields)
    customer = "" if source in mapping.days_only else identity.customer
    if fields.customer == customer and (days == identity.window or not fields.has_days):
        return ""
    read_back = str(days or "no days")
    if source not in mapping.days_only:
        read_back = f"{fields.customer or 'nobody'}, {read_back}"
    return f"for {identity.customer}, {identity.window} it writes what is read back as {read_back} (end excluded)"


def _as_listed(order: StartOrder, template: StartTemplate, source: Source) -> Execution:
    """The run as Temporal would list it if the bot wrote the customer and the days into this source alone."""
    hints: dict[str, str] = {}
    if source is Source.ATTRIBUTES:
        hints = order.hints
    elif source is Source.MEMO:
        hints = order.memo
    elif source is Source.INPUT and template.mapping.input:
        arguments = _ARGUMENTS.validate_python(json.loads(json.dumps(order.arguments)))
        hints = input_hints(arguments, template.mapping.input.names)
    ref, began = Ref(template.cluster, order.workflow_id, ""), datetime(_YEAR_CHECKED, 1, 1, tzinfo=UTC)
    return Execution(ref, order.workflow_type, order.task_queue, ExecutionStatus.RUNNING, began, hints=hints)
