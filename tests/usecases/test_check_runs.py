"""``check`` reads the arguments of runs that are not recognised, and shows what would recognise them."""

from typing import Any

from bot.blocks.check_report import answer_text
from bot.errors import Unavailable
from bot.fleet.diagnostics.findings import Answer, Level
from bot.model import Ref
from bot.usecases.check_runs import LAST_RUNS, check_runs
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import execution

CLUSTER = "voice-prod"


def odd(world: FakeWorld, number: int) -> Ref:
    ref = Ref(CLUSTER, f"job-{number}", f"run-{number}")
    world.engines[CLUSTER].inputs[ref] = ({"tenant": "hilton", "from": "2026-01-01", "to": "2026-02-20"},)
    world.engines[CLUSTER].add(execution(ref=ref))
    return ref


async def checked(world: FakeWorld) -> Answer:
    services = world.services
    return await check_runs(CLUSTER, services.clusters[CLUSTER], services.config, services.recogniser)


async def test_runs_that_tell_customer_and_days_in_their_input_only_get_a_mapping_for_it() -> None:
    world = FakeWorld()
    for number in range(LAST_RUNS + 5):
        odd(world, number)

    answer = await checked(world)

    assert answer.level is Level.WARNING
    assert 'input = { customer = "[0].tenant", start = "[0].from", end = "[0].to" }' in answer_text(answer)
    assert "this would recognise 20 of these 20" in answer_text(answer)
    assert 'end = { input = "included" }' in answer_text(answer)


async def test_with_that_mapping_all_are_recognised_by_their_input() -> None:
    identity: Any = {
        "input": {"customer": "[0].tenant", "start": "[0].from", "end": "[0].to"},
        "end": {"input": "included"},
    }
    workflow = {
        "types": ["CustomerBackfill"],
        "task_queue": "backfill",
        "identity": identity,
        "start": {"input": [{"tenant": "{customer}", "from": "{start}", "to": "{last}"}]},
    }
    world = FakeWorld(config({CLUSTER: ("hilton",)}, workflow=workflow))
    odd(world, 1)

    answer = await checked(world)

    assert answer.level is Level.OK
    assert "hilton    2026-01-01..2026-02-21  input" in answer_text(answer)


async def test_arguments_that_only_a_codec_can_read_are_told_and_what_they_need() -> None:
    world = FakeWorld()
    for number in range(3):
        world.engines[CLUSTER].inputs[odd(world, number)] = (None, None) if number else ("readable", None)

    shown = answer_text(await checked(world))

    assert "no argument of 2 runs of these can be read: if they are encrypted, they need a codec server" in shown


async def test_arguments_that_are_not_answered_hide_nothing_else() -> None:
    world = FakeWorld()
    world.engines[CLUSTER].withheld = {odd(world, number) for number in range(2)}

    answer = await checked(world)

    assert "2 of the last 2 runs not recognised" in answer_text(answer)
    assert "no mapping was found" in answer_text(answer)


async def test_of_a_cluster_that_is_away_nothing_is_known() -> None:
    world = FakeWorld()
    world.engines[CLUSTER].away = Unavailable("Temporal", "no answer")

    assert (await checked(world)).level is Level.UNKNOWN


def in_parts(world: FakeWorld, number: int) -> None:
    """A run with its customer in a search attribute and its days in its input."""
    ref = Ref(CLUSTER, f"job-{number}", f"run-{number}")
    world.engines[CLUSTER].inputs[ref] = ({"from": "2026-01-01", "to": "2026-02-21"},)
    world.engines[CLUSTER].add(execution(ref=ref, hints={"Tenant": "hilton"}))


async def test_a_customer_in_one_place_and_days_in_another_get_a_mapping_that_joins_them() -> None:
    world = FakeWorld()
    in_parts(world, 1)

    shown = answer_text(await checked(world))

    assert 'attributes = { customer = "Tenant" }' in shown
    assert 'input = { start = "[0].from", end = "[0].to" }' in shown


async def test_with_that_mapping_all_are_recognised_by_both_places() -> None:
    identity: Any = {"attributes": {"customer": "Tenant"}, "input": {"start": "[0].from", "end": "[0].to"}}
    start = {"input": [{"from": "{start}", "to": "{end}"}]}
    workflow = {"types": ["CustomerBackfill"], "task_queue": "backfill", "identity": identity, "start": start}
    world = FakeWorld(config({CLUSTER: ("hilton",)}, workflow=workflow))
    in_parts(world, 1)

    answer = await checked(world)

    assert answer.level is Level.OK
    assert "hilton    2026-01-01..2026-02-21  attributes and input" in answer_text(answer)


async def test_a_run_for_each_table_is_said_to_prove_no_days_by_itself() -> None:
    world = FakeWorld()
    for table in ("scores", "calls"):
        hints = {"BackfillCustomer": "hilton", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"}
        world.engines[CLUSTER].add(execution(ref=Ref(CLUSTER, table, f"run-{table}"), hints=hints))

    answer = await checked(world)

    assert answer.level is Level.WARNING
    assert "such as calls and scores (hilton, 2026-01-01..2026-01-06)" in answer_text(answer)
