"""Every error that the bot raises on purpose becomes a sentence that pings nobody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.blocks.errors import render, unexpected
from bot.errors import (
    BackfillBotError,
    ConfigError,
    Conflict,
    DependencyError,
    NotAllowed,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
    UsageError,
)
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import AlertUnknown


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (UsageError("No.", "Do."), "No. Do."),
        (UsageError("No."), "No."),
        (NotAllowed("Only operators may ack."), "Only operators may ack."),
        (
            Unavailable("Temporal voice-prod", "timed out"),
            "Temporal voice-prod did not answer: timed out. Try again in a moment.",
        ),
        (
            Unreachable("ClickHouse of a", "its certificate has expired: renew it"),
            "ClickHouse of a cannot be reached: its certificate has expired: renew it.",
        ),
        (RateLimited("Slack", "x", timedelta(seconds=30)), "Slack is asked too often just now. Try again in 30 s."),
        (Refused("ClickHouse", "no such table."), "ClickHouse refused: no such table."),
        (NotFound("Temporal", "no such run"), "Temporal: no such run."),
        (Conflict("store", "hilton: gone on"), "Nothing was changed: hilton: gone on. Try again."),
        (ConfigError(["a: b"]), "a: b"),
    ],
)
def test_each_kind_says_what_is_the_matter(error: BackfillBotError, text: str) -> None:
    assert render(error).text == text


def _classes(root: type[BackfillBotError]) -> Iterator[type[BackfillBotError]]:
    yield root
    for child in root.__subclasses__():
        yield from _classes(child)


def test_no_class_of_the_tree_is_left_without_a_sentence() -> None:
    for kind in _classes(BackfillBotError):
        error = kind.__new__(kind)
        Exception.__init__(error, "something")
        if isinstance(error, DependencyError):
            error.system, error.why = "Temporal", "something"
        if isinstance(error, RateLimited):
            error.retry_after = timedelta(seconds=1)
        if isinstance(error, UsageError):
            error.problem, error.hint = "something", ""
        if isinstance(error, Declined):
            error.reason, error.notes = AlertUnknown(), ()

        assert render(error).text


def test_what_was_typed_is_shown_literally() -> None:
    message = render(UsageError("There is no command “<!channel> <@U1> *x*”."))

    assert "<!channel>" not in message.text + str(message.blocks)
    assert "<@U1>" not in message.text + str(message.blocks)


def test_a_long_reason_is_clipped_to_one_line() -> None:
    message = render(Refused("ClickHouse", "line\n" * 1_000))

    assert len(message.text) < 600
    assert "\n" not in message.text


def test_a_fault_of_the_bot_gives_a_reference_and_nothing_else() -> None:
    assert "under 1a2b3c4d" in unexpected("1a2b3c4d").text
