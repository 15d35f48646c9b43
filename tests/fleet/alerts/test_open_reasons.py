"""Alerts about open runs for other reasons than heartbeats: they end when the trouble passes, and change their
reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.fleet.alerts.reconcile import Pass, reconcile
from bot.fleet.notifications import notification
from bot.fleet.notifications.settled import is_settled
from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertFacts, AlertReason, Ending, Episode, Health, TaskKind
from tests.fleet.alerts.test_reconcile import MINUTE, NOW, RULES, described_run, parsed, ref
from tests.fleet.alerts.test_storms import Story, run_of

PASSING = (AlertReason.BLOCKED, AlertReason.STALLED, AlertReason.NO_WORKER, AlertReason.RETRYING)
WELL: dict[str, Any] = {"alert_reason": None, "health": Health.HEALTHY, "last_failure": None}


def waiting(customer: str = "hilton", queue: str = "backfill", **changes: Any) -> DescribedRun:
    facts = AlertFacts(NOW - 10 * MINUTE, queue, TaskKind.ACTIVITY, 0)
    return described_run(customer, alert_reason=AlertReason.NO_WORKER, health=Health.WAITING, facts=facts, **changes)


def opened(reason: AlertReason, **changes: Any) -> Episode:
    (episode,) = reconcile(
        Pass("voice-prod", [described_run(alert_reason=reason, **changes)], (), {}, NOW), RULES
    ).episodes
    return replace(episode, revision=1)


@pytest.mark.parametrize("reason", PASSING)
def test_trouble_that_passes_ends_its_alert_in_one_line(reason: AlertReason) -> None:
    alert = opened(reason)
    changes = reconcile(Pass("voice-prod", [described_run(**WELL)], (alert,), {}, NOW + MINUTE), RULES)

    assert [episode.ending for episode in changes.episodes] == [Ending.RECOVERED]
    (line,) = parsed(changes.messages, notification.EndLine)
    assert (line.ending, line.alert_reason) == (Ending.RECOVERED, reason)


def test_trouble_that_comes_again_is_a_new_message() -> None:
    before = replace(opened(AlertReason.RETRYING), ending=Ending.RECOVERED, ended_at=NOW)
    again = described_run(alert_reason=AlertReason.RETRYING, recurrence=1)
    changes = reconcile(Pass("voice-prod", [again], (before,), {}, NOW + MINUTE), RULES)

    (episode,) = changes.episodes
    assert episode.id != before.id
    assert episode.recurrence == 1
    assert any(message.key == f"episode:{episode.id}" and not message.thread_key for message in changes.messages)


def test_another_reason_is_told_in_the_thread_and_the_message_is_edited() -> None:
    alert = opened(AlertReason.RETRYING)
    stalled = described_run(alert_reason=AlertReason.STALLED, facts=AlertFacts(since=NOW))
    changes = reconcile(Pass("voice-prod", [stalled], (alert,), {}, NOW + MINUTE), RULES)

    (line,) = parsed(changes.messages, notification.ReasonLine)
    (card,) = parsed(changes.messages, notification.EpisodeCard)
    assert (line.alert_reason, card.episode.alert_reason) == (AlertReason.STALLED, AlertReason.STALLED)
    assert card.episode.id == alert.id


def test_a_heartbeat_timeout_outlasts_other_trouble_of_the_same_run() -> None:
    alert = opened(AlertReason.HEARTBEAT_TIMEOUT)
    blocked = described_run(alert_reason=AlertReason.HEARTBEAT_TIMEOUT, health=Health.BLOCKED)
    changes = reconcile(Pass("voice-prod", [blocked], (alert,), {}, NOW + MINUTE), RULES)

    assert [episode.alert_reason for episode in changes.episodes] == [AlertReason.HEARTBEAT_TIMEOUT]


def test_runs_that_wait_for_one_queue_are_one_message_however_late_they_begin_to_wait() -> None:
    story = Story()
    story.make_pass(NOW, waiting("hilton"))
    story.make_pass(NOW + timedelta(hours=1), waiting("hilton"), waiting("vivint"))

    assert story.group().names == ("hilton", "vivint")
    assert story.group().facts.task_queue == "backfill"


def test_several_windows_of_one_customer_that_wait_are_one_message() -> None:
    story = Story()
    windows = [waiting("hilton", ref=replace(ref("hilton"), workflow_id=f"window-{n}")) for n in range(3)]
    story.make_pass(NOW, *windows)

    assert story.group().names == ("hilton", "hilton", "hilton")


def test_two_queues_without_a_worker_are_two_messages() -> None:
    story = Story()
    story.make_pass(NOW, waiting("hilton"), waiting("vivint", queue="other"))

    assert [type(root) for root in story.roots()] == [notification.EpisodeCard] * 2


def test_a_queue_that_is_served_again_ends_its_message_and_a_later_lack_is_a_new_one() -> None:
    story = Story()
    story.make_pass(NOW, waiting("hilton"), waiting("vivint"))
    story.make_pass(NOW + MINUTE, described_run("hilton", **WELL), described_run("vivint", **WELL))
    over = story.group()
    story.make_pass(NOW + 5 * MINUTE, run := replace(run_of("hilton", 2), **_as_waiting()))

    assert (over.over, over.recovered) == (2, 2)
    assert is_settled(over)
    assert len(story.roots()) == 2, run


def test_a_window_of_an_open_sequence_tells_the_channel_what_its_sequence_does_not_mend() -> None:
    threads = {"hilton": "sequence:1"}
    mends = Pass("voice-prod", [described_run()], (), {}, NOW, threads)
    lacks = Pass("voice-prod", [waiting()], (), {}, NOW, threads)

    assert reconcile(mends, RULES).messages[0].thread_key == "sequence:1"
    assert reconcile(lacks, RULES).messages[0].thread_key == ""


def _as_waiting() -> dict[str, Any]:
    run = waiting()
    return {"alert_reason": run.alert_reason, "facts": run.facts, "health": run.health}


@pytest.mark.parametrize("reason", [AlertReason.HEARTBEAT_TIMEOUT, *PASSING])
def test_an_alert_whose_reason_is_switched_off_ends_as_no_longer_watched(reason: AlertReason) -> None:
    alert = opened(reason)
    off = replace(RULES, switched_on=set(AlertReason) - {reason})
    changes = reconcile(Pass("voice-prod", [described_run(**WELL)], (alert,), {}, NOW + MINUTE), off)

    assert [episode.ending for episode in changes.episodes] == [Ending.UNWATCHED]


def test_a_switched_off_reason_hands_its_alert_on_to_another_that_holds() -> None:
    alert = opened(AlertReason.STALLED)
    off = replace(RULES, switched_on=set(AlertReason) - {AlertReason.STALLED})
    changes = reconcile(Pass("voice-prod", [waiting()], (alert,), {}, NOW + MINUTE), off)

    assert [(episode.ending, episode.alert_reason) for episode in changes.episodes] == [(None, AlertReason.NO_WORKER)]
