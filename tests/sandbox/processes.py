"""The sandbox as a process of its own, started, asked and ended by a test."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TINY = str(Path(__file__).parents[1] / "scenarios" / "tiny.toml")
SINGLE = str(Path(__file__).parents[1] / "scenarios" / "single.toml")
SPEED = "3600"


@dataclass(frozen=True)
class Sandbox:
    process: subprocess.Popen[str]
    url: str
    env_file: Path

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode(), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    @property
    def pids(self) -> dict[str, int]:
        found: dict[str, int] = self.get("_control/world")["processes"]
        return found


def command(env_file: Path, *more: str) -> list[str]:
    basics = ["--scenario", TINY, "--speed", SPEED, "--slack-port", "0", "--no-bot", "--env-file", str(env_file)]
    return [sys.executable, "-m", "sandbox", *basics, *more]


@contextmanager
def sandbox(env_file: Path, *more: str, environment: dict[str, str] | None = None) -> Iterator[Sandbox]:
    with subprocess.Popen(
        command(env_file, *more), stdout=subprocess.PIPE, text=True, env=os.environ | (environment or {})
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("sandbox ready: http://127.0.0.1:"), line
            yield Sandbox(process, line.removeprefix("sandbox ready: ").strip(), env_file)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def complaint(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a sandbox that is not expected to stand."""
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments], capture_output=True, text=True, timeout=240, check=False
    )
    return ended.returncode, ended.stdout, ended.stderr


def rows(url: str, statement: str) -> Any:
    query = urllib.parse.urlencode({"query": f"{statement} FORMAT JSONCompactEachRow"})
    with urllib.request.urlopen(f"{url}?{query}", timeout=60) as answer:
        return [json.loads(line) for line in answer.read().splitlines()]
