"""The request to start one run: its id, its input as configured, and its hints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from pydantic import JsonValue

from bot.fleet.planning.start_request import start_order
from bot.fleet.runs.identity import IdTemplate, Keys
from bot.model import StartOrder, Window

WINDOW = Window(date(2026, 1, 6), date(2026, 1, 11))
KEYS = Keys("BackfillCustomer", "BackfillStart", "BackfillEnd")
TEMPLATE = IdTemplate.of("backfill-{customer}-{start}-{end}")


@dataclass(frozen=True)
class WorkflowConfig:
    """The configuration of a workflow, as ``Startable`` has it."""

    types: tuple[str, ...] = ("CustomerBackfill", "Older")
    task_queue: str = "backfill"
    keys: Keys = KEYS
    input: Mapping[str, JsonValue] | tuple[JsonValue, ...] = field(
        default_factory=lambda: {"customer": "{customer}", "start": "{start}", "end": "{end}"}
    )


def ordered(customer: str = "hilton", **changes: Any) -> StartOrder:
    return start_order(WorkflowConfig(**changes), TEMPLATE, customer, WINDOW, "s1:2")


def test_it_is_the_first_type_on_its_queue_with_an_id_that_reads_back() -> None:
    order = ordered()

    assert (order.workflow_type, order.task_queue, order.token) == ("CustomerBackfill", "backfill", "s1:2")
    assert order.workflow_id == "backfill-hilton-2026-01-06-2026-01-11"
    assert order.hints == {
        "BackfillCustomer": "hilton",
        "BackfillStart": "2026-01-06",
        "BackfillEnd": "2026-01-11",
    }


def test_a_table_is_the_one_argument() -> None:
    assert ordered().arguments == ({"customer": "hilton", "start": "2026-01-06", "end": "2026-01-11"},)


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        (
            ["{customer}", {"range": ["{start}", "{end}"], "deep": 3}],
            ("hilton", {"range": ["2026-01-06", "2026-01-11"], "deep": 3}),
        ),
        (["{customer}/{start}", None, True, 1.5], ("hilton/2026-01-06", None, True, 1.5)),
        ([], ()),
        (["{unknown} {Customer}"], ("{unknown} {Customer}",)),
        ([{"{customer}": "{customer}"}], ({"{customer}": "hilton"},)),
    ],
)
def test_a_list_is_the_arguments_filled_in_at_any_depth(
    given: list[JsonValue], arguments: tuple[JsonValue, ...]
) -> None:
    assert ordered(input=tuple(given)).arguments == arguments


def test_a_customer_with_a_strange_name_is_not_filled_in_again() -> None:
    assert ordered("{start}", input=("{customer}",)).arguments == ("{start}",)
