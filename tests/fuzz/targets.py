"""What takes input from outside, under many inputs: each counts what became of them, and fails on a surprise."""

import asyncio
import gc
import logging
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from bot.actions import command_of
from bot.blocks import errors
from bot.confirmation import confirmed
from bot.errors import UsageError
from handlers.routes import COMMANDS, command_in
from tests.blocks.gate import taken_by_slack
from tests.fuzz.inputs import Inputs
from tests.handlers.bolt import Edge, open_response_url
from tests.handlers.confirming import struggling_world
from tests.handlers.requests import SECRET, Door, open_door, signed_now

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 2, 22)
AT_ONCE = 40
# 401: what is no text is nothing that Slack signs. 403: what is for another app or workspace.
TAKEN = {200, 400, 401, 403, 404, 415}

Tally = Counter[str]


def typed(inputs: Inputs, count: int) -> Tally:
    """The command parser: a command, or an error that Slack shows."""
    tally = Tally()
    for _ in range(count):
        text = inputs.text()
        try:
            command = command_in(text, TODAY)
            assert type(command) in COMMANDS, text
            tally[f"typed: {command.word()}"] += 1
        except UsageError as exc:
            taken_by_slack(errors.render(exc))
            tally["typed: told what is wrong"] += 1
    return tally


def clicked(inputs: Inputs, count: int) -> Tally:
    """The values of buttons and the memories of dialogs: a command, or an error."""
    tally = Tally()
    for _ in range(count):
        value, is_click = inputs.value(), inputs.chance(0.5)
        try:
            command = command_of(inputs.action_id(), value) if is_click else confirmed(value).command
            assert type(command) in COMMANDS, value
            tally[f"{'clicked' if is_click else 'confirmed'}: {command.word()}"] += 1
        except UsageError:
            tally[f"{'clicked' if is_click else 'confirmed'}: not understood"] += 1
    return tally


async def requested(inputs: Inputs, count: int) -> Tally:
    """The HTTP endpoint: what is not signed reaches nobody, and what is signed fails nobody."""
    unsigned = count // 2
    async with _door() as door:
        with structlog.testing.capture_logs() as shown, _records() as records:
            tally = await _all(door, inputs, unsigned, is_signed=False)
            assert door.reached == []
            tally += await _all(door, inputs, count - unsigned, is_signed=True)
            # A task that failed with nobody to see it is told of when it is forgotten.
            gc.collect()
        assert _surprises(shown) == []
        assert [record.getMessage() for record in records] == []
    return tally


def _surprises(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Errors of our own code. It is none that Bolt or a model refuses a body, or that its answer goes nowhere."""
    failed = [line for line in lines if line["log_level"] == "error" and line["event"] != "answer lost"]
    return [repr(line) for line in failed if not _is_about_the_body(line.get("exc_info"))]


def _is_about_the_body(error: object) -> bool:
    if isinstance(error, ValidationError):
        return True
    frames = traceback.extract_tb(error.__traceback__) if isinstance(error, Exception) else []
    files = [Path(frame.filename) for frame in frames]
    return bool(files) and not any(file.is_relative_to(ROOT / ours) for file in files for ours in ("bot", "handlers"))


async def _all(door: Door, inputs: Inputs, count: int, *, is_signed: bool) -> Tally:
    tally = Tally()

    async def some(number: int) -> None:
        for _ in range(number):
            body, kind = inputs.request()
            headers = signed_now(body, kind) if is_signed else _unsigned(inputs, body, kind)
            status, text = await door.send(body, headers)
            assert "Traceback" not in text
            assert status in (TAKEN if is_signed else {401}), (status, body[:2_000], headers)
            tally[f"{'signed' if is_signed else 'not signed'}: HTTP {status}"] += 1

    async with asyncio.TaskGroup() as group:
        for number in range(AT_ONCE):
            group.create_task(some(count // AT_ONCE + (number < count % AT_ONCE)))
    return tally


def _unsigned(inputs: Inputs, body: bytes, kind: str) -> dict[str, str]:
    """No signature, or none that is good for this body now."""
    good = signed_now(body, kind)
    timestamp, signature = good["X-Slack-Request-Timestamp"], good["X-Slack-Signature"]
    wrong: dict[str, str] = inputs.one_of(
        {"Content-Type": kind},
        signed_now(body, kind, late=inputs.one_of(301, 10_000, -400, -10_000)),
        signed_now(body, kind, secret=inputs.one_of("", SECRET.upper(), "x")),
        signed_now(body + b"x", kind),
        good | {"X-Slack-Signature": inputs.one_of("", signature[:-1], signature + "0", signature.upper(), "v0=é")},
        good | {"X-Slack-Request-Timestamp": inputs.one_of("", "0", f" {timestamp}0", "-1", "١", "1e9", "9" * 400)},
    )
    return wrong


@asynccontextmanager
async def _door() -> AsyncIterator[Door]:
    async with open_response_url() as there, open_door(Edge(struggling_world(), there)) as door:
        yield door


class Keeping(logging.Handler):
    """Keeps errors."""

    def __init__(self, found: list[logging.LogRecord]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        self._found.append(record)


@contextmanager
def _records() -> Iterator[list[logging.LogRecord]]:
    """What any library logs as an error meanwhile."""
    found: list[logging.LogRecord] = []
    handler = Keeping(found)
    logging.getLogger().addHandler(handler)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(handler)
