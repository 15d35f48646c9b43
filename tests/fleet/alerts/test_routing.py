"""An alert lives in one channel, which its route chooses when it opens; a storm mentions people once."""

from dataclasses import replace
from datetime import time, timedelta

from bot.fleet.alerts.answers import snooze_episode
from bot.fleet.alerts.episodes import card, end_episode
from bot.fleet.alerts.reconcile import Changes, Pass, Rules, reconcile
from bot.fleet.campaigns.membership import AlertCampaigns
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


BY_CAMPAIGN = (
    RoutingRule(Route("C0MARCH", ("S0MARCH",)), campaigns=frozenset({"march"})),
    RoutingRule(Route("C0REST", ("S0REST",))),
)


def group_by_campaign(campaigns: dict[str, str], *remembered: Episode, after: timedelta = MINUTE * 0) -> Changes:
    """A pass over a run of each of these customers, in the campaign of each."""
    runs = [described_run(customer) for customer in campaigns]
    names = zip(runs, campaigns.values(), strict=True)
    of_runs = {run.ref: AlertCampaigns((campaign,), campaign) for run, campaign in names}
    seen = Pass("voice-prod", runs, remembered, {}, NOW + after, campaigns=of_runs)
    return reconcile(seen, Rules(5, timedelta(hours=4), routing=BY_CAMPAIGN))


def roots(changes: Changes) -> dict[str, str]:
    """The customers of each message in a channel, with its channel."""
    parsed = [(notification.parse(m.body), m.destination) for m in changes.messages if not m.thread_key]
    return {
        " ".join(each.names) if isinstance(each, notification.StormCard) else each.episode.customer: channel
        for each, channel in parsed
        if isinstance(each, notification.StormCard | notification.EpisodeCard)
    }


def test_an_alert_of_another_route_joins_no_group_and_goes_where_its_own_route_leads() -> None:
    known = stored(group_by_campaign({"hilton": "january"}))
    later = group_by_campaign({"hilton": "january", "vivint": "march"}, *known, after=5 * MINUTE)
    at_once = group_by_campaign({"hilton": "january", "vivint": "march"})

    assert roots(later) == {"vivint": "C0MARCH"}
    assert [each.route.mention for each in later.episodes] == [("S0MARCH",)]
    assert roots(at_once) == {"hilton": "C0REST", "vivint": "C0MARCH"}


def test_alerts_of_one_route_share_a_message_whatever_their_campaigns() -> None:
    known = stored(group_by_campaign({"hilton": "january", "vivint": "march"}))
    campaigns = {"hilton": "january", "vivint": "march", "sunbit": "april", "spirit": "march"}
    later = group_by_campaign(campaigns, *known, after=5 * MINUTE)

    assert roots(later) == {"hilton sunbit": "C0REST", "spirit vivint": "C0MARCH"}


def test_an_alert_that_opens_after_the_routes_have_changed_joins_none_of_the_earlier_ones() -> None:
    known = stored(make_pass(VOICE, described_run("hilton")))
    runs = described_run("hilton"), described_run("vivint")
    changes = make_pass(Route("C0OTHER"), *runs, remembered=known, after=MINUTE)

    assert roots(changes) == {"vivint": "C0OTHER"}


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
