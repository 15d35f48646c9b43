"""A fleet to be changed: hilton's full range struggles, vivint's is healthy, sunbit's sequence runs window 1."""

from dataclasses import replace
from typing import Any

from bot.fleet.proposals.proposal import Proposal
from bot.model import Activity, Actor, ExecutionStatus, Ref, Window
from bot.model.coverage import missing
from tests.fakes.services import CHANNEL, GROUP_OPERATOR, OPERATOR, TEAM, FakeWorld, config
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, closed, description, execution, window
from tests.fleet.sequences import running, spec
from tests.fleet.sizes import evenly

OLIVIA = Actor(OPERATOR, TEAM, CHANNEL)
OSCAR = Actor(GROUP_OPERATOR, TEAM, CHANNEL)
VOICE = "voice-prod"


def fleet() -> FakeWorld:
    """Workers poll on each cluster, and each customer has rows in the source."""
    customers = {VOICE: ("hilton", "vivint", "sunbit"), "chat-prod": ("verizon",)}
    world = FakeWorld(config=config(customers), now=NOW)
    for cluster, names in customers.items():
        world.engines[cluster].workers["backfill"] = 2
        world.warehouses[cluster].volume = {name: evenly(82_353) for name in names}
    runs(world, "hilton", CAMPAIGN, activity(attempt=3, last_failure=TIMED_OUT))
    runs(world, "vivint", CAMPAIGN, activity())
    return world


def runs(world: FakeWorld, customer: str, days: Window, *doing: Activity, cluster: str = VOICE) -> Ref:
    """Adds a run that has been open for an hour."""
    run = description(*doing, of=execution(customer, days, cluster))
    return world.engines[cluster].put(run).execution.ref


def completed(world: FakeWorld, customer: str, days: Window, cluster: str = VOICE) -> None:
    """Adds a completed run that took one second."""
    world.engines[cluster].put(
        description(of=closed(ExecutionStatus.COMPLETED, customer, days, cluster, took=HOUR / 3600))
    )


def ends(world: FakeWorld, ref: Ref, status: ExecutionStatus = ExecutionStatus.COMPLETED) -> None:
    """Ends an open run."""
    current = world.engines[ref.cluster].descriptions[ref]
    over = replace(current.execution, status=status, closed_at=world.now)
    world.engines[ref.cluster].put(replace(current, execution=over, activities=()))


async def sequence(world: FakeWorld, customer: str = "sunbit", **changes: Any) -> None:
    """Adds a sequence that Olivia has begun, with its first window running."""
    control, days = world.controls[VOICE], window(1, 6)
    await control.begin(spec(customer, VOICE, **changes))
    runs(world, customer, days, activity())
    state = control.states[customer]
    left = tuple(rest for gap in state.days for rest in missing(gap, [days]))
    control.states[customer] = replace(state, days=left)
    control.running[customer] = (running(1, days, customer, VOICE),)


def acts_of(proposal: Proposal) -> list[tuple[str, str]]:
    """Kind and customer of each act."""
    return [(type(act).__name__, act.customer) for act in proposal.acts]
