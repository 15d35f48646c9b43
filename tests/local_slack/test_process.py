"""The local Slack as a process of its own, with the Bolt app of docs/local-slack.md against it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from tests.local_slack.harness import Control, eventually

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "local-slack.md").read_text("utf-8")
MODES = ["socket mode", "http"]


@contextmanager
def process(command: list[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=inherited | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.terminate()
            with suppress(subprocess.TimeoutExpired):
                running.wait(20)
            running.kill()


def local_slack(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "local_slack", *arguments]


def printed(running: subprocess.Popen[str]) -> dict[str, str]:
    """The environment it prints, whose last line is the signing secret."""
    variables: dict[str, str] = {}
    assert running.stdout is not None
    while "SLACK_SIGNING_SECRET" not in variables:
        line = running.stdout.readline()
        assert line, running.stderr and running.stderr.read()
        name, _, value = line.strip().partition("=")
        variables[name] = value
    return variables


def free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])


@pytest.fixture
def app_file(tmp_path: Path) -> Path:
    """Exactly the lines of the page."""
    (lines,) = re.findall(r"```python\n(import os\n.*?)```", DOCS, re.DOTALL)
    file = tmp_path / "app.py"
    file.write_text(lines, "utf-8")
    return file


@pytest.fixture(params=MODES)
async def control(request: pytest.FixtureRequest, app_file: Path) -> AsyncIterator[Control]:
    port = free_port()
    is_http = request.param == "http"
    url = ["--request-url", f"http://127.0.0.1:{port}/slack/events"] if is_http else []
    with process(local_slack("--port", "0", "--command", "/hello", *url)) as slack:
        environment = printed(slack)
        assert ("SLACK_APP_TOKEN" in environment) is not is_http
        with process([sys.executable, str(app_file)], environment | {"PORT": str(port)}):
            async with aiohttp.ClientSession(environment["SLACK_API_URL"].removesuffix("api/")) as http:
                yield Control(http)


async def test_the_bolt_app_of_the_page_answers_its_command(control: Control) -> None:
    async def is_answered() -> bool:
        delivery = await control.command("/hello")
        return bool(delivery["acked"])

    await eventually(is_answered, within=60)

    assert "Hello <@U00OLIVIA0>!" in await control.texts()


def test_a_bad_workspace_file_is_named_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "team.toml"
    file.write_text('command = "x"\nstrange = 1\n')

    ended = subprocess.run(
        local_slack("--port", "0", "--workspace", str(file)), cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines() == [
        f"local_slack: {file}: command: must be a command such as /hello",
        f"local_slack: {file}: strange: extra inputs are not permitted",
    ]


def test_a_port_in_use_ends_it_with_one_line() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        ended = subprocess.run(
            local_slack("--port", str(port)), cwd=ROOT, capture_output=True, text=True, check=False
        )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"local_slack: port {port} on 127.0.0.1 is already in use")
    assert len(ended.stderr.splitlines()) == 1


def test_it_ends_in_order_when_it_is_told_to_while_no_app_has_ever_answered() -> None:
    with process(local_slack("--port", "0", "--request-url", f"http://127.0.0.1:{free_port()}/")) as slack:
        printed(slack)
        slack.terminate()

        assert slack.wait(20) == 0
