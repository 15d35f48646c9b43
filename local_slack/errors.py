"""The errors of the local Slack.

SlackError           the Web API answers ok:false with a code, and with the problems that validation found
ControlError         the control API answers 4xx with one sentence
WorkspaceFileError   the workspace file has mistakes
PortInUse            another program listens on the port
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """One mistake in a payload, with the JSON pointer to it."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


class SlackError(Exception):
    """A refusal in Slack's own form (https://docs.slack.dev/apis/web-api#responses)."""

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
    """A refusal of the control API: one sentence and an HTTP status."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class WorkspaceFileError(Exception):
    """A workspace file that cannot be used; its text has one line for each mistake."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class PortInUse(OSError):
    """Another program listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"port {port} on {host} is already in use; choose another one, such as {port % 65535 + 1}")
        self.host = host
        self.port = port
