"""A campaign that nobody has started: 95 customers on eight clusters, one command, one reason, and that is all."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus as Status

from tests.adapters.store.server import Server
from tests.e2e.confirming import do, seen
from tests.e2e.processes import SCENARIOS, TO_THE_END, Sandbox, bot, eventually, sandbox
from tests.e2e.temporal import Run, Temporal, most_at_once
from tests.fleet.builders import window_of_id

pytestmark = pytest.mark.timeout(1_200)

RUN_ALL = "/backfill run all"
WHY = "the new campaign"
# Of the scenario, which is cut down to 2 days: the heavy ones need windows of 1 day. The others get through in one,
# and in smaller ones on a machine that makes their runs slow.
HEAVY = {"oportun", "cvs", "hilton", "united-east"}
DAYS = [date(2026, 1, day) for day in range(1, 3)]
AT_ONCE = 10


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("monday")
    with sandbox(SCENARIOS / "monday.toml", folder, store_server, speed=3600) as world, bot(world, folder):
        yield world


def customer_of(run: Run) -> str:
    return run.workflow_id.removeprefix("backfill-").removesuffix(f"-{run.days}")


def days_by_customer(runs: Iterable[Run]) -> dict[str, list[date]]:
    """The days of each customer's runs in order, each as often as runs have filled it."""
    filled: dict[str, list[date]] = {}
    for run in runs:
        window = window_of_id(run.workflow_id)
        assert window
        filled.setdefault(customer_of(run), []).extend(window.each_day())
    return {name: sorted(days) for name, days in filled.items()}


def test_one_command_and_one_reason_complete_and_verify_a_whole_campaign(
    world: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    control = world.control
    posted = do(control, RUN_ALL, reason=WHY)
    eventually(lambda: "95 customers" in seen(control, "olivia"))
    eventually(lambda: "The campaign is" in "".join(control.announcements()), TO_THE_END)

    clusters = list(control.get("_control/world")["clusters"])
    windows = {name: Temporal(control, name).all_windows() for name in clusters}
    every = [run for runs in windows.values() for run in runs]
    assert "95 customers on 5 clusters" in posted
    assert {run.status for run in every} == {Status.COMPLETED}
    filled = days_by_customer(every)
    assert len(filled) == 95
    assert {name: days for name, days in filled.items() if days != DAYS} == {}
    assert {run.days for run in every if customer_of(run) in HEAVY} == {f"{day}-{day + timedelta(1)}" for day in DAYS}
    assert {name: most_at_once(runs) for name, runs in windows.items() if most_at_once(runs) > AT_ONCE} == {}
    attempts = {Temporal(control, name).most_attempts(run.workflow_id for run in windows[name]) for name in clusters}
    assert attempts == {0, 1}
    assert control.alerts() == []
    with capsys.disabled():
        print(f"{RUN_ALL}: {len(RUN_ALL) + len(WHY)} characters, 1 Enter, 1 click; 95 customers")  # noqa: T201


def test_everybody_is_complete_and_verified(world: Sandbox) -> None:
    status = world.control.ask_until_known("/backfill status")
    verified = world.control.ask_until_known("/backfill verify all")

    assert status.startswith("95 of 95 customers complete")
    assert verified.splitlines()[0] == "All clusters: 95 of 95 customers match."


def test_each_cluster_and_the_campaign_are_announced_once(world: Sandbox) -> None:
    announced = sorted(text.partition(": ")[0] for text in world.control.announcements())

    assert announced == [
        "The campaign is complete",
        "chat-prod is complete",
        "schwab-prod is complete",
        "us-east-1-prod is complete",
        "us-west-2-prod is complete",
        "voice-prod is complete",
    ]
