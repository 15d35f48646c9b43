"""An alert that a sequence takes over, until that sequence ends."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.fleet.alerts.episodes import Step, new_episode
from bot.fleet.alerts.handed_over import end_with_sequence, hand_over, update_progress
from bot.fleet.alerts.reconcile import Changes, Pass, Rules, reconcile
from bot.fleet.alerts.storms import storm_cards
from bot.fleet.notifications import notification
from bot.fleet.notifications.keys import is_of_storm, storm_key
from bot.fleet.runs.observation import DescribedRun
from bot.model import (
    ActiveSnooze,
    AlertReason,
    Ending,
    Episode,
    Health,
    OpenRun,
    OutboxMessage,
    Phase,
    SeenFailure,
    SequenceEnd,
    SequenceProgress,
    Window,
)
from tests.fleet.builders import CAMPAIGN, MINUTE, NOW, TIMED_OUT, execution, window
from tests.fleet.sequences import progress, running, spec

RULES = Rules(storm=5, remind_after=timedelta(hours=4))
BEGUN = NOW - 2 * MINUTE
SPEC = spec(started_at=BEGUN, thread_key="")
MUCH_LATER = NOW + 10 * RULES.remind_after


def described_run(customer: str = "hilton", days: Window = CAMPAIGN, **changes: Any) -> DescribedRun:
    of = execution(customer, days)
    struggling = DescribedRun(
        ref=of.ref,
        customer=customer,
        window=days,
        link="",
        started_at=of.started_at,
        health=Health.STRUGGLING,
        alert_reason=AlertReason.HEARTBEAT_TIMEOUT,
        activity_id="1",
        attempt=2,
        cancel_requested=False,
        progress="day 2026-01-13",
        last_heartbeat_at=NOW,
        last_failure=TIMED_OUT,
    )
    return replace(struggling, **changes)


def alert(now: datetime = BEGUN - MINUTE, root: str = "", **changes: Any) -> Episode:
    return new_episode(described_run(**changes), (), now, root).episode


def of(episode: Episode, **changes: Any) -> SequenceProgress:
    """The progress of a sequence whose thread is that of this alert."""
    return progress(running(3, window(11, 16)), of=replace(SPEC, thread_key=episode.root_key), **changes)


def handed() -> Episode:
    episode = alert()
    return hand_over(episode, of(episode), BEGUN).episode


def make_pass(
    *runs: DescribedRun, remembered: tuple[Episode, ...] = (), now: datetime = NOW, **known: Any
) -> Changes:
    failures: dict[Any, tuple[SeenFailure, ...]] = {}
    return reconcile(Pass("voice-prod", runs, remembered, failures, now, **known), RULES)


def kinds(messages: tuple[OutboxMessage, ...]) -> list[str]:
    return [notification.parse(message.body).kind for message in messages]


def test_an_alert_that_is_handed_over_says_so_in_its_message_and_leaves_the_thread_to_the_sequence() -> None:
    episode = replace(alert(), quiet=ActiveSnooze("U1", None))
    step = hand_over(episode, of(episode), NOW)

    assert kinds(step.messages) == ["episode"]
    assert step.episode.sequence == of(episode)
    assert step.episode.quiet is None


@pytest.mark.parametrize("ending", list(Ending))
def test_it_outlives_its_run_whatever_becomes_of_that(ending: Ending) -> None:
    assert make_pass(described_run(ending=ending), remembered=(handed(),)) == Changes((), ())


def test_that_its_run_is_being_cancelled_changes_its_message_and_is_not_told_twice() -> None:
    changes = make_pass(described_run(cancel_requested=True), remembered=(handed(),))

    assert kinds(changes.messages) == ["episode"]


def test_attempts_of_its_run_are_told_while_that_is_open() -> None:
    assert kinds(make_pass(described_run(attempt=3), remembered=(handed(),)).messages) == ["episode", "attempts"]


def test_nobody_is_reminded_of_it() -> None:
    assert make_pass(described_run(), remembered=(handed(),), now=MUCH_LATER) == Changes((), ())


def test_news_of_the_sequence_change_the_message_and_no_news_do_not() -> None:
    episode = handed()
    further = of(episode, closed=3)

    assert update_progress(episode, of(episode), NOW) == Step(episode)
    assert update_progress(episode, further, NOW).episode.sequence == further
    assert kinds(update_progress(episode, further, NOW).messages) == ["episode"]


def test_a_snooze_of_a_handed_over_alert_lasts_beyond_the_next_news_and_not_beyond_another_sequence() -> None:
    quiet = replace(handed(), quiet=ActiveSnooze("U1", None))
    another = progress(of=replace(of(quiet).spec, id="seq-another"))

    assert update_progress(quiet, of(quiet, closed=3), NOW).episode.quiet == quiet.quiet
    assert update_progress(quiet, another, NOW).episode.quiet is None


def test_an_alert_about_a_window_ends_with_its_run_whatever_it_was_marked_with() -> None:
    days = window(11, 16)
    marked = replace(alert(NOW, root="episode:hilton", days=days), sequence=progress(of=SPEC))

    assert kinds(make_pass(described_run(days=days, ending=Ending.COMPLETED), remembered=(marked,)).messages) == [
        "episode"
    ]


@pytest.mark.parametrize(
    ("end", "ending"),
    [
        (SequenceEnd.COMPLETE, Ending.COMPLETED),
        (SequenceEnd.INCOMPLETE, Ending.INCOMPLETE),
        (SequenceEnd.STOPPED, Ending.INCOMPLETE),
        (SequenceEnd.CANCELLED, Ending.CANCELLED),
    ],
)
def test_it_ends_as_the_sequence_does(end: SequenceEnd, ending: Ending) -> None:
    episode = handed()
    step = end_with_sequence(episode, of(episode, phase=Phase.ENDED, end=end), NOW)

    assert (step.episode.ending, step.episode.ended_at) == (ending, NOW)
    assert kinds(step.messages) == ["episode"]


def test_a_thread_in_which_the_sequence_does_not_speak_is_told_the_end_as_well() -> None:
    elsewhere = replace(SPEC, thread_key="episode:another")
    step = end_with_sequence(handed(), progress(of=elsewhere, end=SequenceEnd.COMPLETE), NOW)

    assert kinds(step.messages) == ["episode", "end"]


def test_a_sequence_that_goes_on_ends_nothing() -> None:
    with pytest.raises(ValueError, match="hilton goes on"):
        end_with_sequence(handed(), progress(), NOW)


def test_a_window_of_the_sequence_that_struggles_is_not_taken_over_and_ends_with_its_run() -> None:
    days = window(11, 16)
    episode = alert(NOW, root="episode:hilton", days=days)
    further = progress(of=SPEC)

    assert hand_over(episode, further, NOW) == Step(episode)
    assert update_progress(episode, further, NOW) == Step(episode)
    assert end_with_sequence(episode, replace(further, end=SequenceEnd.COMPLETE), NOW) == Step(episode)
    ended = make_pass(described_run(days=days, ending=Ending.COMPLETED), remembered=(episode,))
    assert kinds(ended.messages) == ["episode"]


@pytest.mark.parametrize(
    ("threads", "ending"),
    [({"hilton": "sequence:1"}, Ending.CUT_SHORT), ({}, Ending.CANCELLED), (None, Ending.CANCELLED)],
)
def test_a_window_that_is_cancelled_while_its_sequence_is_open_was_so_by_that_and_its_card_alone_says_it(
    threads: dict[str, str] | None, ending: Ending
) -> None:
    days = window(11, 16)
    episode = alert(NOW, root="sequence:1", days=days)
    over = make_pass(described_run(days=days, ending=Ending.CANCELLED), remembered=(episode,), threads=threads)

    assert [episode.ending for episode in over.episodes] == [ending]
    assert kinds(over.messages) == ["episode"]


def test_an_alert_in_the_channel_that_is_cancelled_is_not_its_sequence_s_doing() -> None:
    over = make_pass(described_run(ending=Ending.CANCELLED), remembered=(alert(),), threads={"hilton": "sequence:1"})

    assert [episode.ending for episode in over.episodes] == [Ending.CANCELLED]
    assert kinds(over.messages) == ["episode", "end"]


def test_what_the_sequence_cancels_is_taken_over_even_if_it_began_to_struggle_afterwards() -> None:
    late = alert(NOW)
    clearing = replace(SPEC, clear=(OpenRun(late.ref, late.window),))

    assert hand_over(late, progress(of=SPEC), NOW).messages == ()
    assert hand_over(late, progress(of=clearing), NOW).messages != ()


def test_neither_a_namesake_elsewhere_nor_somebody_else_is_taken_over() -> None:
    assert hand_over(alert(customer="vivint"), progress(of=SPEC), NOW).messages == ()
    assert hand_over(alert(), progress(of=replace(SPEC, cluster="chat-prod")), NOW).messages == ()


def test_a_run_of_other_days_keeps_its_alert_unless_the_sequence_follows_it() -> None:
    days = window(21, 26)
    other = alert(days=days)
    elsewhere = replace(SPEC, days=(window(1, 6),))
    following = replace(elsewhere, adopt=(OpenRun(other.ref, days),))

    assert hand_over(other, progress(of=elsewhere), NOW) == Step(other)
    assert hand_over(other, progress(of=replace(SPEC, days=(window(25, 30),))), NOW).episode.sequence
    assert hand_over(other, progress(of=following), NOW).episode.sequence


def test_an_alert_that_a_sequence_of_other_days_has_taken_over_calls_people_again() -> None:
    other = alert(days=window(21, 26))
    taken = replace(other, sequence=progress(of=replace(SPEC, days=(window(1, 6),))))
    changes = make_pass(described_run(days=window(21, 26)), remembered=(taken,))

    (back,) = changes.episodes
    assert (back.sequence, back.calls_again_at, kinds(changes.messages)) == (None, NOW, ["episode"])


def test_what_struggles_anew_opens_in_the_thread_of_the_sequence_that_runs_it() -> None:
    changes = make_pass(described_run(days=window(11, 16)), threads={"hilton": "sequence:1"})

    assert [episode.root_key for episode in changes.episodes] == ["sequence:1"]
    assert {message.thread_key for message in changes.messages} == {"sequence:1"}


def test_windows_of_sequences_are_no_storm() -> None:
    names = [f"customer-{n}" for n in range(6)]
    changes = make_pass(*(described_run(name) for name in names), threads=dict.fromkeys(names[:5], "sequence:1"))

    assert "storm" not in kinds(changes.messages)
    assert next(episode.root_key for episode in changes.episodes) == "sequence:1"


def test_a_window_that_ends_in_the_thread_of_a_sequence_draws_no_storm() -> None:
    episode = alert(NOW, root="episode:hilton", days=window(11, 16))
    before = alert()
    ended = make_pass(described_run(days=window(11, 16), ending=Ending.COMPLETED), remembered=(before, episode))

    assert "storm" not in kinds(ended.messages)


def test_a_sequence_in_a_storm_s_thread_adds_nobody_to_the_storm() -> None:
    root = storm_key("voice-prod", BEGUN)
    storm = tuple(alert(BEGUN, root=root, customer=f"customer-{n}") for n in range(6))
    window_of_first = alert(NOW, root=root, customer="customer-0", days=window(1, 6))
    over = end_with_sequence(
        storm[0], progress(of=spec("customer-0", started_at=BEGUN, thread_key=root), end=SequenceEnd.COMPLETE), NOW
    )
    _, (card,) = storm_cards((*storm, window_of_first), (over.episode,), 5)

    assert all(map(is_of_storm, storm))
    group_card = notification.parse(card.body)
    assert isinstance(group_card, notification.StormCard)
    assert (len(group_card.names), group_card.over, group_card.completed) == (6, 1, 1)


def test_a_window_in_the_thread_of_a_sequence_reminds_nobody_while_that_goes_on_or_may_do_so() -> None:
    days = window(11, 16)
    episode = alert(NOW, root="sequence:1", days=days)

    def after(**known: Any) -> list[str]:
        return kinds(make_pass(described_run(days=days), remembered=(episode,), now=MUCH_LATER, **known).messages)

    assert after(threads={"hilton": "sequence:1"}) == after(threads=None) == []
    assert after(threads={}) == ["episode", "reminder"]


def test_an_alert_whose_sequence_is_over_without_a_word_ends_like_it_once() -> None:
    episode, over = handed(), described_run(ending=Ending.CANCELLED)
    changes = make_pass(over, remembered=(episode,), left={episode.id: Ending.TERMINATED})

    assert [episode.ending for episode in changes.episodes] == [Ending.TERMINATED]
    assert kinds(changes.messages) == ["episode", "end"]
    assert make_pass(over, remembered=changes.episodes) == Changes((), ())


def test_unless_its_run_goes_on_then_it_is_an_alert_like_any_other_again() -> None:
    episode = handed()
    changes = make_pass(described_run(attempt=3), remembered=(episode,), left={episode.id: Ending.TERMINATED})

    (back,) = changes.episodes
    assert (back.sequence, back.is_open, back.last_told_at) == (None, True, NOW)
    assert kinds(changes.messages) == ["episode", "attempts"]
    reminded = make_pass(described_run(attempt=3), remembered=(back,), now=NOW + RULES.remind_after)
    assert kinds(reminded.messages) == ["episode", "reminder"]


@pytest.mark.parametrize("reason", [AlertReason.FAILED, AlertReason.MISMATCH, AlertReason.IN_DOUBT])
def test_an_alert_about_closed_runs_whose_sequence_is_over_without_a_word_calls_people_again(
    reason: AlertReason,
) -> None:
    episode = replace(handed(), alert_reason=reason)
    changes = make_pass(remembered=(episode,), left={episode.id: Ending.TERMINATED})

    (back,) = changes.episodes
    assert (back.sequence, back.is_open, back.calls_again_at) == (None, True, NOW)
    assert kinds(changes.messages) == ["episode"]


def test_nothing_follows_before_its_run_was_looked_at() -> None:
    episode = handed()

    assert make_pass(remembered=(episode,), left={episode.id: Ending.GONE}) == Changes((), ())
