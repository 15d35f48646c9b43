"""A loop writes few log lines, and the next one says how many were dropped."""

import logging

from hypothesis import given
from hypothesis import strategies as st

from bot.log_throttle import BURST, MOST_KINDS, PER_SECOND, LogThrottle


def ours(event: str, **values: object) -> logging.LogRecord:
    return logging.LogRecord("bot", logging.ERROR, "x.py", 1, {"event": event, **values}, None, None)


def theirs(line: int, text: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord("asyncio", logging.ERROR, "y.py", line, text, values, None)


def test_a_flood_of_one_kind_is_cut_to_one_a_second_and_counted() -> None:
    now = [0.0]
    throttle = LogThrottle(lambda: now[0])
    passed = [record for record in (ours("accept failed", n=n) for n in range(2_200)) if throttle.filter(record)]
    now[0] = 1.0
    last = ours("accept failed", n=1)

    assert len(passed) == BURST
    assert throttle.filter(last)
    assert isinstance(last.msg, dict)
    assert last.msg["dropped"] == 2_200 - BURST
    assert not throttle.filter(ours("accept failed"))


def test_another_kind_and_another_level_are_not_held_up() -> None:
    throttle = LogThrottle(lambda: 0.0)
    for _ in range(100):
        throttle.filter(ours("a"))
    calmer = ours("a")
    calmer.levelno = logging.INFO

    assert throttle.filter(ours("b"))
    assert throttle.filter(calmer)


def test_texts_of_a_library_with_values_in_them_are_one_kind() -> None:
    now = [0.0]
    throttle = LogThrottle(lambda: now[0])
    passed = sum(throttle.filter(theirs(7, f"accept failed on {n}")) for n in range(1_000))
    now[0] = 1.0
    last = theirs(7, "accept failed on %s", "100%")

    assert passed == BURST
    assert throttle.filter(last)
    assert last.getMessage() == f"accept failed on 100% (and {1_000 - BURST} like it before, dropped)"
    assert throttle.filter(theirs(8, "something else"))


def test_endless_new_kinds_take_no_endless_memory() -> None:
    throttle = LogThrottle(lambda: 0.0)
    for number in range(MOST_KINDS * 2):
        assert throttle.filter(ours(f"kind {number}"))

    assert len(vars(throttle)["_kinds"]) == MOST_KINDS


@given(st.lists(st.floats(0, 2), min_size=1, max_size=300))
def test_never_more_pass_than_at_once_and_one_a_second(pauses: list[float]) -> None:
    now = [0.0]
    throttle = LogThrottle(lambda: now[0])
    passed = dropped = shown = 0
    for pause in pauses:
        now[0] += pause
        record = ours("again")
        if throttle.filter(record):
            passed += 1
            assert isinstance(record.msg, dict)
            shown += record.msg.get("dropped", 0)
        else:
            dropped += 1

    assert passed <= BURST + now[0] * PER_SECOND + 1
    assert shown <= dropped
