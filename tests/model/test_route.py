"""Which route an alert takes, and when its people may be mentioned."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import TO_TEAM, AlertReason, QuietHours, Route, RoutingRule, announcement_channel, route_of

HEARTBEAT = AlertReason.HEARTBEAT_TIMEOUT
NIGHT = QuietHours(time(22), time(7), "Europe/Berlin")
LUNCH = QuietHours(time(12), time(13))
VOICE, REST = Route("C1VOICE"), Route("C1REST")


def test_the_first_route_that_fits_is_taken() -> None:
    rules = [RoutingRule(VOICE, frozenset({"voice-prod"})), RoutingRule(REST)]

    assert route_of("voice-prod", HEARTBEAT, rules) == VOICE
    assert route_of("chat-prod", HEARTBEAT, rules) == REST


def test_an_alert_that_no_route_takes_goes_to_the_team() -> None:
    assert route_of("chat-prod", HEARTBEAT, [RoutingRule(VOICE, frozenset({"voice-prod"}))]) == TO_TEAM


def test_a_route_of_some_reasons_takes_only_these() -> None:
    rule = RoutingRule(VOICE, reasons=frozenset({HEARTBEAT}))

    assert rule.takes("any", HEARTBEAT)
    assert rule.takes_all_of(RoutingRule(REST, frozenset({"voice-prod"}), frozenset({HEARTBEAT})))
    assert not rule.takes_all_of(RoutingRule(REST))


def test_an_announcement_goes_where_all_alerts_of_its_cluster_go() -> None:
    some = RoutingRule(Route("C1SOME"), frozenset({"voice-prod"}), frozenset({HEARTBEAT}))
    rules = [some, RoutingRule(VOICE, frozenset({"voice-prod"}))]

    assert announcement_channel("voice-prod", "", rules) == VOICE.channel
    assert announcement_channel("chat-prod", "", rules) == TO_TEAM.channel


def berlin(*moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold).astimezone(UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("moment", "over_at"),
    [
        (berlin(2026, 2, 22, 21, 59), berlin(2026, 2, 22, 21, 59)),
        (berlin(2026, 2, 22, 22, 0), berlin(2026, 2, 23, 7, 0)),
        (berlin(2026, 2, 23, 3, 0), berlin(2026, 2, 23, 7, 0)),
        (berlin(2026, 2, 23, 7, 0), berlin(2026, 2, 23, 7, 0)),
        (berlin(2026, 3, 28, 23, 0), berlin(2026, 3, 29, 7, 0)),
    ],
)
def test_quiet_hours_go_past_midnight_and_end_by_the_clock_on_the_wall(moment: datetime, over_at: datetime) -> None:
    assert NIGHT.over_at(moment) == over_at


def test_quiet_hours_in_the_middle_of_a_day_end_on_that_day() -> None:
    noon = datetime(2026, 2, 22, 12, 30, tzinfo=UTC)

    assert LUNCH.over_at(noon) == noon + timedelta(minutes=30)
    assert LUNCH.over_at(noon - timedelta(hours=1)) == noon - timedelta(hours=1)


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_with_the_second_one() -> None:
    until_half_past_two = QuietHours(time(1), time(2, 30), "Europe/Berlin")

    assert until_half_past_two.over_at(berlin(2026, 10, 25, 2, 10, fold=1)) == berlin(2026, 10, 25, 2, 30, fold=1)


@given(
    st.timedeltas(timedelta(0), timedelta(days=366)).map(lambda span: datetime(2026, 1, 1, tzinfo=UTC) + span),
    st.times(),
    st.times(),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"]),
)
def test_quiet_hours_end_within_a_day_and_never_before_they_are_asked_about(
    moment: datetime, start: time, end: time, zone: str
) -> None:
    over_at = QuietHours(start, end, zone).over_at(moment)

    assert moment <= over_at <= moment + timedelta(hours=25)


def test_a_mention_waits_for_the_end_of_the_quiet_hours() -> None:
    night = berlin(2026, 2, 23, 3, 0)

    assert Route(mention=("S1",), quiet=NIGHT).mention_from(night) == berlin(2026, 2, 23, 7, 0)
    assert Route(mention=("S1",)).mention_from(night) == night


def test_a_route_of_a_campaign_takes_its_alerts_alone() -> None:
    march = RoutingRule(VOICE, campaigns=frozenset({"march"}))

    assert route_of("voice-prod", HEARTBEAT, [march, RoutingRule(REST)], ("march", "again")) == VOICE
    assert route_of("voice-prod", HEARTBEAT, [march, RoutingRule(REST)], ("again",)) == REST
    assert march.takes_all_of(RoutingRule(REST, frozenset({"voice-prod"}), campaigns=frozenset({"march"})))
    assert not march.takes_all_of(RoutingRule(REST))


def test_what_concerns_a_whole_campaign_follows_the_rule_that_names_it() -> None:
    rules = [
        RoutingRule(Route("C1"), frozenset({"voice-prod"}), campaigns=frozenset({"march"})),
        RoutingRule(Route("C2"), campaigns=frozenset({"march"})),
        RoutingRule(Route("C3")),
    ]

    assert announcement_channel("", "march", rules) == "C2"
    assert announcement_channel("", "again", rules) == ""
    assert announcement_channel("voice-prod", "march", rules) == "C1"
    assert announcement_channel("voice-prod", "again", rules) == "C3"
