"""When the bot looks below completed runs: once, before their days count, and never so that an upgrade alone puts
days in doubt."""

from dataclasses import replace

import pytest

from bot.errors import Unavailable
from bot.fleet.runs.child_facts import children_against
from bot.fleet.runs.close_facts import Unread, unread
from bot.model import ClosePolicy, Execution, ExecutionStatus, PendingChild, Ref
from bot.model.execution import CANCEL_HINT, CHAIN_HINT, LATE_CHILDREN_HINT, NO, PARENT_HINT, PARENT_RUN_HINT
from bot.usecases.observe import lasting_child_facts
from bot.usecases.observe.history import read_earlier_ends
from bot.usecases.observe.observe import observe
from tests.fakes.engine import FakeEngine
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, HOUR, closed, description

CLUSTER = "voice-prod"
S = ExecutionStatus


def parent(number: int = 1) -> Execution:
    return closed(S.COMPLETED, f"customer{number}", CAMPAIGN, run=str(number))


def child_of(run: Execution, status: ExecutionStatus = S.FAILED) -> Execution:
    above = {PARENT_HINT: run.ref.workflow_id, PARENT_RUN_HINT: run.ref.run_id}
    ref = Ref(CLUSTER, f"{run.ref.workflow_id}-copy", f"{run.ref.run_id}-copy")
    return closed(status, "hilton", CAMPAIGN, ref=ref, workflow_type="CopyDays", ago=2 * HOUR, hints=above)


class Counting(FakeEngine):
    """Counts the listings of children, which are refused while ``is_mute``."""

    def __init__(self) -> None:
        super().__init__()
        self.listings: list[int] = []
        self.is_mute = False

    async def children(self, parents: object) -> list[Execution]:
        if self.is_mute:
            raise Unavailable("Temporal", "no listing")
        self.listings.append(len(parents))  # type: ignore[arg-type]
        return await super().children(parents)  # type: ignore[arg-type]


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.engines[CLUSTER] = Counting()
    return world


def engine_of(world: FakeWorld) -> Counting:
    engine = world.engines[CLUSTER]
    assert isinstance(engine, Counting)
    return engine


async def recorded(world: FakeWorld) -> Execution:
    [run] = (await world.ledger.recall(CLUSTER)).executions
    return run


async def test_the_children_of_fifty_runs_are_read_with_one_listing_and_once(world: FakeWorld) -> None:
    services = world.services
    for number in range(60):
        engine_of(world).add(replace(parent(number), closed_at=parent().closed_at))
    engine_of(world).add(child_of(parent(7)))
    view = await observe(CLUSTER, services)
    await observe(CLUSTER, services)

    assert engine_of(world).listings == [50, 10]
    assert [run.execution.ref.workflow_id for run in view.runs if run.doubts] == [parent(7).ref.workflow_id]


async def test_while_it_is_not_known_what_is_below_a_run_its_days_are_unknown(world: FakeWorld) -> None:
    engine_of(world).add(parent())
    engine_of(world).is_mute = True
    services = world.services
    view = await observe(CLUSTER, services)
    waiting = await recorded(world)
    engine_of(world).is_mute = False
    later = await observe(CLUSTER, services)

    assert view.history_silent == "how 1 of 1 run ended is not read yet"
    assert not view.runs[0].is_complete
    assert unread(waiting) is Unread.WAITS
    assert (later.history_silent, later.runs[0].is_complete) == ("", True)


async def test_a_description_does_not_tell_that_a_run_completed_before_its_children_are_known(
    world: FakeWorld,
) -> None:
    engine_of(world).add(parent())
    engine_of(world).is_mute = True

    with pytest.raises(Unavailable):
        await world.services.clusters[CLUSTER].engine.describe(parent().ref)


async def test_a_child_that_was_open_and_completes_clears_the_days(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine_of(world).add(parent())
    still_open = replace(child_of(parent(), S.RUNNING), closed_at=None)
    engine_of(world).add(still_open)
    services = world.services
    first = await observe(CLUSTER, services)
    engine_of(world).add(replace(child_of(parent(), S.COMPLETED)))
    second = await observe(CLUSTER, services)
    monkeypatch.setattr(lasting_child_facts, "AGAIN_AFTER", 0 * HOUR)
    third = await observe(CLUSTER, world.services)

    assert [bool(view.runs[0].doubts) for view in (first, second, third)] == [True, True, False]


@pytest.mark.parametrize(
    ("policy", "statuses", "is_in_doubt"),
    [
        (ClosePolicy.REQUEST_CANCEL, [S.RUNNING, S.RUNNING], [True, True]),
        (ClosePolicy.REQUEST_CANCEL, [S.RUNNING, S.CANCELLED], [True, False]),
        (ClosePolicy.TERMINATE, [S.RUNNING, S.TERMINATED], [False, False]),
        (ClosePolicy.ABANDON, [S.RUNNING, S.CANCELLED], [True, True]),
    ],
)
async def test_a_child_that_its_parents_end_cancels_counts_until_it_has_closed(
    world: FakeWorld,
    monkeypatch: pytest.MonkeyPatch,
    policy: ClosePolicy,
    statuses: list[ExecutionStatus],
    is_in_doubt: list[bool],
) -> None:
    monkeypatch.setattr(lasting_child_facts, "AGAIN_AFTER", 0 * HOUR)
    child, doubtful = child_of(parent(), S.RUNNING), list[bool]()
    engine_of(world).put(description(of=parent(), children=(PendingChild(child.ref, "CopyDays", policy),)))
    services = world.services
    for status in statuses:
        closed_at = None if status.is_open else child.closed_at
        engine_of(world).add(replace(child, status=status, closed_at=closed_at))
        [run] = (await observe(CLUSTER, services)).runs
        doubtful.append(bool(run.doubts))

    assert doubtful == is_in_doubt


async def test_it_is_kept_that_a_child_was_found_only_when_the_children_were_read_once_more(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lasting_child_facts, "AGAIN_AFTER", 0 * HOUR)
    services = world.services
    engine_of(world).add(parent())
    await observe(CLUSTER, services)
    engine_of(world).add(child_of(parent()))
    await observe(CLUSTER, services)

    assert LATE_CHILDREN_HINT in (await recorded(world)).hints


async def test_a_run_of_an_earlier_version_stays_complete_until_its_children_are_read_in_the_background(
    world: FakeWorld,
) -> None:
    facts = {CANCEL_HINT: NO, CHAIN_HINT: parent().ref.run_id}
    await world.ledger.keep([replace(parent(), hints=facts)])
    engine_of(world).add(parent())
    engine_of(world).add(child_of(parent()))
    services = world.services
    upgraded = await observe(CLUSTER, services)
    more = await read_earlier_ends(CLUSTER, services)

    assert upgraded.runs[0].is_complete
    assert not more
    assert [child.status for child in children_against(await recorded(world))] == [S.FAILED]
    assert not (await observe(CLUSTER, services)).runs[0].is_complete
