"""The comparison finds whatever is lost, doubled, late, misplaced or made up; and nothing where all is well."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.fleet.notifications.keys import episode_id
from bot.model import Ref
from tests.chaos.channel import ChannelMessage
from tests.chaos.day import errors_in
from tests.chaos.memory import Memory, Recorded
from tests.chaos.truth import Drove, Ran, Truth
from tests.chaos.verdict import differences

NOON = datetime(2026, 2, 22, 12, 0, tzinfo=UTC)
FULL = ("voice-prod", "backfill-hilton-2026-01-01-2026-02-21", "run-1")
ALERT = f"episode:{episode_id(Ref(*FULL))}"
CARD = "sequence:one"
LATER = "digest:2026-02-22T12:02:00+00:00"
WINDOWS = ("2026-01-01-2026-01-27", "2026-01-27-2026-02-21")


def posted(key: str, ts: int, text: str, thread: str = "1") -> ChannelMessage:
    return ChannelMessage(key, str(ts), thread, (text,), text)


def window(days: str) -> dict[str, Any]:
    shown = {"start": days[:10], "end": days[11:]}
    return {"kind": "sequence window", "ended": {"window": shown, "end": "complete"}}


def ran(days: str, number: int) -> Ran:
    at = NOON + timedelta(minutes=number)
    return Ran("voice-prod", f"backfill-hilton-{days}", f"run-{number}", days, False, True, at, 1)


CHANNEL = (
    posted(ALERT, 1, "hilton on voice-prod: complete", thread=""),
    posted(f"{ALERT}:attempt:2:1", 2, "hilton, attempt 1: heartbeat timeout."),
    posted(f"{ALERT}:attempt:2:3", 3, "hilton, attempt 2: ended before the bot looked. hilton, attempt 3: the same."),
    posted(f"{CARD}:1", 4, "olivia asked to split"),
    posted(f"{CARD}:2", 5, "window 1 of 2 (Jan 1–26) complete in 5 s."),
    posted(f"{CARD}:3", 6, "window 2 of 2 (Jan 27–Feb 20) complete in 5 s."),
    posted(f"{CARD}:4", 7, "complete, 2 windows."),
    posted("digest:2026-02-22T12:00:00+00:00", 8, "95 of 95", thread=""),
    posted(LATER, 9, "95 of 95", thread=""),
)
MEMORY = Memory(
    tuple(Recorded(each.key, ALERT if each.thread else "", int(each.ts), each.words) for each in CHANNEL),
    failed=frozenset({FULL}),
    alerted=frozenset({FULL}),
)
LINES: tuple[dict[str, Any], ...] = (
    {"kind": "sequence begun"},
    *map(window, WINDOWS),
    {"kind": "sequence end"},
)
SEQUENCE = Drove("voice-prod", "hilton", "one", ALERT, NOON, False, LINES)
CANCELLED = Ran(*FULL, "2026-01-01-2026-02-21", False, False, NOON - timedelta(hours=1), 4)
TRUTH = Truth((CANCELLED, ran(WINDOWS[0], 1), ran(WINDOWS[1], 2)), (SEQUENCE,))


def without(key: str) -> tuple[ChannelMessage, ...]:
    return tuple(each for each in CHANNEL if each.key != key)


def other(key: str, **fields: Any) -> tuple[ChannelMessage, ...]:
    return tuple(replace(each, **fields) if each.key == key else each for each in CHANNEL)


def recorded(key: str, **fields: Any) -> Memory:
    messages = tuple(replace(each, **fields) if each.key == key else each for each in MEMORY.messages)
    return replace(MEMORY, messages=messages)


def test_a_day_that_went_well_differs_in_nothing() -> None:
    assert differences(CHANNEL, MEMORY, TRUTH) == []


@pytest.mark.parametrize("key", [first.key for first in CHANNEL])
def test_a_message_that_is_not_there_is_lost(key: str) -> None:
    assert f"lost: {key}" in differences(without(key), MEMORY, TRUTH)


@pytest.mark.parametrize("key", [first.key for first in CHANNEL])
def test_a_message_that_stands_twice_is_doubled(key: str) -> None:
    again = next(each for each in CHANNEL if each.key == key)
    twice = (*CHANNEL, replace(again, ts="99"))

    assert f"doubled: {key} stands 2 times" in differences(twice, MEMORY, TRUTH)


@pytest.mark.parametrize(
    ("channel", "memory", "problem"),
    [
        ((*CHANNEL, posted("episode:unknown", 99, "?", "")), MEMORY, "nobody recorded episode:unknown"),
        (other(ALERT, words=("struggling",)), MEMORY, "not as it was recorded last"),
        (other(f"{CARD}:2", thread="8"), MEMORY, "in the wrong thread"),
        (other(f"{CARD}:2", ts="6.5"), MEMORY, f"out of order: {CARD}:3 before {CARD}:2"),
        (CHANNEL, recorded(ALERT, waits=True), "still waits"),
        (CHANNEL, recorded(ALERT, set_aside="msg_too_long"), "set aside"),
        (CHANNEL, recorded(ALERT, left_out="it is over"), "left out (it is over), and stands"),
        ((*without(LATER), posted("digest:2026-02-22T12:04:00+00:00", 9, "", "")),
         MEMORY, "no digest between 12:00 and 12:04"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_channel_is_held_against_what_was_to_be_said(
    channel: tuple[ChannelMessage, ...], memory: Memory, problem: str
) -> None:
    assert any(each.startswith(problem) for each in differences(channel, memory, TRUTH))


@pytest.mark.parametrize(
    ("truth", "problem"),
    [
        (
            Truth(TRUTH.runs, (replace(SEQUENCE, lines=(*LINES[:-1], {"kind": "cut"}, LINES[-1])),)),
            "the thread tells",
        ),
        (Truth(TRUTH.runs, (replace(SEQUENCE, lines=LINES[:-1]),)), "closed without its last word"),
        (Truth(TRUTH.runs[:2], (SEQUENCE,)), "complete by its threads"),
        (Truth((*TRUTH.runs, ran(WINDOWS[0], 3)), (SEQUENCE,)), "hilton: complete by its threads"),
        (
            Truth((replace(CANCELLED, attempt=2), *TRUTH.runs[1:]), (SEQUENCE,)),
            "attempt 3 was told, there have been 2",
        ),
        (Truth((replace(CANCELLED, attempt=6, is_open=True), *TRUTH.runs[1:]), (SEQUENCE,)), "5 attempts have ended"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_channel_tells_is_held_against_what_temporal_says(truth: Truth, problem: str) -> None:
    assert any(problem in each for each in differences(CHANNEL, MEMORY, truth))


@pytest.mark.parametrize(
    ("shown_days", "found"),
    [
        ("Jan 1–Feb 20", []),
        ("Jan 1–26", [f"{CARD}:2 does not tell of Jan 1–Feb 20: windows 1 to 2 of 2 (Jan 1–26) complete"]),
    ],
)
def test_windows_that_share_a_line_are_told_by_its_last_state(shown_days: str, found: list[str]) -> None:
    first, whole = ({"start": "2026-01-01", "end": end} for end in ("2026-01-27", "2026-02-21"))
    windows = [
        window(days) | {"joined": {"line": 2, "days": days_so_far}}
        for days, days_so_far in zip(WINDOWS, (first, whole), strict=True)
    ]
    truth = Truth(TRUTH.runs, (replace(SEQUENCE, lines=(LINES[0], *windows, LINES[-1])),))
    text = f"windows 1 to 2 of 2 ({shown_days}) complete"
    channel = tuple(
        replace(each, text=text, words=(text,)) if each.key == f"{CARD}:2" else each for each in without(f"{CARD}:3")
    )
    kept = tuple(replace(each, words=(text,)) if each.key == f"{CARD}:2" else each for each in MEMORY.messages)
    memory = replace(MEMORY, messages=tuple(each for each in kept if each.key != f"{CARD}:3"))

    assert differences(channel, memory, truth) == found


def test_an_attempt_that_nobody_tells_of_is_missed_even_if_it_was_never_recorded() -> None:
    key = f"{ALERT}:attempt:2:1"
    forgetful = replace(MEMORY, messages=tuple(first for first in MEMORY.messages if first.key != key))

    assert any("the thread tells attempts [2, 3]" in each for each in differences(without(key), forgetful, TRUTH))


def test_a_run_that_was_seen_to_fail_without_an_alert_is_one_that_nobody_heard_of() -> None:
    channel = tuple(each for each in CHANNEL if not each.key.startswith(ALERT))
    memory = Memory(tuple(each for each in MEMORY.messages if each.key in {c.key for c in channel}), MEMORY.failed,
                    frozenset())  # fmt: skip

    assert "nobody heard of backfill-hilton-2026-01-01-2026-02-21, which was seen to fail" in differences(
        channel, memory, TRUTH
    )


def test_an_error_is_what_no_library_takes_wrongly_for_one() -> None:
    logs = (
        "2026-11-30T20:25:05.1Z [error    ] Failed handling activation on workflow [temporalio.worker]\n"
        "Traceback (most recent call last):\n"
        "_DeadlockError: [TMPRL1101] Potential deadlock detected\n"
        "2026-11-30T20:25:06.1Z [error    ] Failed to send a ping [slack_bolt]\n"
        "2026-11-30T20:25:07.1Z [warning  ] pass failed [bot.background.periodic]\n"
        "2026-11-30T20:25:08.1Z [error    ] Failed handling activation on workflow [temporalio.worker]\n"
        "Traceback (most recent call last):\n"
        "NondeterminismError: [TMPRL1100] Activity machine does not handle this event\n"
    )

    assert [line[:23] for line in errors_in(logs)] == ["2026-11-30T20:25:08.1Z "]
