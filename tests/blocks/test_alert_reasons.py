"""Each reason of an alert has words for every message that an alert sends."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.actions import ActionId, command_of
from bot.blocks.alert_reasons import WORDS
from bot.blocks.notifications import draw
from bot.commands import Verify
from bot.fleet.notifications import notification
from bot.model import AlertFacts, AlertReason, Doubt, DoubtfulDays, DoubtReason, Ending, Health, Window
from tests.blocks.gate import action_ids, taken_by_slack
from tests.fakes.episodes import episode

NOW = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("reason", AlertReason)
def test_every_reason_has_words(reason: AlertReason) -> None:
    assert reason in WORDS, f"bot/blocks/alert_reasons.py has no words for {reason!r}: add a row to WORDS"


def test_no_two_reasons_read_alike() -> None:
    states = [words.state for words in WORDS.values()]

    assert sorted(set(states)) == sorted(states)


@pytest.mark.parametrize("reason", AlertReason)
def test_an_alert_leads_with_its_reason(reason: AlertReason) -> None:
    words = WORDS[reason]
    alert = episode(alert_reason=reason, health=words.health or Health.HEALTHY)
    plain = draw(notification.EpisodeCard(alert))

    assert plain.text.startswith(f"hilton on voice-prod {words.state}")


def test_an_alert_adds_another_health_than_that_of_its_reason() -> None:
    struggling = draw(notification.EpisodeCard(episode(health=Health.BLOCKED)))
    failing = draw(notification.EpisodeCard(episode(alert_reason=AlertReason.RETRYING, health=Health.PAUSED)))

    assert struggling.text.startswith("hilton on voice-prod timed out on heartbeat and is blocked.")
    assert failing.text.startswith("hilton on voice-prod keeps failing and is paused.")


@pytest.mark.parametrize("reason", AlertReason)
def test_an_alert_offers_what_helps_against_its_reason_and_then_what_every_alert_has(reason: AlertReason) -> None:
    card = taken_by_slack(draw(notification.EpisodeCard(episode(alert_reason=reason))))

    assert set(action_ids(card)) == {*WORDS[reason].actions, ActionId.ACK, ActionId.SNOOZE, ActionId.OPEN}


FIRST = {
    AlertReason.FAILED: ActionId.RETRY,
    AlertReason.HEARTBEAT_TIMEOUT: ActionId.SPLIT,
    AlertReason.MISMATCH: ActionId.VERIFY,
    AlertReason.IN_DOUBT: ActionId.VERIFY,
}


@pytest.mark.parametrize("reason", AlertReason)
def test_the_suggested_act_stands_first_or_else_the_way_to_temporal_and_what_ends_the_run_stands_last(
    reason: AlertReason,
) -> None:
    card = draw(notification.EpisodeCard(episode(alert_reason=reason)))
    (row,) = [block for block in card.blocks if block["type"] == "actions"]
    primary = [each["action_id"] for each in row["elements"] if each.get("style") == "primary"]
    red = [each["action_id"] for each in row["elements"] if each.get("style") == "danger"]

    assert primary == action_ids(card)[:1] == [FIRST.get(reason, ActionId.OPEN)]
    assert red == [each for each in WORDS[reason].actions if each in (ActionId.CANCEL, ActionId.TERMINATE)]
    assert action_ids(card)[-1:] == (red or [ActionId.OPEN])


def test_an_alert_about_rows_offers_both_to_count_them_and_to_run_what_is_missing() -> None:
    for reason in (AlertReason.MISMATCH, AlertReason.IN_DOUBT):
        assert {ActionId.VERIFY, ActionId.RETRY} <= set(
            action_ids(draw(notification.EpisodeCard(episode(alert_reason=reason))))
        )


@pytest.mark.parametrize(("campaign", "where"), [("", ""), ("march", " in march")])
def test_an_alert_about_days_in_doubt_verifies_in_its_campaign_and_says_so_when_it_is_over(
    campaign: str, where: str
) -> None:
    alert = episode(alert_reason=AlertReason.IN_DOUBT, campaign=campaign)
    doubtful = DoubtfulDays(Window(date(2026, 1, 6), date(2026, 1, 11)), Doubt(DoubtReason.CANCEL_REQUESTED))
    still_open = draw(notification.EpisodeCard(replace(alert, facts=AlertFacts(doubts=(doubtful,)))))
    over = draw(notification.EpisodeCard(replace(alert, ending=Ending.IN_DOUBT, ended_at=NOW)))

    (row,) = [block for block in still_open.blocks if block["type"] == "actions"]
    assert command_of(row["elements"][0]["action_id"], row["elements"][0]["value"]) == Verify(
        target="voice-prod/hilton", campaign=campaign
    )
    assert f"/backfill verify voice-prod/hilton{where} proves" in over.text


def test_what_an_alert_says_to_type_has_a_name_with_spaces_in_quotes() -> None:
    alert = episode("acme corp", alert_reason=AlertReason.IN_DOUBT)
    over = draw(notification.EpisodeCard(replace(alert, ending=Ending.IN_DOUBT, ended_at=NOW)))

    assert '/backfill verify "voice-prod/acme corp" proves' in over.text


@pytest.mark.parametrize(
    ("after_snooze", "end"),
    [
        (False, "Nobody has acknowledged this and 5 others in this thread."),
        (True, "The snooze is over, also for 5 others in this thread."),
    ],
)
def test_a_reminder_of_a_group_counts_the_others(after_snooze: bool, end: str) -> None:
    reminder = notification.ReminderLine("hilton", 2, NOW, after_snooze=after_snooze, others=5)

    assert draw(reminder).text.endswith(end)


@pytest.mark.parametrize("reason", AlertReason)
def test_reminders_and_groups_name_the_reason(reason: AlertReason) -> None:
    words = WORDS[reason]
    reminder = notification.ReminderLine("hilton", 2, NOW, after_snooze=False, alert_reason=reason)
    group = notification.StormCard("voice-prod", ("hilton", "vivint"), over=0, opened_at=NOW, alert_reason=reason)
    over = notification.StormCard("voice-prod", ("hilton", "vivint"), over=2, opened_at=NOW, alert_reason=reason)

    assert draw(reminder).text.startswith(f"hilton {words.still}, ")
    assert f" on voice-prod {words.began} " in draw(group).text
    assert words.many in draw(group).text
    assert f"backfills that {words.had_done} together" in draw(over).text
