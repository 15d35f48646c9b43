"""A ClickHouse engine over HTTP that a test can stop and start again, and the tables tests fill there."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode


class ClickHouseServer:
    """One process over one directory; it keeps its port over restarts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when the server listens, which it shows by printing its port."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.clickhouse", "--path", str(self._path), "--port", str(self.port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line.strip().isdecimal(), "the ClickHouse server did not start"
        self.port = int(line)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate(timeout=10)
            self._process = None

    def run(self, statement: str, **settings: object) -> str:
        """Run one statement as an administrator would."""
        address = f"{self.url}/?{urlencode(settings)}"
        with urllib.request.urlopen(address, data=statement.encode(), timeout=60) as answer:
            text: str = answer.read().decode()
            return text.strip()

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        """The statements that the server received after that id."""
        with urllib.request.urlopen(f"{self.url}/_log?since={since}", timeout=10) as answer:
            statements: list[dict[str, Any]] = json.load(answer)["statements"]
            return statements

    def last_id(self) -> int:
        entries = self.log()
        return int(entries[-1]["id"]) if entries else 0
