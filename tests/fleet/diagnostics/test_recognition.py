"""A row for each of the last runs: what it is taken for, and by what."""

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
from bot.fleet.diagnostics.recognition import WIDEST, recognition
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


def test_where_nothing_is_found_it_says_so_and_without_runs_nothing_is_wrong() -> None:
    assert shown(odd(1)).warnings == (RunsUnrecognised(1, 1), NoMappingFound())
    assert shown() == Answer((RecentRunRows(()),))


def test_names_from_outside_stay_short_and_on_their_line() -> None:
    (rows,) = shown(execution(ref=Ref("voice-prod", "x\n" * 500, "run-1"))).facts

    assert isinstance(rows, RecentRunRows)
    assert len(rows.rows[0].workflow_id) <= WIDEST
    assert "\n" not in rows.rows[0].workflow_id
