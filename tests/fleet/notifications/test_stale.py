"""Which messages are stale after a long wait, case by case."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.fleet.notifications.calls import MentionLine
from bot.fleet.notifications.confirmed import TerminatedLine, TimeoutLine
from bot.fleet.notifications.keys import card_key
from bot.fleet.notifications.notification import (
    AckLine,
    AttemptsLine,
    CancelLine,
    ChildrenLine,
    EndLine,
    EpisodeCard,
    Notification,
    ReminderLine,
    SnoozeLine,
    dump,
    parse,
)
from bot.fleet.notifications.sequence import SequenceEndLine, WaitingLine, WindowLine
from bot.fleet.notifications.stale import UnsentMessage, join_attempts, stale_reasons
from bot.model import (
    ActiveSnooze,
    Ending,
    Episode,
    Failure,
    FailureKind,
    OutboxMessage,
    TroubledChildren,
    WindowEnd,
)
from tests.fakes.episodes import STARTED, episode
from tests.fleet.builders import window
from tests.fleet.sequences import ended, progress, spec

HILTON = episode()
OVER = episode(ending=Ending.COMPLETED, ended_at=STARTED)
CARD = card_key(HILTON)
REMINDER = ReminderLine("hilton", 3, STARTED, after_snooze=False)
CANCEL = CancelLine("hilton")
CHILDREN = ChildrenLine("hilton", TroubledChildren(2, 51))
CALL = MentionLine("voice-prod", ("hilton",), ("S0ONCALL",), STARTED)
SNOOZE = SnoozeLine("hilton", "U1", STARTED)
END = EndLine("hilton", Ending.COMPLETED, 3, STARTED, STARTED)
TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
BOOM = Failure(FailureKind.APPLICATION, "connection reset")


def undelivered(what: str, saying: Notification, *, is_late: bool = True) -> UnsentMessage:
    key = f"{CARD}:{what}" if what else CARD
    return UnsentMessage(OutboxMessage(key, dump(saying), HILTON.root_key if what else ""), saying, is_late)


def left_out(now: Episode, *waiting: UnsentMessage) -> list[str]:
    return [key.removeprefix(f"{CARD}:") for key in stale_reasons(waiting, {now.id: now})]


@pytest.mark.parametrize(
    ("line", "now"),
    [
        (CANCEL, OVER),
        (CHILDREN, OVER),
        (SNOOZE, HILTON),
        (SNOOZE, episode(quiet=ActiveSnooze("U1", STARTED + timedelta(hours=1)))),
        (REMINDER, OVER),
        (REMINDER, episode(acked_by="U1")),
        (REMINDER, episode(quiet=ActiveSnooze("U1", None))),
        (CALL, OVER),
        (CALL, episode(acked_by="U1")),
        (END, HILTON),
    ],
)
def test_what_is_not_so_any_more_is_left_out(line: Notification, now: Episode) -> None:
    assert left_out(now, undelivered("line", line)) == ["line"]


@pytest.mark.parametrize(
    ("line", "now"),
    [
        (CANCEL, HILTON),
        (CHILDREN, HILTON),
        (SNOOZE, episode(quiet=ActiveSnooze("U1", STARTED))),
        (REMINDER, HILTON),
        (CALL, HILTON),
        (replace(CALL, names=("hilton", "vivint")), OVER),
        (replace(CALL, names=("vivint",)), OVER),
        (replace(REMINDER, after_snooze=True), episode(acked_by="U1")),
        (replace(REMINDER, others=2), OVER),
        (AckLine("hilton", "U1"), OVER),
        (END, OVER),
        (TerminatedLine("voice-prod", "hilton", 1, "U1", "stuck"), OVER),
        (TimeoutLine("voice-prod", "hilton", 1, timedelta(minutes=30), "U1", "slow"), OVER),
    ],
)
def test_what_is_still_so_is_said(line: Notification, now: Episode) -> None:
    assert left_out(now, undelivered("line", line)) == []


def test_what_has_not_waited_long_is_said_as_it_was_recorded() -> None:
    assert left_out(OVER, undelivered("cancel", CANCEL, is_late=False), undelivered("end", END, is_late=False)) == []


def test_of_five_reminders_the_last_is_said() -> None:
    reminders = [undelivered(f"reminder:{number}", REMINDER) for number in range(1, 6)]

    assert left_out(HILTON, *reminders) == [f"reminder:{number}" for number in range(1, 5)]


def test_an_alert_that_is_over_before_anybody_heard_of_it_is_its_message_alone() -> None:
    lines = [
        undelivered("attempt:1:1", attempt(1)),
        undelivered("cancel", CANCEL),
        undelivered("end", END, is_late=False),
    ]
    act = undelivered("terminated", TerminatedLine("voice-prod", "hilton", 1, "U1", "stuck"))

    assert left_out(OVER, undelivered("", EpisodeCard(OVER)), *lines, act) == ["attempt:1:1", "cancel", "end"]


def test_an_alert_that_goes_on_is_said_with_its_history_and_without_reminders_of_what_nobody_knew() -> None:
    lines = [undelivered("attempt:1:1", attempt(1)), undelivered("reminder:1", REMINDER)]

    assert left_out(HILTON, undelivered("", EpisodeCard(HILTON)), *lines) == ["reminder:1"]


def attempt(number: int, failure: Failure | None = TIMED_OUT, alike: int = 0) -> AttemptsLine:
    return AttemptsLine("hilton", number, number, failure, "", STARTED, number + 1, alike)


def joined_attempts(lines: Sequence[UnsentMessage]) -> list[tuple[int, int]]:
    """For each remaining line, its attempt and how many others it counts."""
    changed, dropped = join_attempts(lines)
    bodies = {message.message.key: message.message.body for message in lines} | {
        message.key: message.body for message in changed
    }
    left = [parse(body) for key, body in bodies.items() if key not in dropped]
    return [(line.last, line.alike) for line in left if isinstance(line, AttemptsLine)]


def attempts(*lines: AttemptsLine) -> list[UnsentMessage]:
    return [undelivered(f"attempt:1:{line.last}", line) for line in lines]


def test_many_attempts_that_ended_alike_are_the_first_and_the_last() -> None:
    assert joined_attempts(attempts(*(attempt(number) for number in range(3, 10)))) == [(3, 0), (9, 5)]


def test_a_few_attempts_have_a_line_each() -> None:
    assert joined_attempts(attempts(*(attempt(number) for number in range(1, 6)))) == [
        (number, 0) for number in range(1, 6)
    ]


def test_an_attempt_that_ended_otherwise_keeps_its_line_and_so_does_one_that_nobody_saw() -> None:
    failures = [TIMED_OUT, TIMED_OUT, BOOM, TIMED_OUT, TIMED_OUT, None, TIMED_OUT]
    lines = attempts(*(attempt(number, failure) for number, failure in enumerate(failures, 1)))

    assert joined_attempts(lines) == [(1, 0), (3, 1), (4, 0), (6, 1), (7, 0)]


def test_attempts_that_had_gone_without_saying_are_counted_too() -> None:
    lines = attempts(*(attempt(number) for number in range(1, 6)), attempt(10, alike=4), attempt(15, alike=4))

    assert joined_attempts(lines) == [(1, 0), (15, 13)]


def test_the_attempts_of_another_activity_are_told_apart() -> None:
    lines = attempts(*(attempt(number) for number in range(1, 5)))
    again = [undelivered(f"attempt:2:{number}", attempt(number)) for number in range(1, 4)]

    assert joined_attempts([*lines, *again]) == [(1, 0), (4, 2), (1, 0), (3, 1)]


def test_a_line_that_may_stand_already_is_kept_and_joining_again_changes_nothing() -> None:
    lines = attempts(*(attempt(number) for number in range(1, 8)))
    lines[1] = replace(lines[1], is_tried=True)
    (last,), _ = join_attempts(lines)
    again = [*lines[:-1], UnsentMessage(last, parse(last.body), is_late=True)]

    assert joined_attempts(lines) == [(1, 0), (2, 0), (7, 4)]
    assert joined_attempts(again) == joined_attempts(lines)


WAITING = WaitingLine(spec(), window(6, 11), "no list of runs", timedelta(minutes=10))
WINDOW_ENDED = WindowLine(spec(), ended(window(6, 11), WindowEnd.COMPLETE), 2, 11, None, 5, 5)
ANOTHER_ENDED = replace(WINDOW_ENDED, ended=ended(window(1, 6), WindowEnd.COMPLETE))
SEQUENCE_ENDED = SequenceEndLine(progress(), timedelta(hours=1))


@pytest.mark.parametrize(
    ("later", "is_stale"),
    [(WINDOW_ENDED, True), (SEQUENCE_ENDED, True), (ANOTHER_ENDED, False)],
    ids=["it has ended", "the sequence has ended", "another window has ended"],
)
def test_that_a_window_waits_is_no_news_once_it_has_ended(later: Notification, is_stale: bool) -> None:
    lines = [
        UnsentMessage(OutboxMessage(f"sequence:s1:{number}", dump(line), "sequence:s1"), line, is_late=True)
        for number, line in enumerate((WAITING, later))
    ]

    assert [*stale_reasons(lines, {})] == (["sequence:s1:0"] if is_stale else [])
