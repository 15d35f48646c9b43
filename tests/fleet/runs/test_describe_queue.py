"""In which order the runs of a cluster are described."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.deadlines import NextDescribe
from bot.fleet.runs.describe_queue import SHARE_OF_ROUNDS, DescribeQueue
from bot.model import Ref
from tests.fleet.builders import HOUR, MINUTE, NOW

SECOND = timedelta(seconds=1)
SECONDS = st.integers(0, 600).map(lambda seconds: timedelta(seconds=seconds))

REFS = st.integers(0, 20).map(lambda number: Ref("voice-prod", f"copy-{number:02}", "run"))
TIMES = st.builds(
    NextDescribe,
    round_at=SECONDS.map(lambda span: NOW + span),
    deadline=st.none() | SECONDS.map(lambda span: NOW + span),
)
CHANGES = st.lists(st.tuples(REFS, st.none() | TIMES), max_size=60)


def queue_after(changes: list[tuple[Ref, NextDescribe | None]]) -> tuple[DescribeQueue, dict[Ref, NextDescribe]]:
    """The queue, and what is to be in it."""
    queue, expected = DescribeQueue(), dict[Ref, NextDescribe]()
    for ref, coming in changes:
        if coming is None:
            queue.discard(ref)
            expected.pop(ref, None)
        else:
            queue.put(ref, coming)
            expected[ref] = coming
        queue.earliest()
    return queue, expected


@given(CHANGES, SECONDS)
def test_everything_that_is_due_and_nothing_else_comes_up(
    changes: list[tuple[Ref, NextDescribe | None]], passed: timedelta
) -> None:
    queue, expected = queue_after(changes)
    now = NOW + passed
    found = queue.due(now, 1_000)

    assert sorted(found) == sorted(ref for ref, coming in expected.items() if coming.at <= now)
    assert queue.due(now, 1_000) == found
    assert queue.earliest() == min((coming.at for coming in expected.values()), default=None)
    assert set(queue.refs) == set(expected)


@given(CHANGES, st.integers(0, 30))
def test_deadlines_come_first_and_oldest_first_and_slow_rounds_keep_their_share(
    changes: list[tuple[Ref, NextDescribe | None]], at_most: int
) -> None:
    queue, expected = queue_after(changes)
    now = NOW + 5 * MINUTE
    found = queue.due(now, at_most)
    deadlines = {ref: at for ref, coming in expected.items() if (at := coming.deadline) and at <= now}
    ready = [ref for ref, coming in expected.items() if coming.at <= now]
    most_urgent = min(len(deadlines), at_most - max(1, at_most // SHARE_OF_ROUNDS)) if at_most else 0

    assert len(found) == len(set(found)) == min(at_most, len(ready))
    assert [deadlines[ref] for ref in found[:most_urgent]] == sorted(deadlines.values())[:most_urgent]


def test_runs_that_get_new_times_again_and_again_leave_no_heap_behind() -> None:
    queue, ref = DescribeQueue(), Ref("voice-prod", "copy", "run")
    for number in range(10_000):
        queue.put(ref, NextDescribe(NOW + HOUR + number * SECOND))

    assert queue.due(NOW + 2 * HOUR + 10_000 * SECOND, 5) == [ref]
    assert len(queue._top._rounds._heap) < 100


def test_the_lag_is_the_wait_of_the_run_that_is_overdue_most() -> None:
    queue = DescribeQueue()
    none = queue.lag(NOW)
    queue.put(Ref("voice-prod", "a", "run"), NextDescribe(NOW + MINUTE))
    queue.put(Ref("voice-prod", "b", "run"), NextDescribe(NOW + HOUR, NOW + 2 * MINUTE))

    assert (none, queue.lag(NOW), queue.lag(NOW + 3 * MINUTE)) == (timedelta(0), timedelta(0), 2 * MINUTE)


def test_runs_below_others_come_last_and_keep_one_place_in_ten() -> None:
    queue = DescribeQueue()
    for number in range(30):
        top, below = Ref("voice-prod", f"top-{number:02}", "run"), Ref("voice-prod", f"below-{number:02}", "run")
        queue.put(top, NextDescribe(NOW))
        queue.put(below, NextDescribe(NOW - HOUR, NOW - HOUR, is_below=True))

    found = [ref.workflow_id.partition("-")[0] for ref in queue.due(NOW, 20)]
    assert found == ["top"] * 18 + ["below"] * 2


def test_slow_rounds_keep_a_place_at_the_top_and_below_however_many_deadlines_have_passed() -> None:
    queue = DescribeQueue()
    for name, is_below in (("top", False), ("below", True)):
        for number, ref in enumerate(refs(f"{name}-deadline", 30)):
            queue.put(ref, NextDescribe(NOW + HOUR, NOW - HOUR + number * SECOND, is_below=is_below))
        queue.put(Ref("voice-prod", f"{name}-round", "run"), NextDescribe(NOW, is_below=is_below))

    def found(at_most: int) -> Counter[str]:
        return Counter(ref.workflow_id.rstrip("-0123456789") for ref in queue.due(NOW, at_most))

    assert found(10) == {"top-deadline": 8, "top-round": 1, "below-round": 1}
    assert found(20) == {"top-deadline": 17, "top-round": 1, "below-deadline": 1, "below-round": 1}


def test_a_run_that_turns_out_to_be_below_another_one_is_due_once() -> None:
    queue, ref = DescribeQueue(), Ref("voice-prod", "copy", "run")
    queue.put(ref, NextDescribe(NOW, NOW))
    queue.put(ref, NextDescribe(NOW, is_below=True))

    assert queue.due(NOW, 5) == [ref]
    assert queue.lag(NOW + MINUTE) == MINUTE


def refs(name: str, count: int) -> list[Ref]:
    return [Ref("voice-prod", f"{name}-{number:02}", "run") for number in range(count)]


def test_runs_that_are_due_go_before_those_that_may_be_described_early() -> None:
    queue, due, early = DescribeQueue(), refs("due", 3), refs("early", 4)
    for number, ref in enumerate(early):
        queue.put(ref, NextDescribe(NOW + HOUR, NOW + MINUTE, early_at=NOW - number * SECOND))
    for ref in due:
        queue.put(ref, NextDescribe(NOW + HOUR, NOW, early_at=NOW - HOUR))

    assert queue.pick(NOW, at_most=2, early=9) == due[:2]
    assert queue.pick(NOW, at_most=5, early=9) == [*due, early[3], early[2]]
    assert queue.pick(NOW, at_most=9, early=1) == [*due, early[3]]
    assert queue.pick(NOW, at_most=9, early=0) == due


def test_what_is_below_other_runs_is_early_after_all_others() -> None:
    queue, (below, top) = DescribeQueue(), refs("copy", 2)
    queue.put(below, NextDescribe(NOW + HOUR, NOW + MINUTE, early_at=NOW - MINUTE, is_below=True))
    queue.put(top, NextDescribe(NOW + HOUR, NOW + MINUTE, early_at=NOW))

    assert queue.pick(NOW, at_most=9, early=9) == [top, below]


def test_nothing_is_early_before_its_time_or_once_it_has_other_times() -> None:
    queue, (ref,) = DescribeQueue(), refs("copy", 1)
    queue.put(ref, NextDescribe(NOW + HOUR, NOW + MINUTE, early_at=NOW))
    may, before = queue.earliest_early(), queue.pick(NOW - SECOND, at_most=9, early=9)
    queue.put(ref, NextDescribe(NOW + HOUR, NOW + MINUTE))

    assert (may, before) == (NOW, [])
    assert (queue.earliest_early(), queue.pick(NOW, at_most=9, early=9)) == (None, [])
