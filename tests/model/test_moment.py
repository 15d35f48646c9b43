"""Moments are written in UTC, whatever zone they come in."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import words
from bot.blocks.digest import card
from bot.fleet.notifications.notification import DigestCard
from bot.fleet.status.snapshot import News, Snapshot, dump_snapshot, parse_snapshot
from bot.model import in_utc
from tests.blocks.test_digest import QUIET

WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")

zones = st.one_of(
    st.sampled_from(sorted(available_timezones())).map(ZoneInfo),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
moments = st.builds(
    lambda at, zone: at.astimezone(zone),
    st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zones,
)


def _read(text: str) -> datetime:
    found = WRITTEN.search(text)
    assert found, text
    return datetime.strptime(found[0], "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)


@given(moments)
def test_what_is_written_is_the_moment_itself_to_the_minute(at: datetime) -> None:
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)

    assert [_read(text) for text in (words.plain_when(at), words.when(at), in_utc(at))] == [minute] * 3


@given(moments)
def test_a_digest_names_the_moment_of_the_one_before_though_a_store_kept_it_in_local_time(at: datetime) -> None:
    kept = parse_snapshot(dump_snapshot(Snapshot(at)))
    assert kept is not None
    shown = card(DigestCard(replace(QUIET, news=News(kept.slot))))

    assert _read(shown.text) == at.astimezone(UTC).replace(second=0, microsecond=0)


def test_nine_o_clock_in_los_angeles_is_five_in_the_afternoon() -> None:
    assert in_utc(datetime(2026, 2, 22, 9, 0, tzinfo=ZoneInfo("America/Los_Angeles"))) == "2026-02-22 17:00 UTC"


def test_a_time_without_a_zone_is_refused_since_it_could_mean_any() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        in_utc(datetime(2026, 2, 22, 9, 0))  # noqa: DTZ001
