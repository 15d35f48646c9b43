"""A row for each of the last runs: what it is taken for, and by what."""

from datetime import UTC

from pydantic import JsonValue

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.findings import Answer, Level
from bot.fleet.diagnostics.mapping_proposal import propose_mapping
from bot.fleet.diagnostics.recognition import recognition
from bot.fleet.runs.mapping import IdentityMapping, Keys
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution, Ref
from tests.fleet.builders import CAMPAIGN, USUAL_ID, execution

KEYS = Keys("BackfillCustomer", "BackfillStart", "BackfillEnd")
RECOGNISER = Recogniser.of(["voice-prod"], ["CustomerBackfill"], IdentityMapping.usual(USUAL_ID, KEYS, UTC))


def odd(number: int) -> Execution:
    return execution(ref=Ref("voice-prod", f"job-{number}", f"run-{number}"))


def shown(*runs: Execution, **inputs: str) -> Answer:
    unknown = [run for run in runs if RECOGNISER.recognise(run) is None]
    argument: dict[str, JsonValue] = {"tenant": inputs.get("tenant", ""), "from": "2026-01-01", "to": "2026-02-21"}
    samples = [SampleRun(run, (argument,)) for run in unknown] if inputs else []
    return recognition(runs, RECOGNISER, propose_mapping(samples, ("hilton",), CAMPAIGN, UTC), "workflow")


def test_all_that_are_recognised_are_listed_with_their_source() -> None:
    hints = {"BackfillCustomer": "vivint", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"}

    answer = shown(execution(), execution(ref=Ref("voice-prod", "job-1", "run-1"), hints=hints))

    assert answer.level is Level.OK
    assert answer.text.splitlines() == [
        "recognised by id (1), attributes (1): all of the last 2 runs",
        "type              customer  days                    recognised by  workflow id",
        "CustomerBackfill  hilton    2026-01-01..2026-02-21  id             backfill-hilton-2026-01-01-2026-02-21",
        "CustomerBackfill  vivint    2026-01-01..2026-01-06  attributes     job-1",
    ]


def test_those_that_are_not_are_counted_and_the_mapping_for_them_is_written_as_in_the_file() -> None:
    answer = shown(execution(), odd(1), tenant="hilton")

    assert answer.level is Level.WARNING
    assert answer.text.splitlines()[:4] == [
        "1 of the last 2 runs not recognised: they are shown as such, and fill no days",
        "this would recognise 1 of these 1, if it is what they mean:",
        "    [workflow.identity]",
        '    input = { customer = "[0].tenant", start = "[0].from", end = "[0].to" }',
    ]
    assert "CustomerBackfill  not recognised" in answer.text


def test_where_nothing_is_found_it_says_so_and_without_runs_nothing_is_wrong() -> None:
    assert "no mapping was found" in shown(odd(1)).text
    assert shown().level is Level.OK


def test_names_from_outside_stay_short_and_on_their_line() -> None:
    answer = shown(execution(ref=Ref("voice-prod", "x\n" * 500, "run-1")))

    assert max(map(len, answer.text.splitlines())) < 200
