"""An alert belongs to a chain: it goes on from link to link, with its thread, its ack and its snooze."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.fleet.alerts.answers import snooze_episode
from bot.fleet.alerts.described import LINKS_KEPT
from bot.fleet.alerts.episodes import is_for
from bot.fleet.alerts.reconcile import Changes, Pass, reconcile
from bot.fleet.notifications import notification
from bot.fleet.runs.observation import DescribedRun
from bot.model import Ending, Episode, Health, OpenRun, Ref, SeenFailure
from tests.fakes.episodes import acknowledge_episode
from tests.fleet.alerts.test_reconcile import (
    ALICE,
    BOOM,
    MINUTE,
    NOW,
    RULES,
    TIMED_OUT,
    described_run,
    make_pass,
    parsed,
    ref,
)
from tests.fleet.sequences import spec


def link(number: int, **changes: Any) -> DescribedRun:
    """A struggling link of hilton's chain, which began with ``run-1``."""
    own = replace(ref(), run_id=f"run-{number}")
    return described_run(ref=own, first_run_id="run-1", started_at=NOW + number * MINUTE, **changes)


def healthy(number: int, **changes: Any) -> DescribedRun:
    facts: dict[str, Any] = {
        "health": Health.HEALTHY,
        "alert_reason": None,
        "attempt": 1,
        "last_failure": None,
        **changes,
    }
    return link(number, **facts)


def failed(number: int, *attempts: int) -> dict[Ref, tuple[SeenFailure, ...]]:
    own = link(number).ref
    return {own: tuple(SeenFailure(own, "1", attempt, TIMED_OUT, NOW) for attempt in attempts)}


def opened(number: int = 1) -> Episode:
    (episode,) = make_pass(link(number), seen=failed(number, 1)).episodes
    return episode


def on(episode: Episode, *runs: DescribedRun, now: Any = NOW + MINUTE, **changes: Any) -> Changes:
    return reconcile(Pass("voice-prod", runs, (episode,), changes.pop("seen", {}), now), RULES)


def test_the_next_link_opens_no_second_alert_and_the_first_one_goes_on_with_it() -> None:
    first = opened()
    (episode,) = on(first, link(2), seen=failed(2, 1)).episodes

    assert (episode.id, episode.root_key, episode.ref) == (first.id, first.root_key, link(2).ref)
    assert episode.links == ("run-1",)
    assert episode.started_at == link(1).started_at


def test_an_attempt_of_the_next_link_has_a_line_of_its_own_although_its_number_was_told() -> None:
    first = make_pass(link(1), seen=failed(1, 1))
    changes = on(first.episodes[0], link(2), seen=failed(2, 1))

    (line,) = parsed(changes.messages, notification.AttemptsLine)
    assert (line.first, line.last, line.next_attempt) == (1, 1, 2)
    keys = [message.key for message in (*first.messages, *changes.messages)]
    assert len(keys) - len(set(keys)) == 1  # the card, which both edit
    assert {message.thread_key for message in changes.messages if message.thread_key} == {first.episodes[0].root_key}


@pytest.mark.parametrize("ending", [Ending.CONTINUED, Ending.FAILED, Ending.TERMINATED])
def test_a_closed_link_does_not_end_the_alert_while_a_later_one_is_open(ending: Ending) -> None:
    (episode,) = on(opened(), link(1, ending=ending), healthy(2)).episodes

    assert episode.is_open
    assert episode.ref == healthy(2).ref


def test_the_alert_ends_when_the_last_link_does() -> None:
    (episode,) = on(opened(), healthy(2)).episodes
    (over,) = on(episode, healthy(3, ending=Ending.COMPLETED), now=NOW + 2 * MINUTE).episodes

    assert over.ending is Ending.COMPLETED
    assert over.id == opened().id


def test_ack_and_snooze_are_kept_from_link_to_link() -> None:
    acked, _ = acknowledge_episode(opened(), ALICE, NOW)
    quiet, _ = snooze_episode(acked, ALICE, NOW + timedelta(hours=2), NOW)
    (episode,) = on(quiet, link(2), seen=failed(2, 1)).episodes

    assert episode.acked_by == ALICE.user_id
    assert episode.quiet == quiet.quiet


def test_a_snooze_until_it_changes_goes_on_when_a_link_begins_and_ends_with_its_next_failure() -> None:
    quiet, _ = snooze_episode(opened(), ALICE, None, NOW)
    (still_quiet,) = on(quiet, healthy(2)).episodes
    (loud,) = on(still_quiet, link(2), seen=failed(2, 1), now=NOW + 2 * MINUTE).episodes

    assert still_quiet.quiet
    assert loud.quiet is None


def test_a_new_link_between_two_activities_does_not_show_the_attempt_of_the_link_before() -> None:
    (episode,) = on(replace(opened(), attempt=3), healthy(2, activity_id="")).episodes
    (after,) = on(episode, link(2), seen=failed(2, 1), now=NOW + 2 * MINUTE).episodes

    assert (episode.attempt, episode.last_failure) == (1, None)
    assert after.attempt == 2


def test_six_links_of_which_two_time_out_are_one_alert() -> None:
    (episode,) = make_pass(link(2), seen=failed(2, 1)).episodes
    cards: set[str] = set()
    for number in (3, 4, 5, 6):
        seen_now = link(number) if number == 4 else healthy(number)
        changes = on(episode, seen_now, seen=failed(4, 1), now=NOW + number * MINUTE)
        (episode,) = changes.episodes
        cards |= {message.key for message in changes.messages if not message.thread_key}

    assert cards == {episode.root_key}
    assert episode.links == ("run-2", "run-3", "run-4", "run-5")


def test_an_alert_of_an_earlier_version_which_knows_only_its_run_goes_on_as_well() -> None:
    stored = replace(opened(2), first_run_id="")
    (known,) = on(stored, link(2)).episodes
    (episode,) = on(known, healthy(3), now=NOW + 2 * MINUTE).episodes
    (at_once,) = on(stored, link(2, ending=Ending.CONTINUED), link(3)).episodes

    assert [each.id for each in (known, episode, at_once)] == [stored.id] * 3
    assert [each.ref.run_id for each in (known, episode, at_once)] == ["run-2", "run-3", "run-3"]


def test_an_alert_of_a_run_without_links_is_not_edited_because_its_chain_is_known_now() -> None:
    stored = replace(opened(1), first_run_id="")
    assert on(stored, link(1)) == Changes((), ())


def test_a_recurrence_after_the_alert_has_ended_is_a_new_message() -> None:
    (over,) = on(opened(), link(1, ending=Ending.COMPLETED)).episodes
    (episode,) = on(over, link(2), seen=failed(2, 1), now=NOW + 2 * MINUTE).episodes

    assert episode.id != over.id
    assert episode.is_open


def test_another_run_of_the_same_workflow_id_is_another_alert() -> None:
    other = described_run(ref=replace(ref(), run_id="run-9"), first_run_id="run-9")
    changes = on(opened(), link(1), other)

    assert {episode.ref.run_id for episode in changes.episodes} == {"run-9"}


def test_a_sequence_that_cancels_an_earlier_link_takes_the_alert_over() -> None:
    (episode,) = on(replace(opened(), opened_at=NOW + timedelta(days=9)), link(2)).episodes
    cleared = replace(spec(), customer="hilton", clear=(OpenRun(link(1).ref, None),), started_at=NOW)

    assert is_for(cleared, episode)


def test_an_alert_remembers_the_latest_links_alone() -> None:
    episode = opened()
    for number in range(2, LINKS_KEPT + 5):
        (episode,) = on(episode, healthy(number), now=NOW + number * MINUTE).episodes

    assert len(episode.links) == LINKS_KEPT
    assert episode.links[-1] == f"run-{LINKS_KEPT + 3}"
    assert episode.chain == link(1).ref


def test_the_failure_of_an_earlier_link_is_not_told_again_as_one_of_the_next() -> None:
    changes = on(opened(), link(2, last_failure=BOOM), seen={**failed(1, 1), link(2).ref: failed(1, 1)[link(1).ref]})
    (line,) = parsed(changes.messages, notification.AttemptsLine)

    assert line.failure is None


def firing(number: int, before: Episode) -> Changes:
    """A struggling firing of the schedule whose earlier firing the alert ``before`` was about."""
    own = described_run(
        ref=replace(ref(), run_id=f"firing-{number}"), first_run_id=f"firing-{number}", is_later_firing=True
    )
    now = NOW + number * MINUTE
    return reconcile(Pass("voice-prod", (own,), (), {}, now, earlier_firings={own.ref: before}), RULES)


def test_each_firing_of_a_cron_schedule_is_an_alert_of_its_own_with_the_answers_to_the_one_before() -> None:
    acked, _ = acknowledge_episode(opened(), ALICE, NOW)
    quiet, _ = snooze_episode(acked, ALICE, NOW + timedelta(hours=2), NOW)
    (over,) = on(quiet, link(1, ending=Ending.FAILED)).episodes
    changes = firing(5, over)
    (episode,) = changes.episodes

    assert episode.id != over.id
    assert (episode.acked_by, episode.quiet) == (ALICE.user_id, quiet.quiet)
    (card,) = parsed(changes.messages, notification.EpisodeCard)
    assert card.episode.acked_by == ALICE.user_id


def test_a_snooze_that_is_over_or_that_a_change_ends_is_not_taken_over_by_the_next_firing() -> None:
    for until in (NOW + MINUTE, None):
        quiet, _ = snooze_episode(opened(), ALICE, until, NOW)
        (episode,) = firing(5, quiet).episodes
        assert episode.quiet is None
