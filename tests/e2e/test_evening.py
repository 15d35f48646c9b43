"""The evening of the operations log, as the channel tells it."""

import os
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.store.server import Server
from tests.e2e.asking import BETWEEN_COMMANDS
from tests.e2e.control import Control
from tests.e2e.processes import ROOT, Sandbox, bot, eventually, sandbox, until
from tests.loaded_bot import loaded_bot

pytestmark = pytest.mark.timeout(1_200)

# So slow that the evening lasts as long as these tests: an hour is two minutes.
SPEED = 30


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("evening")
    with sandbox("evening", folder, store_server, speed=SPEED) as world, bot(world, folder):
        yield world


@pytest.fixture
def control(world: Sandbox) -> Control:
    return world.control


def test_status_prints_the_table_of_the_log(control: Control) -> None:
    # How long all of them take is known once each has been seen twice.
    headline = re.compile(r"89 of 95 customers complete · 3 stopped · 3 running \([^\n]+ left\)\.\n")
    answer = until(
        lambda: control.ask_until_known("/backfill status"),
        lambda shown: bool(headline.match(shown)),
        rest=BETWEEN_COMMANDS,
    )
    lines = answer.splitlines()

    assert lines[1] == "Jan 1–Feb 20 (51 days)."
    assert lines[8:14] == [
        "voice-prod 14/17 complete, 3 open",
        "us-east-1-prod 41/44 complete, 3 open",
        "us-west-2-prod 30/30 complete",
        "chat-prod 3/3 complete",
        "schwab-prod 1/1 complete",
        "3 clusters have nothing to backfill",
    ]
    partial = "on us-east-1-prod: stopped after 1 of {} windows: {} days missing"
    assert [line.split(" (Jan")[0] for line in lines[2:5]] == [
        f"marriott {partial.format(6, 41)}",
        f"spirit {partial.format(6, 41)}",
        f"united-east {partial.format(11, 46)}",
    ]
    running = [line.split(", running for")[0] for line in lines[5:8]]
    assert running == [
        "hilton on voice-prod: running, window 2 of 11 (Jan 6–10). Attempt 1, healthy",
        "holidayinn-transfers on voice-prod: running, full range. Attempt 1, healthy",
        "vivint on voice-prod: running, full range. Attempt 1, healthy",
    ]


def test_nothing_of_the_evening_struggles_and_nothing_alerts(control: Control) -> None:
    assert control.ask_until_known("/backfill struggling").startswith("Nothing struggles")
    assert control.alerts() == []


@pytest.mark.parametrize("cluster", ["us-west-2-prod", "chat-prod", "schwab-prod"])
def test_a_complete_cluster_verifies(control: Control, cluster: str) -> None:
    first = control.ask_until_known(f"/backfill verify {cluster}").splitlines()[0]

    assert "match" in first
    assert "differ" not in first


def test_a_partial_customer_lacks_exactly_the_days_of_the_windows_that_did_not_run(control: Control) -> None:
    shown = control.ask_until_known("/backfill verify spirit")

    assert "No rows at all for Jan 11–Feb 20 (" in shown
    assert "Nothing is running for the missing days." in shown


def test_a_plan_skips_what_is_complete_or_runs_and_cuts_the_rest_as_the_log_did(control: Control) -> None:
    hilton = control.ask_until_known("/backfill plan hilton").splitlines()
    marriott = control.ask_until_known("/backfill plan marriott").splitlines()

    after = "one after another; about "
    assert hilton[0].startswith(f"hilton on voice-prod: 9 windows of 5 days would run {after}")
    assert hilton[1].startswith("Nothing has started. Started now, all would be done between ")
    assert hilton[3].startswith(
        "5 days a window: 82 rows a day. In earlier backfills, 5 days worked for hilton (82 a day), united-e"
    )
    kept, running, first = [line for line in hilton if line.startswith("Jan") and ": " in line][:3]
    assert kept == "Jan 1–5: 5 days, 412 rows, skip: complete"
    assert running == "Jan 6–10: 5 days, 412 rows, skip: running"
    assert first.startswith("Jan 11–15: 5 days, 412 rows, run, ")
    assert marriott[0].startswith(f"marriott on us-east-1-prod: 5 windows of 10 days would run {after}")


def test_a_plan_for_who_is_complete_starts_nothing_and_tells_the_size_all_the_same(control: Control) -> None:
    shown = control.ask_until_known("/backfill plan oportun").splitlines()

    assert shown[0] == "oportun on us-west-2-prod: nothing would run: 51 windows of 1 day are complete."
    assert shown[2].startswith("1 day a window: 307 rows a day. ")


def report_by_command_line(world: Sandbox, folder: Path) -> str:
    """The file that ``python -m bot report`` writes beside the running bot."""
    output = folder / "log.md"
    command = ["report", "--env-file", os.devnull, "--output", str(output)]
    ended = loaded_bot().run(command, ROOT, world.environ)
    assert ended.returncode == 0, ended.stderr
    return output.read_text()


def files_in_channel(control: Control) -> list[dict[str, Any]]:
    """The files in the channel and in its threads: a digest may be posted while these tests run."""
    threads = [control.messages(thread_ts=root["ts"]) for root in control.messages()]
    return [file for thread in threads for message in thread for file in message.get("files", ())]


def report_in_channel(control: Control) -> str:
    """The file that the bot shares for ``/backfill report``."""
    control.command("/backfill report")
    (file,) = eventually(lambda: files_in_channel(control))
    assert file["name"].startswith("operations-log-2")
    with urllib.request.urlopen(file["url_private"], timeout=30) as answer:
        return str(answer.read().decode())


def test_the_report_tells_the_evening_as_the_log_does_in_the_channel_and_on_the_command_line(
    world: Sandbox, control: Control, tmp_path: Path
) -> None:
    """All facts of the log are in tests/usecases/test_report.py; here the files arrive, with what Temporal tells."""
    control.ask_until_known("/backfill status")
    for text in (report_in_channel(control), report_by_command_line(world, tmp_path)):
        lines = text.splitlines()
        assert "**89 of 95 customers complete, 6 open.**" in text
        assert [
            line for line in lines if line.startswith("| us-west-2-prod | 30 | 30/30 | oportun ran as 51 windows of")
        ]
        assert [
            line for line in lines if line.startswith("| united-east | us-east-1-prod | partial; 1 of 11 windows")
        ]
        assert [
            line for line in lines if line.startswith("| hilton | voice-prod | running; 1 of 11 windows complete")
        ]
        struggled = text.partition("## Who struggled")[2].partition("What was done:")[0].splitlines()
        names = {line.split(" ")[1] for line in struggled if line.startswith("| ")} - {"Customer", "---"}
        assert names == {"hilton", "united-east", "marriott", "spirit"}
