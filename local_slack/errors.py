"""What can be refused, and by whom.

SlackError        the Web API says ok:false with a code (and the gate's problems)
ControlError      the control API says 4xx with one sentence
PortInUse         the port asked for is taken
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a payload, and where."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


class SlackError(Exception):
    """A refusal in Slack's own form (slack-contract.md §1, §5.2)."""

    def __init__(self, code: str, problems: Sequence[Problem] = (), **extra: str) -> None:
        super().__init__(code)
        self.code = code
        self.errors = [str(problem) for problem in problems]
        self.extra = extra

    def reply(self) -> Json:
        body: Json = {"ok": False, "error": self.code, **self.extra}
        if self.errors:
            body["errors"] = self.errors
            body["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.errors]}
        return body


class ControlError(Exception):
    """A refusal of the control API: one clear sentence and an HTTP status."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class PortInUse(OSError):
    """The port asked for is taken by another program."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is already in use; choose another one, as in make demo PORT={port + 1}"
        )
        self.host = host
        self.port = port
