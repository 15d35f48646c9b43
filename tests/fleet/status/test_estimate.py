"""How long until the last of many customers is done."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.status.estimate import NO_TIME, Estimate, WorkLeft, until_last
from tests.fleet.builders import HOUR

VOICE, CHAT = "voice-prod", "chat-prod"


def hours(low: float, high: float | None = None) -> Estimate:
    return Estimate(low * HOUR, (2 * low if high is None else high) * HOUR)


def to_start(time: float, cluster: str = VOICE) -> WorkLeft:
    """A customer whose windows all wait."""
    return WorkLeft(cluster, hours(time), following=hours(time))


def under_way(time: float) -> WorkLeft:
    """A customer with one open run, and nothing after it."""
    return WorkLeft(VOICE, hours(time), running=(hours(time),))


@pytest.mark.parametrize(
    ("works", "slots", "expected"),
    [
        ([to_start(4)] * 44, 10, hours(17.6)),
        ([to_start(4)] * 44, 100, hours(4)),
        ([to_start(4)] * 44, None, hours(4)),
        ([to_start(4)] * 8, 10, hours(4)),
        ([to_start(40), *[to_start(1)] * 10], 10, hours(40)),
        ([under_way(4)] * 44, 10, hours(4)),
        ([*[under_way(4)] * 44, *[to_start(4)] * 10], 10, hours(8)),
        ([under_way(6), under_way(2), to_start(4)], 2, hours(6)),
        ([under_way(6), to_start(4), to_start(4)], 2, hours(7)),
    ],
)
def test_the_customers_of_a_cluster_share_its_slots(
    works: list[WorkLeft], slots: int | None, expected: Estimate
) -> None:
    assert until_last(works, {VOICE: slots} if slots else {}) == expected


def test_each_cluster_has_slots_of_its_own_and_the_slowest_decides() -> None:
    works = [*[to_start(4)] * 20, *[to_start(4, CHAT)] * 20]

    assert until_last(works, {VOICE: 10, CHAT: 4}) == hours(20)


def test_both_ends_of_the_range_are_for_the_same_work() -> None:
    works = [to_start(1), WorkLeft(VOICE, hours(2, 30), following=hours(2, 30))]

    assert until_last(works, {VOICE: 1}) == hours(3, 32)


def test_where_nobody_has_anything_left_there_is_no_estimate() -> None:
    assert until_last([], {VOICE: 10}) is None
    assert until_last([WorkLeft(VOICE, NO_TIME)], {VOICE: 10}) == NO_TIME


works = st.builds(
    lambda running, following: WorkLeft(
        VOICE,
        hours(max(running, default=0) + following),
        tuple(map(hours, running)),
        hours(following),
    ),
    st.lists(st.integers(0, 50), max_size=3),
    st.integers(0, 50),
)


@given(st.lists(works, min_size=1), st.integers(1, 20))
def test_more_slots_never_take_longer_and_nothing_is_done_before_its_longest_part(
    some: list[WorkLeft], slots: int
) -> None:
    fewer, more, enough = (until_last(some, each) for each in ({VOICE: slots}, {VOICE: slots + 1}, {}))
    assert fewer is not None
    assert more is not None
    assert enough is not None

    assert enough.low == max(work.time.low for work in some) <= more.low <= fewer.low + timedelta(microseconds=1)
    assert fewer.low <= fewer.high
