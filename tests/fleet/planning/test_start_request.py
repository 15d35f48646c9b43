"""The request to start one run: its id, its input as configured, and its hints."""

from datetime import UTC, date, timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from bot.fleet.planning.start_request import LONGEST_FAIRNESS_KEY, StartTemplate, start_order
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.mapping import IdentityMapping, Keys, own_memo
from bot.model import StartOrder, Window
from bot.model.steps import StartOptions

WINDOW = Window(date(2026, 1, 6), date(2026, 1, 11))
KEYS = Keys("BackfillCustomer", "BackfillStart", "BackfillEnd")
TEMPLATE = "backfill-{customer}-{start}-{end}"
USUAL: JsonValue = {"customer": "{customer}", "start": "{start}", "end": "{end}"}


def ordered(customer: str = "hilton", **changes: Any) -> StartOrder:
    values: dict[str, Any] = {
        "cluster": "voice-prod",
        "campaign": "spring",
        "workflow_type": "CustomerBackfill",
        "task_queue": "backfill",
        "id": IdTemplate.of(TEMPLATE),
        "arguments": (USUAL,),
        "mapping": IdentityMapping.usual(TEMPLATE, KEYS, UTC),
        **changes,
    }
    return start_order(StartTemplate(**values), customer, WINDOW, "s1:2")


def test_it_is_the_configured_type_on_its_queue_with_an_id_that_reads_back() -> None:
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
        (
            ["{days}", "{days} days", "{last}", "{cluster}", "{campaign}"],
            (5, "5 days", "2026-01-10", "voice-prod", "spring"),
        ),
        (["{start:epoch}", "{end:epoch_ms}", "{start:%Y%m%d}"], (1767657600, 1768089600000, "20260106")),
        ([{"{customer}": "{customer}"}], ({"{customer}": "hilton"},)),
    ],
)
def test_a_list_is_the_arguments_filled_in_at_any_depth(
    given: list[JsonValue], arguments: tuple[JsonValue, ...]
) -> None:
    assert ordered(arguments=tuple(given)).arguments == arguments


def test_a_customer_with_a_strange_name_is_not_filled_in_again() -> None:
    assert ordered("{start}", arguments=("{customer}",)).arguments == ("{start}",)


def test_attributes_and_memo_are_written_in_the_form_in_which_the_mapping_reads_them() -> None:
    mapping = IdentityMapping(
        (Source.ATTRIBUTES, Source.MEMO),
        UTC,
        attributes=KEYS,
        memo=Keys("tenant", "from", days="days"),
        forms={Source.ATTRIBUTES: "%Y%m%d"},
        end_included=frozenset({Source.ATTRIBUTES}),
    )

    order = ordered(mapping=mapping, search_attributes={"Region": "{cluster}"}, memo={"until": "{last}"})

    assert order.hints == {
        "BackfillCustomer": "hilton",
        "BackfillStart": "20260106",
        "BackfillEnd": "20260110",
        "Region": "voice-prod",
    }
    assert order.memo == {
        "tenant": "hilton",
        "from": "2026-01-06",
        "days": "5",
        "until": "2026-01-10",
        **own_memo(Identity("hilton", WINDOW), "spring"),
    }


def test_days_in_an_input_are_written_in_the_form_in_which_it_is_read() -> None:
    mapping = IdentityMapping((Source.INPUT,), UTC, input=Keys("[0]", "[1]", "[2]"), forms={Source.INPUT: "%d.%m.%Y"})

    assert ordered(mapping=mapping, arguments=("{customer}", "{start}", "{end}")).arguments == (
        "hilton",
        "06.01.2026",
        "11.01.2026",
    )


@pytest.mark.parametrize("customer", ["hilton", "x" * 300, "ü" * 60])
def test_a_fairness_key_is_cut_to_what_temporal_takes_and_stays_distinct(customer: str) -> None:
    options = StartOptions(execution_timeout=timedelta(days=3), priority=4, fairness_key="{customer}")
    keys = [ordered(name, options=options).options.fairness_key for name in (customer, f"{customer}2")]

    assert len({*keys}) == 2
    assert all(len(key.encode()) <= LONGEST_FAIRNESS_KEY for key in keys)
    assert ordered(options=options).options == StartOptions(timedelta(days=3), None, None, 4, "hilton")
