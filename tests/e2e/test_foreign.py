"""Clusters whose teams run workflows of other shapes: the bot knows them by its file, and does the same for all."""

import json
import re
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus as Status

from tests.adapters.store.server import Server
from tests.e2e.asking import BETWEEN_COMMANDS
from tests.e2e.confirming import WHY, close, seen, submit
from tests.e2e.control import Control
from tests.e2e.processes import LAST_LINES, TO_THE_END, Sandbox, bot, eventually, sandbox, until
from tests.e2e.temporal import Temporal
from tests.e2e.test_check import check, failed
from tests.wording import TIMED_OUT

pytestmark = pytest.mark.timeout(1_200)

# Who is too big for a single run, and what the bot starts for the first of two windows.
TOO_BIG = {
    "orion": ("children", "TenantBackfill", "tenant-backfill/orion/20260101-20260105"),
    "vega": ("continued", "ReplayEvents", "replay:vega:20260101+5"),
    "atlas": ("input", "importHistory", "import/atlas/2026-01-01..2026-01-05"),
    "titan": ("parallel", "syncInLanes", "sync/titan/2026-01-01/5d"),
    "enigma": ("codec", "SealedBackfill", "sealed/enigma/2026-01-01/2026-01-05"),
    "bruno": ("catches-cancel", "CarefulBackfill", "careful/bruno/2026-01-01..2026-01-06"),
    "nordic": ("emea", "RegionalBackfill", "emea/nordic/2026-01-01..2026-01-06"),
    "pacific": ("apac", "RegionalBackfill", "apac/pacific/2026-01-01..2026-01-06"),
}
SECOND = {
    "orion": "tenant-backfill/orion/20260106-20260110",
    "vega": "replay:vega:20260106+5",
    "atlas": "import/atlas/2026-01-06..2026-01-10",
    "titan": "sync/titan/2026-01-06/5d",
    "enigma": "sealed/enigma/2026-01-06/2026-01-10",
    "bruno": "careful/bruno/2026-01-06..2026-01-11",
    "nordic": "emea/nordic/2026-01-06..2026-01-11",
    "pacific": "apac/pacific/2026-01-06..2026-01-11",
}
RANGE = "Jan 1–10 (10 days)"
HEARTBEAT_TIMEOUT = timedelta(seconds=3)
NOT_NOW = "Try again"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("foreign")
    with sandbox("foreign", folder, store_server, speed=3600) as world, bot(world, folder) as process:
        eventually(lambda: all(world.control.alert(name) for name in TOO_BIG), TO_THE_END)
        yield world
        assert process.poll() is None, (folder / "bot.log").read_text()[-LAST_LINES:]
    assert "Traceback" not in (folder / "bot.log").read_text()


@pytest.fixture
def control(world: Sandbox) -> Iterator[Control]:
    yield world.control
    close(world.control)


def known_answer(control: Control, command: str) -> str:
    """The answer of a bot that everything has answered, which takes a while on a busy machine."""
    return until(
        lambda: control.ask(command),
        lambda posted: not re.search("unknown|did not|Try again", posted),
        rest=BETWEEN_COMMANDS,
    )


def test_the_configuration_that_the_sandbox_writes_passes_check(world: Sandbox) -> None:
    until(lambda: failed(check(world)), lambda probes: probes == {}, TO_THE_END)


def test_status_shows_the_eight_as_one_fleet(control: Control) -> None:
    whole = "8 of 23 customers complete · "
    shown = until(
        lambda: control.ask("/backfill status"), lambda posted: posted.startswith(whole), rest=BETWEEN_COMMANDS
    )
    lines = shown.splitlines()

    assert lines[1] == f"{RANGE}."
    assert [line for line in lines if "/3 complete" in line or "/2 complete" in line] == [
        f"{cluster} 1/3 complete, 2 open" for cluster, *_ in list(TOO_BIG.values())[:-1]
    ] + ["apac 1/2 complete, 1 open"]


@pytest.mark.parametrize("name", list(TOO_BIG))
def test_the_one_who_is_too_big_alerts_once_with_the_days_of_the_whole_run(control: Control, name: str) -> None:
    (alert,) = [card for card in control.cards() if card["text"].startswith(f"{name} on ")]

    assert alert["text"].startswith(f"{name} on {TOO_BIG[name][0]} {TIMED_OUT}. ")
    assert f" {RANGE}, running since " in alert["text"]


@pytest.mark.parametrize("name", list(TOO_BIG))
def test_status_and_struggling_say_who_times_out(control: Control, name: str) -> None:
    cluster = TOO_BIG[name][0]

    assert known_answer(control, f"/backfill status {name}").startswith(
        f"{name} on {cluster}: struggling, full range, attempt "
    )
    struggling = known_answer(control, "/backfill struggling").splitlines()
    (line,) = [line for line in struggling if line.startswith(f"{name} on {cluster} (Jan 1–10): Attempt ")]
    assert "struggling" in line
    assert "Timed out on heartbeat" in line


def test_encrypted_heartbeats_are_decoded_by_the_codec_server(control: Control) -> None:
    assert " At Jan " in known_answer(control, "/backfill status enigma")


def test_temporals_web_ui_asks_the_codec_server_of_the_sandbox(control: Control) -> None:
    shown = control.get("_control/world")
    ui = shown["clusters"]["codec"]["temporal"]["ui"].partition("/namespaces/")[0]
    with urllib.request.urlopen(f"{ui}/api/v1/settings") as answer:
        settings = json.load(answer)

    assert shown["codec"].startswith("http://127.0.0.1:")
    assert settings["Codec"]["Endpoint"] == shown["codec"]


@pytest.mark.parametrize("name", list(TOO_BIG))
def test_plan_proposes_windows_that_get_through(control: Control, name: str) -> None:
    lines = known_answer(control, f"/backfill plan {name}").splitlines()

    assert lines[0].startswith(f"{name} on {TOO_BIG[name][0]}: 2 windows of 5 days would run")
    windows = [line.partition(", run")[0] for line in lines[-2:]]
    assert windows == ["Jan 1–5: 5 days, 200 rows", "Jan 6–10: 5 days, 200 rows"]


@pytest.mark.parametrize(("name", "cluster"), [("harbour", "emea"), ("harbour", "apac"), ("lyra", "children")])
def test_what_is_complete_is_known_as_such(control: Control, name: str, cluster: str) -> None:
    assert known_answer(control, f"/backfill status {cluster}/{name}").startswith(f"{name} on {cluster}: complete.")
    assert known_answer(control, f"/backfill verify {cluster}/{name}").startswith(
        f"{name} on {cluster} matches: 40 scorecards and 90 scores"
    )


@pytest.fixture(scope="module")
def proposals(world: Sandbox) -> dict[str, str]:
    """Every one of them is split, one after the other; what the dialogs proposed."""
    posted = {name: split(world.control, name) for name in TOO_BIG}
    close(world.control)
    return posted


def split(control: Control, name: str) -> str:
    """What its dialog proposed. On a busy machine the bot may say that something did not answer: then asked again."""
    while True:
        close(control)
        control.command(f"/backfill split {name}")
        proposal, is_asked = until(lambda: dialog(control), lambda shown: shown[1] or NOT_NOW in shown[0])
        if is_asked:
            submit(control)
            if "under way" in until(
                lambda: dialog(control)[0], lambda posted: "under way" in posted or NOT_NOW in posted
            ):
                return proposal


def dialog(control: Control) -> tuple[str, bool]:
    """What the dialog in front of the operator says, and whether it can be confirmed."""
    views = control.views()
    return seen(control, "olivia"), bool(views and views[-1]["submit"])


@pytest.mark.parametrize("name", list(TOO_BIG))
def test_split_proposes_to_cancel_the_run_and_start_two_windows(proposals: dict[str, str], name: str) -> None:
    cluster = TOO_BIG[name][0]

    # Of the run with children, those that are open at that moment, at most two, are cancelled with it.
    cancelled = "1 workflow|[23] workflows" if name == "orion" else "1 workflow"
    assert re.search(
        f"About to cancel ({cancelled}) and start 2 windows of 5 days for {name} on {cluster}", proposals[name]
    )
    assert "It does not struggle" not in proposals[name]


@pytest.mark.parametrize("name", list(TOO_BIG))
def test_split_runs_the_windows_of_any_team_to_the_end(
    control: Control, proposals: dict[str, str], name: str
) -> None:
    cluster, workflow_type, first = TOO_BIG[name]
    green = the_green_alert(control, name)

    windows = Temporal(control, cluster).runs(f"WorkflowId IN ('{first}', '{SECOND[name]}')")
    done = [run for run in windows if run.status is Status.COMPLETED]
    assert [run.workflow_id for run in done] == [first, SECOND[name]]
    assert {run.workflow_type for run in windows} == {workflow_type}
    assert all(later.started_at >= earlier.closed_at for earlier, later in pairwise(windows) if earlier.closed_at)
    assert green["text"].startswith(f"{name} on {cluster}: complete, 2 windows, ")
    # The card is edited before the lines that wait for their turn are posted.
    until(lambda: control.thread(green), lambda lines: any(WHY in line for line in lines), TO_THE_END)


def the_green_alert(control: Control, name: str) -> dict[str, Any]:
    """The alert once all windows are complete."""
    return until(lambda: control.alert(name), is_green, TO_THE_END)


def is_green(message: dict[str, Any]) -> bool:
    return ":large_green_circle:" in json.dumps(message)


@pytest.mark.parametrize("name", list(TOO_BIG))
def test_in_the_end_everything_is_there_and_status_tells_each_window_once(
    control: Control, proposals: dict[str, str], name: str
) -> None:
    the_green_alert(control, name)

    assert known_answer(control, f"/backfill verify {name}").startswith(
        f"{name} on {TOO_BIG[name][0]} matches: 400 scorecards and 900 scores"
    )
    status = known_answer(control, f"/backfill status {name}")
    assert status.startswith(f"{name} on {TOO_BIG[name][0]}: complete.")
    assert len([line for line in status.splitlines() if line.startswith("Jan 6–10: ")]) == 1


def test_no_child_of_the_old_run_writes_into_the_first_window(control: Control, proposals: dict[str, str]) -> None:
    the_green_alert(control, "orion")
    temporal = Temporal(control, "children")
    first, *_ = temporal.runs(f"WorkflowId = '{TOO_BIG['orion'][2]}'")
    children = temporal.runs("WorkflowType = 'CopyTenantDays' AND WorkflowId STARTS_WITH 'tenant-days/orion/'")
    of_the_old_run = [run for run in children if run.started_at < first.started_at]

    assert of_the_old_run
    assert all(run.closed_at and run.closed_at + HEARTBEAT_TIMEOUT <= first.started_at for run in of_the_old_run)


def test_what_the_bot_starts_is_encrypted_as_well(control: Control, proposals: dict[str, str]) -> None:
    the_green_alert(control, "enigma")
    temporal = Temporal(control, "codec")

    assert temporal.encodings_of_input(TOO_BIG["enigma"][2]) == ["binary/encrypted"]
    assert temporal.encodings_of_input("backfill-bot-sequence-enigma") == ["binary/encrypted"]


def test_clusters_of_one_namespace_do_not_touch_each_other(control: Control, proposals: dict[str, str]) -> None:
    for name in ("nordic", "pacific"):
        the_green_alert(control, name)
    emea = Temporal(control, "emea").runs("BackfillRegion = 'emea'")

    assert {run.workflow_id.partition("/")[0] for run in emea} == {"emea"}
    assert {run.task_queue for run in emea} == {"regional-emea"}
    assert len(Temporal(control, "emea").runs("WorkflowId STARTS_WITH 'backfill-bot-sequence/emea/'")) == 1
