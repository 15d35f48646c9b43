"""A child that only repeats the customer and days of the run above it is not replaced by its siblings: its type and
input then tell which of them did its work."""

from dataclasses import replace
from typing import Any

import pytest

from bot.fleet.runs.run import Run
from bot.model import Doubt, DoubtReason, Execution, ExecutionStatus, Ref
from bot.model.execution import PARENT_HINT, PARENT_RUN_HINT
from bot.usecases.observe.observe import observe
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, closed

CLUSTER, CUSTOMER = "voice-prod", "hilton"
S = ExecutionStatus
BY_ID = {"id": "bf:{customer}:{start:%Y%m%d}-{end:%Y%m%d}{*}"}
BY_ATTRIBUTES = {"attributes": {"customer": "Customer", "start": "From", "end": "To"}}
WITHOUT_DAYS = {"memo": {"customer": "Customer"}, "without_days": "the whole campaign"}
ATTRIBUTES = {"Customer": CUSTOMER, "From": f"{CAMPAIGN.start}", "To": f"{CAMPAIGN.end}"}


def world_of(identity: dict[str, Any]) -> FakeWorld:
    start = {"id": "bf:{customer}:{start:%Y%m%d}-{end:%Y%m%d}"}
    workflow = {"types": ["CustomerBackfill"], "task_queue": "backfill", "identity": identity, "start": start}
    return FakeWorld(config({CLUSTER: (CUSTOMER,)}, workflow=workflow), now=NOW)


def parent(hints: dict[str, str]) -> Execution:
    name = f"bf:{CUSTOMER}:{CAMPAIGN.start:%Y%m%d}-{CAMPAIGN.end:%Y%m%d}"
    return closed(S.COMPLETED, CUSTOMER, CAMPAIGN, ref=Ref(CLUSTER, name, "run-1"), took=9 * HOUR, hints=hints)


def child(of: Execution, name: str, status: ExecutionStatus, hours_ago: int) -> Execution:
    """A child with its parent's search attributes and memo, whose id begins with that of its parent."""
    ref = Ref(CLUSTER, f"{of.ref.workflow_id}/{name}", f"{of.ref.run_id}/{name}")
    hints = {**of.hints, PARENT_HINT: of.ref.workflow_id, PARENT_RUN_HINT: of.ref.run_id}
    return closed(status, CUSTOMER, CAMPAIGN, ref=ref, workflow_type="CopyDay", ago=hours_ago * HOUR, hints=hints)


async def observed(world: FakeWorld, *runs: Execution) -> Run:
    for run in runs:
        world.engines[CLUSTER].add(run)
        world.engines[CLUSTER].inputs[run.ref] = (run.ref.workflow_id.rpartition("/")[2].removesuffix("-again"),)
    view = await observe(CLUSTER, world.services)
    [top] = [run for run in view.runs if run.execution.workflow_type == "CustomerBackfill"]
    return top


SAME_IDENTITY = pytest.mark.parametrize(
    ("identity", "hints"), [(BY_ID, {}), (BY_ATTRIBUTES, ATTRIBUTES), (WITHOUT_DAYS, {"Customer": CUSTOMER})]
)


@SAME_IDENTITY
async def test_a_sibling_for_another_day_does_not_replace_a_failed_child(
    identity: dict[str, Any], hints: dict[str, str]
) -> None:
    top = parent(hints)
    run = await observed(
        world_of(identity), top, child(top, "day-4", S.FAILED, 5), child(top, "day-5", S.COMPLETED, 3)
    )

    assert [days.doubt for days in run.doubts] == [
        Doubt(DoubtReason.CHILD_ENDED, "failed", f"{top.ref.workflow_id}/day-4")
    ]


@SAME_IDENTITY
async def test_a_sibling_of_the_same_type_and_input_replaces_it(
    identity: dict[str, Any], hints: dict[str, str]
) -> None:
    top = parent(hints)
    again = child(top, "day-4-again", S.COMPLETED, 3)

    assert (await observed(world_of(identity), top, child(top, "day-4", S.FAILED, 5), again)).is_complete


@SAME_IDENTITY
async def test_nor_does_a_sibling_below_a_child_that_has_no_identity(
    identity: dict[str, Any], hints: dict[str, str]
) -> None:
    top = parent(hints)
    middle = child(top, "week-1", S.COMPLETED, 2)
    bare = replace(middle, hints={PARENT_HINT: top.ref.workflow_id, PARENT_RUN_HINT: top.ref.run_id})
    day_4, day_5 = child(bare, "day-4", S.FAILED, 5), child(bare, "day-5", S.COMPLETED, 3)
    inherited = [replace(day, hints={**day.hints, **hints}) for day in (day_4, day_5)]

    assert (await observed(world_of(identity), top, bare, *inherited)).doubts
