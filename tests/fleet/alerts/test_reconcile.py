"""Which alerts a pass opens, continues, repeats and ends."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.fleet.alerts.answers import snooze_episode
from bot.fleet.alerts.reconcile import Changes, Pass, Rules, reconcile
from bot.fleet.notifications import notification
from bot.fleet.runs.observation import DescribedRun
from bot.model import (
    ActiveSnooze,
    Actor,
    AlertReason,
    AttemptProgress,
    Ending,
    Episode,
    Failure,
    FailureKind,
    Health,
    OutboxMessage,
    Ref,
    SeenFailure,
    Window,
)
from tests.fakes.episodes import acknowledge_episode

NOW = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = Rules(storm=5, remind_after=timedelta(hours=4))
TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
BOOM = Failure(FailureKind.APPLICATION, "connection reset")
ALICE = Actor("U1", "T1", "C1")


def ref(customer: str = "hilton") -> Ref:
    return Ref("voice-prod", f"backfill-{customer}-2026-01-01-2026-02-21", "run-1")


def described_run(customer: str = "hilton", **changes: Any) -> DescribedRun:
    struggling = DescribedRun(
        ref=ref(customer),
        customer=customer,
        window=Window(date(2026, 1, 1), date(2026, 2, 21)),
        link="http://temporal/x",
        started_at=NOW - timedelta(hours=5),
        health=Health.STRUGGLING,
        alert_reason=AlertReason.HEARTBEAT_TIMEOUT,
        activity_id="1",
        attempt=2,
        cancel_requested=False,
        progress="day 2026-01-13, 980 of 4,200 rows",
        last_heartbeat_at=NOW,
        last_failure=TIMED_OUT,
    )
    return replace(struggling, **changes)


def failures(*attempts: int, customer: str = "hilton") -> dict[Ref, tuple[SeenFailure, ...]]:
    seen = tuple(SeenFailure(ref(customer), "1", attempt, TIMED_OUT, NOW) for attempt in attempts)
    return {ref(customer): seen}


def make_pass(
    *runs: DescribedRun,
    remembered: tuple[Episode, ...] = (),
    seen: dict[Ref, tuple[SeenFailure, ...]] | None = None,
    now: datetime = NOW,
) -> Changes:
    return reconcile(Pass("voice-prod", runs, remembered, seen or {}, now), RULES)


def opened(**changes: Any) -> Episode:
    (episode,) = make_pass(described_run(**changes), seen=failures(1)).episodes
    return episode


def parsed(messages: tuple[OutboxMessage, ...], kind: type) -> list[Any]:
    return [saying for s in messages if isinstance(saying := notification.parse(s.body), kind)]


def test_a_struggling_execution_opens_one_message_and_tells_its_ended_attempt_in_the_thread() -> None:
    changes = make_pass(described_run(), seen=failures(1))

    card, line = changes.messages
    assert card.thread_key == ""
    assert line.thread_key == card.key
    (attempt,) = parsed(changes.messages, notification.AttemptsLine)
    assert (attempt.first, attempt.last, attempt.next_attempt, attempt.failure) == (1, 1, 2, TIMED_OUT)


@pytest.mark.parametrize("health", [h for h in Health if h is not Health.STRUGGLING])
def test_only_heartbeat_timeouts_open_an_episode(health: Health) -> None:
    assert make_pass(described_run(health=health, alert_reason=None)) == Changes((), ())


def test_a_run_that_timed_out_and_is_now_blocked_opens_one_too() -> None:
    assert len(make_pass(described_run(health=Health.BLOCKED)).episodes) == 1


def test_an_execution_that_is_already_over_opens_nothing() -> None:
    assert make_pass(described_run(ending=Ending.COMPLETED)) == Changes((), ())


def test_looking_again_without_change_says_nothing() -> None:
    assert make_pass(described_run(), remembered=(opened(),), seen=failures(1)) == Changes((), ())


def test_each_new_attempt_gets_its_own_line_and_edits_the_message() -> None:
    changes = make_pass(described_run(attempt=3), remembered=(opened(),), seen=failures(1, 2), now=NOW + MINUTE)

    (line,) = parsed(changes.messages, notification.AttemptsLine)
    assert (line.first, line.last, line.next_attempt) == (2, 2, 3)
    (card,) = parsed(changes.messages, notification.EpisodeCard)
    assert card.episode.attempt == 3


def test_attempts_that_went_by_between_looks_are_counted_in_the_next_line() -> None:
    changes = make_pass(described_run(attempt=5), remembered=(opened(),), seen=failures(1, 4), now=NOW + MINUTE)

    (line,) = parsed(changes.messages, notification.AttemptsLine)
    assert (line.first, line.last) == (2, 4)


def test_an_attempt_whose_failure_nobody_saw_is_still_told() -> None:
    changes = make_pass(described_run(attempt=3), remembered=(opened(),), now=NOW + MINUTE)

    (line,) = parsed(changes.messages, notification.AttemptsLine)
    assert (line.last, line.failure) == (2, None)


def lines_of(attempts: int, seen: dict[Ref, tuple[SeenFailure, ...]]) -> list[Any]:
    """The lines in the thread after so many ended attempts, each of which was described."""
    (episode,) = make_pass(described_run(), seen=failures(1)).episodes
    lines: list[Any] = []
    for attempt in range(3, attempts + 2):
        known = {ref(): tuple(record for record in seen[ref()] if record.attempt < attempt)}
        changes = make_pass(
            described_run(attempt=attempt), remembered=(episode,), seen=known, now=NOW + attempt * MINUTE
        )
        (episode,) = changes.episodes
        assert [card.episode.attempt for card in parsed(changes.messages, notification.EpisodeCard)] == [attempt]
        lines += parsed(changes.messages, notification.AttemptsLine)
    return lines


def test_after_the_fifth_attempts_that_end_alike_share_a_line_and_the_message_shows_each() -> None:
    lines = lines_of(23, failures(*range(1, 24)))

    assert [line.last for line in lines] == [2, 3, 4, 5, 10, 15, 20]
    assert [line.alike for line in lines] == [0, 0, 0, 0, 4, 4, 4]


def test_one_that_ends_otherwise_has_its_line_at_once_and_so_has_the_next() -> None:
    (seen,) = failures(*range(1, 10)).values()
    otherwise = tuple(replace(record, failure=BOOM) if record.attempt == 8 else record for record in seen)
    lines = lines_of(9, {ref(): otherwise})

    assert [(line.last, line.alike) for line in lines[4:]] == [(8, 2), (9, 0)]


def test_however_late_one_looks_no_attempt_is_left_out_or_told_twice() -> None:
    (episode,) = make_pass(described_run(attempt=8), seen=failures(*range(1, 8))).episodes
    changes = make_pass(described_run(attempt=13), remembered=(episode,), seen=failures(*range(1, 8), 12))

    (line,) = parsed(changes.messages, notification.AttemptsLine)
    assert (line.alike, line.first, line.last) == (2, 8, 12)


def test_attempts_of_the_next_activity_get_lines_of_their_own() -> None:
    episode = opened(attempt=3)
    of_next = SeenFailure(ref(), "2", 1, BOOM, NOW)
    changes = make_pass(
        described_run(attempt=2, activity_id="2"),
        remembered=(episode,),
        seen={ref(): (*failures(1, 2)[ref()], of_next)},
    )

    (line,) = parsed(changes.messages, notification.AttemptsLine)
    assert (line.first, line.last, line.failure) == (1, 1, BOOM)
    assert changes.messages[1].key not in {
        message.key for message in make_pass(described_run(), seen=failures(1)).messages
    }


def test_between_two_activities_the_alert_tells_of_the_one_before() -> None:
    episode = opened(attempt=3)
    idle = described_run(activity_id="", attempt=1, progress="", last_failure=None, last_heartbeat_at=None)

    assert make_pass(idle, remembered=(episode,), now=NOW + 2 * MINUTE).episodes == ()


def test_only_the_last_attempt_is_told_with_the_progress_seen_before_this_look() -> None:
    changes = make_pass(described_run(attempt=3, before="day 2026-01-13"), seen=failures(1, 2))

    assert [line.progress for line in parsed(changes.messages, notification.AttemptsLine)] == ["", "day 2026-01-13"]


def test_the_same_pass_repeated_after_a_crash_uses_the_same_keys() -> None:
    first, second = (make_pass(described_run(), seen=failures(1), now=NOW + n * MINUTE) for n in range(2))

    assert [s.key for s in first.messages] == [s.key for s in second.messages]


def test_an_execution_that_was_not_looked_at_stays_as_it_is() -> None:
    assert make_pass(remembered=(opened(),)) == Changes((), ())


@pytest.mark.parametrize("ending", list(Ending))
def test_the_end_of_the_execution_ends_the_episode(ending: Ending) -> None:
    changes = make_pass(described_run(ending=ending), remembered=(opened(),), now=NOW + MINUTE)

    assert [e.ending for e in changes.episodes] == [ending]
    assert [line.ending for line in parsed(changes.messages, notification.EndLine)] == [ending]


def test_an_ended_episode_is_not_opened_again_by_a_listing_that_lags() -> None:
    (over,) = make_pass(described_run(ending=Ending.COMPLETED), remembered=(opened(),)).episodes

    assert make_pass(described_run(ending=Ending.COMPLETED), remembered=(over,)) == Changes((), ())


def test_a_cancel_request_is_told_once() -> None:
    first = make_pass(described_run(cancel_requested=True), remembered=(opened(),), now=NOW + MINUTE)
    again = make_pass(described_run(cancel_requested=True), remembered=first.episodes, now=NOW + 2 * MINUTE)

    assert len(parsed(first.messages, notification.CancelLine)) == 1
    assert again == Changes((), ())


def test_progress_alone_edits_the_message_at_most_once_a_minute() -> None:
    moved = described_run(progress="day 2026-01-14, 1,060 of 4,200 rows")
    soon = make_pass(moved, remembered=(opened(),), now=NOW + MINUTE / 2)
    later = make_pass(moved, remembered=(opened(),), now=NOW + MINUTE)

    assert soon == Changes((), ())
    assert [type(notification.parse(s.body)) for s in later.messages] == [notification.EpisodeCard]


def test_an_alert_told_by_a_clock_that_was_ahead_is_repeated_now_and_then_as_ever() -> None:
    wrong = replace(opened(), last_told_at=NOW + timedelta(days=1))
    now = make_pass(described_run(), remembered=(wrong,), now=NOW)
    after = make_pass(described_run(), remembered=now.episodes, now=NOW + MINUTE)

    assert [episode.last_told_at for episode in now.episodes] == [NOW]
    assert after.episodes == ()


def test_a_snooze_that_ends_later_than_any_can_is_over() -> None:
    wrong = replace(opened(), quiet=ActiveSnooze("U1", NOW + timedelta(days=400)))
    changed = make_pass(described_run(), remembered=(wrong,), now=NOW)

    assert [episode.quiet for episode in changed.episodes] == [None]


def test_nobody_answering_is_repeated_in_the_channel_every_remind_after() -> None:
    before = make_pass(described_run(), remembered=(opened(),), now=NOW + RULES.remind_after - MINUTE)
    first = make_pass(described_run(), remembered=(opened(),), now=NOW + RULES.remind_after)
    second = make_pass(described_run(), remembered=first.episodes, now=NOW + 2 * RULES.remind_after)

    assert before == Changes((), ())
    keys = {s.key for changes in (first, second) for s in changes.messages if s.broadcast}
    assert len(keys) == 2


def test_an_acknowledged_episode_is_not_repeated() -> None:
    taken, messages = acknowledge_episode(opened(), ALICE, NOW + MINUTE)

    assert [line.by for line in parsed(messages, notification.AckLine)] == ["U1"]
    assert make_pass(described_run(), remembered=(taken,), now=NOW + 2 * RULES.remind_after) == Changes((), ())


def test_a_snooze_that_runs_out_is_told_in_the_channel() -> None:
    quiet, _ = snooze_episode(opened(), ALICE, NOW + 30 * MINUTE, NOW + MINUTE)
    during = make_pass(described_run(), remembered=(quiet,), now=NOW + 29 * MINUTE)
    after = make_pass(described_run(), remembered=(quiet,), now=NOW + 30 * MINUTE)

    assert during == Changes((), ())
    assert [line.after_snooze for line in parsed(after.messages, notification.ReminderLine)] == [True]
    assert after.episodes[0].quiet is None


def test_a_snooze_until_it_changes_ends_with_the_next_attempt_and_says_so_in_the_channel() -> None:
    quiet, _ = snooze_episode(opened(), ALICE, None, NOW + MINUTE)
    long_after = make_pass(described_run(), remembered=(quiet,), now=NOW + 10 * RULES.remind_after)
    changed = make_pass(described_run(attempt=3), remembered=(quiet,), seen=failures(1, 2), now=NOW + 2 * MINUTE)

    assert long_after == Changes((), ())
    assert changed.episodes[0].quiet is None
    assert [s.broadcast for s in changed.messages if s.thread_key] == [True]


def test_several_at_once_share_a_message_and_more_than_five_are_a_storm() -> None:
    names = [f"customer-{n}" for n in range(6)]
    six = make_pass(*(described_run(name) for name in names))
    (few,) = parsed(make_pass(*(described_run(name) for name in names[:5])).messages, notification.StormCard)

    (storm,) = parsed(six.messages, notification.StormCard)
    assert storm.names == tuple(names)
    assert (few.is_large, storm.is_large) == (False, True)
    top_level = [s for s in six.messages if not s.thread_key]
    assert len(top_level) == 1
    assert {s.thread_key for s in six.messages if s.thread_key} == {top_level[0].key}


def test_lines_in_a_storm_s_thread_tell_which_of_a_customer_s_runs_they_are_about() -> None:
    names = [f"customer-{n}" for n in range(6)]
    storm = make_pass(*(described_run(name) for name in names)).episodes
    alone, _ = acknowledge_episode(opened(), ALICE, NOW)
    _, messages = acknowledge_episode(storm[0], ALICE, NOW)
    _, own = acknowledge_episode(alone, ALICE, NOW)

    assert [line.name for line in parsed(messages, notification.AckLine)] == ["customer-0 (Jan 1–Feb 20)"]
    assert [line.name for line in parsed(own, notification.AckLine)] == ["hilton"]


def test_the_message_keeps_how_far_the_ended_attempt_had_come() -> None:
    third = described_run(
        attempt=3, before="day 2026-01-20, 1,500 of 4,200 rows", progress="day 2026-01-01, 0 of 4,200 rows"
    )
    (changed,) = make_pass(third, remembered=(opened(),), seen=failures(1, 2), now=NOW + MINUTE).episodes
    later = make_pass(
        replace(third, before="", progress="day 2026-01-02, 80 of 4,200 rows"),
        remembered=(changed,),
        now=NOW + 3 * MINUTE,
    )

    assert changed.reached == "day 2026-01-20, 1,500 of 4,200 rows"
    assert later.episodes[0].reached == changed.reached


def test_an_alert_remembers_how_far_each_ended_attempt_came() -> None:
    first = opened(before="day 2026-01-20, 1,500 of 4,200 rows")
    (second,) = make_pass(
        described_run(attempt=3, before="day 2026-01-09, 700 of 4,200 rows"), remembered=(first,), now=NOW + MINUTE
    ).episodes

    assert first.attempts == (AttemptProgress(1, "day 2026-01-20, 1,500 of 4,200 rows"),)
    assert second.attempts == (*first.attempts, AttemptProgress(2, "day 2026-01-09, 700 of 4,200 rows"))


def test_the_attempts_of_another_activity_begin_anew() -> None:
    second = make_pass(described_run(attempt=3), remembered=(opened(before="day 1"),), now=NOW + MINUTE).episodes
    (other,) = make_pass(described_run(activity_id="2", attempt=2), remembered=second, now=NOW + 2 * MINUTE).episodes

    assert [each.attempt for each in other.attempts] == [1]


def test_of_an_activity_that_fails_for_days_an_alert_remembers_a_few_attempts() -> None:
    remembered: tuple[Episode, ...] = (opened(attempt=2),)
    for attempt in range(3, 60):
        changed = make_pass(described_run(attempt=attempt), remembered=remembered, now=NOW + attempt * MINUTE)
        remembered = changed.episodes

    assert [each.attempt for each in remembered[0].attempts] == [20, 25, 30, 35, 40, 45, 50, 55]


def test_a_storm_counts_those_of_its_episodes_that_are_over() -> None:
    names = [f"customer-{n}" for n in range(6)]
    storm = make_pass(*(described_run(name) for name in names)).episodes
    changes = make_pass(described_run(names[0], ending=Ending.COMPLETED), remembered=storm, now=NOW + MINUTE)

    assert [card.over for card in parsed(changes.messages, notification.StormCard)] == [1]


def test_a_storm_tells_those_that_completed_from_those_that_only_ended() -> None:
    names = [f"customer-{n}" for n in range(6)]
    storm = make_pass(*(described_run(name) for name in names)).episodes
    runs = (described_run(names[0], ending=Ending.COMPLETED), described_run(names[1], ending=Ending.TERMINATED))
    (card,) = parsed(make_pass(*runs, remembered=storm, now=NOW + MINUTE).messages, notification.StormCard)

    assert (card.over, card.completed) == (2, 1)


def test_the_last_line_of_a_thread_tells_which_days_are_over() -> None:
    changes = make_pass(described_run(ending=Ending.COMPLETED), remembered=(opened(),))

    assert [line.window for line in parsed(changes.messages, notification.EndLine)] == [opened().window]
    assert opened().window is not None


def test_every_saying_comes_back_from_the_outbox_as_it_went_in() -> None:
    names = [f"customer-{n}" for n in range(6)]
    messages = (
        *make_pass(*(described_run(name) for name in names), seen=failures(1, customer=names[0])).messages,
        *make_pass(described_run(ending=Ending.FAILED), remembered=(opened(),)).messages,
        *snooze_episode(opened(), ALICE, NOW, NOW)[1],
    )

    assert all(notification.dump(notification.parse(s.body)) == s.body for s in messages)
