"""A row for each of the last runs: what it is taken for, and by what."""

from dataclasses import replace
from datetime import UTC

from pydantic import JsonValue

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.findings import Answer, Level
from bot.fleet.diagnostics.mapping_facts import (
    MappingProposed,
    NoMappingFound,
    RecentRunRows,
    RunRow,
    RunsUnrecognised,
)
from bot.fleet.diagnostics.mapping_proposal import propose_mapping
from bot.fleet.diagnostics.mapping_reading import run_with_input
from bot.fleet.diagnostics.recognition import WIDEST, recognition
from bot.fleet.runs.identity import Source
from bot.fleet.runs.mapping import IdentityMapping, Keys
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution, Ref
from tests.fleet.builders import CAMPAIGN, USUAL_ID, execution, window

KEYS = Keys("BackfillCustomer", "BackfillStart", "BackfillEnd")
RECOGNISER = Recogniser.of(["voice-prod"], ["CustomerBackfill"], IdentityMapping.usual(USUAL_ID, KEYS, UTC))


def odd(number: int) -> Execution:
    return execution(ref=Ref("voice-prod", f"job-{number}", f"run-{number}"))


def shown(*runs: Execution, tenant: str = "") -> Answer:
    unknown = [run for run in runs if RECOGNISER.recognise(run) is None]
    argument: dict[str, JsonValue] = {"tenant": tenant, "from": "2026-01-01", "to": "2026-02-21"}
    samples = [SampleRun(run, (argument,)) for run in unknown] if tenant else []
    return recognition(runs, RECOGNISER, propose_mapping(samples, ("hilton",), CAMPAIGN, UTC), "workflow")


def test_all_that_are_recognised_are_listed_with_their_source() -> None:
    hints = {"BackfillCustomer": "vivint", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"}

    answer = shown(execution(), execution(ref=Ref("voice-prod", "job-1", "run-1"), hints=hints))

    assert answer == Answer(
        (
            RecentRunRows(
                (
                    RunRow(
                        "CustomerBackfill", "backfill-hilton-2026-01-01-2026-02-21", "hilton", CAMPAIGN, source="id"
                    ),
                    RunRow("CustomerBackfill", "job-1", "vivint", window(1, 6), source="attributes"),
                )
            ),
        )
    )


def test_those_that_are_not_are_counted_and_the_mapping_for_them_is_proposed() -> None:
    answer = shown(execution(), odd(1), tenant="hilton")

    line = 'input = { customer = "[0].tenant", start = "[0].from", end = "[0].to" }'
    assert answer.level is Level.WARNING
    assert answer.warnings == (
        RunsUnrecognised(1, 2),
        MappingProposed("workflow", (line,), 1, 1, is_end_certain=True, is_of_ids=False),
    )


def in_parts(number: int, customer: str) -> SampleRun:
    """A run with its customer in a search attribute and its days in its input."""
    ref, days = Ref("voice-prod", f"job-{number}", f"run-{number}"), window(number, number + 5)
    argument: dict[str, JsonValue] = {"from": str(days.start), "to": str(days.end)}
    return SampleRun(execution(ref=ref, hints={"Tenant": customer}), (argument,))


def test_a_customer_in_one_place_and_days_in_another_are_proposed_as_two_lines() -> None:
    samples = [in_parts(number, "hilton") for number in (1, 6, 11)]
    proposal = propose_mapping(samples, ("hilton",), CAMPAIGN, UTC)

    answer = recognition([sample.execution for sample in samples], RECOGNISER, proposal, "workflow")

    lines = ('attributes = { customer = "Tenant" }', 'input = { start = "[0].from", end = "[0].to" }')
    assert answer.warnings == (
        RunsUnrecognised(3, 3),
        MappingProposed("workflow", lines, 3, 3, is_end_certain=True, is_of_ids=False),
    )
    assert proposal is not None
    of_proposal = Recogniser.of(["voice-prod"], ["CustomerBackfill"], proposal.mapping)
    read = [run_with_input(proposal.mapping, sample) for sample in samples]
    assert recognition(read, of_proposal, None, "workflow").facts == (
        RecentRunRows(
            tuple(
                RunRow("CustomerBackfill", f"job-{n}", "hilton", window(n, n + 5), "attributes", days_source="input")
                for n in (1, 6, 11)
            )
        ),
    )


def test_two_places_are_joined_only_if_no_single_one_tells_both_and_the_customers_are_known_ones() -> None:
    samples = [in_parts(number, "hilton") for number in (1, 6, 11)]
    argument: JsonValue = {"tenant": "hilton", "from": "2026-01-01", "to": "2026-01-06"}
    whole = [SampleRun(sample.execution, (argument,)) for sample in samples]

    proposal = propose_mapping(whole, ("hilton",), CAMPAIGN, UTC)

    assert proposal is not None
    assert proposal.sources == (Source.INPUT,)
    assert propose_mapping(samples, ("vivint",), CAMPAIGN, UTC) is None


def test_a_place_with_a_customer_and_dates_that_are_not_clear_is_joined_with_no_other_days() -> None:
    dates = {"created": "2026-03-01", "approved": "2026-02-01", "closed": "2026-03-02"}
    samples = [in_parts(number, "hilton") for number in (1, 6, 11)]
    unclear = [
        SampleRun(replace(sample.execution, hints={**sample.execution.hints, **dates}), sample.arguments)
        for sample in samples
    ]

    assert propose_mapping(unclear, ("hilton",), CAMPAIGN, UTC) is None


def test_where_nothing_is_found_it_says_so_and_without_runs_nothing_is_wrong() -> None:
    assert shown(odd(1)).warnings == (RunsUnrecognised(1, 1), NoMappingFound())
    assert shown() == Answer((RecentRunRows(()),))


def test_names_from_outside_stay_short_and_on_their_line() -> None:
    (rows,) = shown(execution(ref=Ref("voice-prod", "x\n" * 500, "run-1"))).facts

    assert isinstance(rows, RecentRunRows)
    assert len(rows.rows[0].workflow_id) <= WIDEST
    assert "\n" not in rows.rows[0].workflow_id
