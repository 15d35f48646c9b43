"""An alert lives in one channel, which its route chooses when it opens; a storm mentions people once."""

from dataclasses import replace
from datetime import time, timedelta

from bot.fleet.alerts.answers import snooze_episode
from bot.fleet.alerts.episodes import card, end_episode
from bot.fleet.alerts.reconcile import Changes, Pass, Rules, reconcile
from bot.fleet.notifications import notification
from bot.fleet.notifications.mentions import mentions_of_card
from bot.fleet.runs.observation import DescribedRun
from bot.model import TO_TEAM, Ending, Episode, QuietHours, Route, RoutingRule
from tests.fakes.episodes import acknowledge_episode, episode
from tests.fleet.alerts.test_reconcile import ALICE, MINUTE, NOW, described_run

VOICE = Route("C0VOICE", ("S0ONCALL",))
# NOW is 3:00.
NIGHT = QuietHours(time(22), time(7))


def make_pass(
    route: Route, *runs: DescribedRun, remembered: tuple[Episode, ...] = (), after: timedelta = MINUTE * 0
) -> Changes:
    rules = Rules(5, timedelta(hours=4), routing=(RoutingRule(route, frozenset({"voice-prod"})),))
    return reconcile(Pass("voice-prod", runs, remembered, {}, NOW + after), rules)


def stored(changes: Changes) -> tuple[Episode, ...]:
    return tuple(replace(each, revision=1) for each in changes.episodes)


def test_a_new_alert_goes_to_the_channel_of_its_route() -> None:
    changes = make_pass(VOICE, described_run())

    assert changes.episodes[0].route == VOICE
    assert [message.destination for message in changes.messages if not message.thread_key] == ["C0VOICE"]


def test_an_alert_keeps_its_channel_when_the_routes_change() -> None:
    known = stored(make_pass(VOICE, described_run()))
    changes = make_pass(Route("C0OTHER"), described_run(attempt=3), remembered=known, after=MINUTE)

    assert changes.episodes[0].route == VOICE
    assert {message.destination for message in changes.messages if not message.thread_key} == {"C0VOICE"}


def test_an_alert_of_an_earlier_version_stays_in_the_team_channel() -> None:
    known = episode(route=TO_TEAM)

    assert card(known).destination == ""


def test_a_group_of_alerts_is_in_the_channel_of_its_first_one() -> None:
    known = stored(make_pass(VOICE, described_run("hilton")))
    changes = make_pass(
        Route("C0OTHER"),
        described_run("hilton"),
        described_run("vivint"),
        remembered=known,
        after=timedelta(minutes=1),
    )

    assert {each.route for each in changes.episodes} == {VOICE}
    assert [message.destination for message in changes.messages if not message.thread_key] == ["C0VOICE"]


def test_the_messages_of_a_storm_mention_people_once() -> None:
    changes = make_pass(VOICE, described_run("hilton"), described_run("vivint"), described_run("spirit"))

    parsed = [notification.parse(message.body) for message in changes.messages]
    (storm,) = [each for each in parsed if isinstance(each, notification.StormCard)]
    cards = [each.episode for each in parsed if isinstance(each, notification.EpisodeCard)]
    assert storm.mention == ("S0ONCALL",)
    assert [mentions_of_card(each) for each in cards] == [(), (), ()]


def test_in_quiet_hours_neither_an_alert_nor_a_storm_mentions_anybody() -> None:
    quiet = replace(VOICE, quiet=NIGHT)
    (alone,) = make_pass(quiet, described_run()).episodes
    storm = notification.parse(make_pass(quiet, described_run("hilton"), described_run("vivint")).messages[0].body)

    assert mentions_of_card(alone) == ()
    assert isinstance(storm, notification.StormCard)
    assert storm.mention == ()


def test_an_open_alert_mentions_people_until_somebody_takes_care_of_it() -> None:
    (fresh,) = make_pass(VOICE, described_run()).episodes
    acked, _ = acknowledge_episode(fresh, ALICE, NOW)

    assert mentions_of_card(fresh) == ("S0ONCALL",)
    assert mentions_of_card(acked) == ()


def test_resolving_mentions_nobody() -> None:
    (fresh,) = make_pass(VOICE, described_run()).episodes

    assert mentions_of_card(end_episode(fresh, Ending.COMPLETED, NOW).episode) == ()


def test_the_end_of_a_snooze_begins_to_call_people_anew_whenever_a_pass_sees_it() -> None:
    (fresh,) = stored(make_pass(VOICE, described_run()))
    snoozed, _ = snooze_episode(fresh, ALICE, NOW + MINUTE, NOW)
    (after,) = make_pass(VOICE, described_run(), remembered=(snoozed,), after=2 * MINUTE).episodes

    assert (after.quiet, after.calls_again_at) == (None, NOW + MINUTE)


def test_an_alert_that_was_quiet_until_it_changes_calls_people_anew_when_it_does() -> None:
    (fresh,) = stored(make_pass(VOICE, described_run()))
    snoozed, _ = snooze_episode(fresh, ALICE, None, NOW)
    (after,) = make_pass(VOICE, described_run(attempt=3), remembered=(snoozed,), after=MINUTE).episodes

    assert after.calls_again_at == NOW + MINUTE


def test_a_reminder_does_not_begin_the_steps_anew() -> None:
    known = stored(make_pass(VOICE, described_run()))
    (after,) = make_pass(VOICE, described_run(), remembered=known, after=timedelta(hours=5)).episodes

    assert (after.reminders, after.calls_again_at) == (1, None)
