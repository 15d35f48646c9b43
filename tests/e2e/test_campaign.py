"""A whole campaign from one command, while the bot dies twice and a cluster's Temporal is away for a while."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus as Status

from tests.adapters.store.server import Server
from tests.e2e.confirming import do, seen
from tests.e2e.control import Control
from tests.e2e.processes import SCENARIOS, TO_THE_END, Sandbox, bot, eventually, kill, lapse, sandbox
from tests.e2e.temporal import Temporal, most_at_once

pytestmark = [pytest.mark.timeout(1_200), pytest.mark.chaos]

CLUSTERS = ("east", "west")
AT_ONCE = 2
ONE_DAY = [f"2026-01-{day:02}-2026-01-{day + 1:02}" for day in range(1, 5)]
WHOLE = ["2026-01-01-2026-01-05"]
DAYS = {
    **dict.fromkeys(("bigtop", "whale"), ONE_DAY),
    **dict.fromkeys(("amber", "birch", "cedar", "dune", "ember"), WHOLE),
}


def with_cap(world: Sandbox, folder: Path) -> str:
    """The path of the world's configuration with a cap of ``AT_ONCE``."""
    standard = Path(world.environ["BACKFILL_CONFIG"]).read_text("utf-8")
    config = folder / "capped.toml"
    config.write_text(standard.replace("[control]\n", f"[control]\nwindows_at_once = {AT_ONCE}\n"), "utf-8")
    return str(config)


def begun(control: Control, count: int) -> None:
    """Wait until so many windows have begun, on both clusters together."""
    eventually(lambda: sum(len(Temporal(control, name).all_windows()) for name in CLUSTERS) >= count, TO_THE_END)


def direct_messages(control: Control) -> list[dict[str, Any]]:
    """The calls that have posted a direct message."""
    posts = (call for call in control.calls() if call["method"] == "chat.postMessage")
    return [call for call in posts if str(call["reply"].get("channel", "")).startswith("D")]


def test_kills_and_a_cluster_that_is_away_lose_nothing_double_nothing_and_exceed_no_cap(
    tmp_path: Path, store_server: Server | None
) -> None:
    with sandbox(SCENARIOS / "campaign.toml", tmp_path, store_server, speed=3600) as world:
        control, config = world.control, with_cap(world, tmp_path)
        with bot(world, tmp_path, BACKFILL_CONFIG=config) as first:
            answer = control.ask("/backfill notify bigtop", "victor")
            do(control, "/backfill run all")
            eventually(lambda: "7 customers" in seen(control, "olivia"))
            begun(control, 2)
            kill(first)
            lapse(world, held_by=first)
        control.relay("west", "temporal", "cut")
        with bot(world, tmp_path, BACKFILL_CONFIG=config) as second:
            begun(control, 5)
            kill(second)
            lapse(world, held_by=second)
        with bot(world, tmp_path, BACKFILL_CONFIG=config):
            control.relay("west", "temporal", "ok")
            eventually(
                lambda: any(text.startswith("The campaign is") for text in control.announcements()), TO_THE_END
            )
            eventually(lambda: direct_messages(control))
            status = control.ask_until_known("/backfill status")
            verified = control.ask_until_known("/backfill verify all")
            announced = sorted(text.partition(": ")[0] for text in control.announcements())
            direct = direct_messages(control)
            windows = {name: Temporal(control, name).all_windows() for name in CLUSTERS}

    assert answer.startswith("You get one direct message when bigtop on east is complete or needs a person.")
    assert status.startswith("7 of 7 customers complete")
    assert verified.splitlines()[0] == "All clusters: 7 of 7 customers match."
    assert announced == ["The campaign is complete", "east is complete", "west is complete"]
    assert len(direct) == 1
    every = [run for runs in windows.values() for run in runs]
    assert {run.status for run in every} == {Status.COMPLETED}
    assert Counter(run.workflow_id for run in every) == Counter(
        f"backfill-{name}-{days}" for name, own in DAYS.items() for days in own
    )
    assert {name: most_at_once(runs) for name, runs in windows.items() if most_at_once(runs) > AT_ONCE} == {}
