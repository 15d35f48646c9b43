"""The token bucket: its rate holds over every span, and nobody waits longer than the rate asks for."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.token_bucket import Rate, TokenBucket
from tests.fakes.services import NOW

SECOND = timedelta(seconds=1)

rates = st.builds(Rate, st.integers(1, 20), st.timedeltas(timedelta(milliseconds=1), timedelta(minutes=1)))
# The pauses between callers.
pauses = st.lists(st.timedeltas(timedelta(0), timedelta(seconds=20)), min_size=1, max_size=60)


def _calls(rate: Rate, pauses: Sequence[timedelta]) -> tuple[list[timedelta], list[timedelta]]:
    """When each caller comes, and when its call is sent; as times since the bucket was made."""
    bucket = TokenBucket(rate)
    come = list(accumulate(pauses))
    return come, [moment + bucket.take(NOW + moment) for moment in come]


@given(rates, pauses)
def test_in_no_span_are_there_more_calls_than_a_burst_and_the_rate(rate: Rate, pauses: list[timedelta]) -> None:
    _, sent = _calls(rate, pauses)

    for first, begun in enumerate(sent):
        for last in range(first, len(sent)):
            assert last - first + 1 <= rate.burst + (sent[last] - begun) / rate.interval + 1e-6


@given(rates, pauses)
def test_calls_are_sent_in_the_order_in_which_they_come_and_none_before_it_comes(
    rate: Rate, pauses: list[timedelta]
) -> None:
    come, sent = _calls(rate, pauses)

    assert sent == sorted(sent)
    assert all(moment >= came for came, moment in zip(come, sent, strict=True))


@given(rates, pauses)
def test_a_call_that_waits_is_sent_one_interval_after_the_token_before_it_and_not_later(
    rate: Rate, pauses: list[timedelta]
) -> None:
    come, sent = _calls(rate, pauses)

    for number, (came, moment) in enumerate(zip(come, sent, strict=True)):
        if moment > came and number >= rate.burst:
            assert moment - sent[number - rate.burst] <= rate.interval * rate.burst


@given(rates, pauses)
def test_asking_for_the_wait_takes_no_token(rate: Rate, pauses: list[timedelta]) -> None:
    bucket, moment = TokenBucket(rate), NOW
    for pause in pauses:
        moment += pause
        waits = [bucket.wait(moment) for _ in range(3)]

        assert waits == [bucket.take(moment)] * 3


def test_a_full_bucket_gives_its_burst_at_once_and_then_one_an_interval() -> None:
    bucket = TokenBucket(Rate(3, SECOND))

    assert [bucket.take(NOW) for _ in range(5)] == [SECOND * n for n in (0, 0, 0, 1, 2)]


def test_after_a_rest_there_is_one_burst_and_never_more() -> None:
    bucket = TokenBucket(Rate(3, SECOND))
    for _ in range(3):
        bucket.take(NOW)

    assert [bucket.take(NOW + timedelta(hours=1)) for _ in range(4)] == [SECOND * n for n in (0, 0, 0, 1)]


def test_a_blocked_bucket_gives_nothing_for_the_span_and_no_burst_after_it() -> None:
    bucket = TokenBucket(Rate(3, SECOND))
    bucket.block(NOW, SECOND * 30)

    assert [bucket.take(NOW) for _ in range(3)] == [SECOND * n for n in (30, 31, 32)]


def test_a_shorter_block_does_not_shorten_a_longer_one() -> None:
    bucket = TokenBucket(Rate(3, SECOND))
    bucket.block(NOW, SECOND * 30)
    bucket.block(NOW, SECOND)

    assert bucket.wait(NOW) == SECOND * 30


def test_a_clock_that_stands_still_or_goes_back_does_not_give_more_tokens() -> None:
    bucket = TokenBucket(Rate(1, SECOND))
    bucket.take(NOW)

    assert bucket.wait(NOW - SECOND) == 2 * SECOND


@pytest.mark.parametrize(("burst", "interval"), [(0, SECOND), (1, timedelta(0))])
def test_a_rate_without_tokens_or_without_an_interval_is_refused(burst: int, interval: timedelta) -> None:
    with pytest.raises(ValueError, match="a bucket needs"):
        Rate(burst, interval)
