"""An alert about closed runs whose days wait for a turn in the queue of their cluster."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.fleet.alerts.escalation import due_calls, stories
from bot.fleet.alerts.handed_over import hand_over
from bot.fleet.alerts.queued import follow_queue, may_be_queued
from bot.fleet.alerts.reconcile import Changes, Pass, Rules, reconcile
from bot.fleet.notifications import notification
from bot.fleet.notifications.mentions import mentions_of_card
from bot.model import ActiveSnooze, AlertReason, Episode, EscalationStep, Route, Window
from bot.model.queue import Batch, QueuedCustomer, QueueState, StartingCustomer
from tests.fakes.episodes import episode
from tests.fleet.builders import CAMPAIGN
from tests.fleet.sequences import progress, spec

NOW = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BATCH = Batch("b1", "U1", "campaign", "missing", CAMPAIGN, campaign="first")
QUEUED = QueuedCustomer("hilton", 5, "b1")
WAITING = QueueState(queued=(QUEUED,), batches=(BATCH,))
CALLING = Route("C0VOICE", ("S0ONCALL",), escalate=(EscalationStep(HOUR, mention=("U9",)),))
RULES = Rules(storm=5, remind_after=timedelta(hours=4))


def failed(**facts: Any) -> Episode:
    return episode(**{"alert_reason": AlertReason.FAILED, "opened_at": NOW, "route": CALLING, **facts})


def follow(alert: Episode, queue: QueueState | None, now: datetime = NOW) -> Changes:
    return follow_queue([alert], queue, RULES.storm, now)


def is_quiet(queue: QueueState | None, **facts: Any) -> bool:
    changes = follow(failed(**facts), queue)
    return bool(changes.episodes) and changes.episodes[0].is_queued


def test_while_its_days_wait_for_their_turn_its_card_says_so_and_it_calls_nobody() -> None:
    changes = follow(failed(), WAITING)

    (alert,), (message,) = changes.episodes, changes.messages
    later = NOW + 10 * RULES.remind_after
    (story,) = stories([alert], later)
    card = notification.parse(message.body)
    assert isinstance(card, notification.EpisodeCard)
    assert card.episode.is_queued
    assert list(due_calls(story)) == []
    assert mentions_of_card(alert) == ()
    assert reconcile(Pass("voice-prod", [], [alert], {}, later), RULES) == Changes((), ())


def test_its_place_edits_nothing() -> None:
    (alert,) = follow(failed(), WAITING).episodes
    ahead = replace(WAITING, queued=(replace(QUEUED, customer="marriott"), QUEUED))

    assert follow(alert, ahead) == Changes((), ())


def test_a_customer_whose_sequence_is_being_begun_still_waits() -> None:
    begins = QueueState(starting=(StartingCustomer("hilton", "b1", "s1", is_begun=True),), batches=(BATCH,))

    assert is_quiet(begins)
    assert is_quiet(replace(begins, paused_by="U2"))


@pytest.mark.parametrize(
    "queue",
    [
        None,
        QueueState(),
        replace(WAITING, paused_by="U2"),
        replace(WAITING, queued=(replace(QUEUED, is_held=True),)),
        replace(WAITING, queued=(replace(QUEUED, customer="marriott"),)),
        replace(WAITING, batches=(replace(BATCH, whole=Window(date(2025, 1, 1), date(2025, 2, 1))),)),
        replace(WAITING, batches=(replace(BATCH, campaign="second"),)),
    ],
    ids=["no queue", "empty", "paused", "held", "another customer", "other days", "another campaign"],
)
def test_it_goes_on_calling_if_no_turn_of_its_days_comes_by_itself(queue: QueueState | None) -> None:
    assert not is_quiet(queue, campaign="first")


def test_a_command_for_what_failed_runs_no_days_in_doubt() -> None:
    of_failed = replace(WAITING, batches=(replace(BATCH, which="failed"),))

    assert is_quiet(of_failed)
    assert not is_quiet(of_failed, alert_reason=AlertReason.MISMATCH)


def test_an_alert_about_an_open_run_is_no_matter_of_the_queue() -> None:
    assert not may_be_queued(failed(alert_reason=AlertReason.HEARTBEAT_TIMEOUT))
    assert not is_quiet(WAITING, alert_reason=AlertReason.HEARTBEAT_TIMEOUT)


def test_once_it_has_left_the_queue_without_a_sequence_it_calls_again_from_then_on() -> None:
    (alert,) = follow(failed(), WAITING).episodes
    left = NOW + 10 * HOUR
    changes = follow(alert, None, left)

    (again,), (message,) = changes.episodes, changes.messages

    calls = [[call.key for call in due_calls(stories([again], left + after)[0])] for after in (HOUR / 2, HOUR)]
    card = notification.parse(message.body)
    remind = partial(Pass, "voice-prod", [], [again], {})
    assert isinstance(card, notification.EpisodeCard)
    assert not card.episode.is_queued
    assert calls == [[], [f"{again.root_key}:escalate:{int(left.timestamp())}:1"]]
    assert reconcile(remind(left + HOUR), RULES).messages == ()
    assert len(reconcile(remind(left + RULES.remind_after), RULES).messages) == 2


def test_a_snooze_that_ended_meanwhile_does_not_call_people_at_once() -> None:
    (alert,) = follow(failed(quiet=ActiveSnooze("U1", NOW + HOUR)), WAITING).episodes
    left = NOW + 10 * HOUR

    (again,) = follow(alert, None, left).episodes

    assert again.quiet is None
    assert list(due_calls(stories([again], left)[0])) == []


def test_the_sequence_that_begins_takes_it_over() -> None:
    (alert,) = follow(failed(), WAITING).episodes

    step = hand_over(alert, progress(spec=spec(started_at=NOW + HOUR)), NOW + HOUR)

    assert step.episode.sequence is not None
    assert not step.episode.is_queued
    assert follow(step.episode, None) == Changes((), ())


def test_the_message_of_a_group_says_who_waits() -> None:
    first, other = failed(group="id-voice-prod-hilton"), failed(customer="marriott", group="id-voice-prod-hilton")
    other = replace(other, root_key=first.root_key)

    changes = follow_queue([first, other], WAITING, RULES.storm, NOW)

    cards = [notification.parse(message.body) for message in changes.messages]
    (group,) = [card for card in cards if isinstance(card, notification.StormCard)]
    assert [(member.name, member.is_queued) for member in group.members] == [("hilton", True), ("marriott", False)]
