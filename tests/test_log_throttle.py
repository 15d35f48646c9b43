"""Whatever goes round in a loop writes few lines, and says how many it left out."""

import logging

from hypothesis import given
from hypothesis import strategies as st

from bot.log_throttle import A_SECOND, AT_ONCE, MOST_KINDS, LogThrottle


def ours(event: str, **values: object) -> logging.LogRecord:
    return logging.LogRecord("bot", logging.ERROR, "x.py", 1, {"event": event, **values}, None, None)


def theirs(line: int, text: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord("asyncio", logging.ERROR, "y.py", line, text, values, None)


def test_a_flood_of_one_kind_is_cut_to_one_a_second_and_counted() -> None:
    now = [0.0]
    brake = LogThrottle(lambda: now[0])
    passed = [record for record in (ours("accept failed", n=n) for n in range(2_200)) if brake.filter(record)]
    now[0] = 1.0
    last = ours("accept failed", n=1)

    assert len(passed) == AT_ONCE
    assert brake.filter(last)
    assert isinstance(last.msg, dict)
    assert last.msg["dropped"] == 2_200 - AT_ONCE
    assert not brake.filter(ours("accept failed"))


def test_another_kind_and_another_level_are_not_held_up() -> None:
    brake = LogThrottle(lambda: 0.0)
    for _ in range(100):
        brake.filter(ours("a"))
    calmer = ours("a")
    calmer.levelno = logging.INFO

    assert brake.filter(ours("b"))
    assert brake.filter(calmer)


def test_texts_of_a_library_with_values_in_them_are_one_kind() -> None:
    now = [0.0]
    brake = LogThrottle(lambda: now[0])
    passed = sum(brake.filter(theirs(7, f"accept failed on {n}")) for n in range(1_000))
    now[0] = 1.0
    last = theirs(7, "accept failed on %s", "100%")

    assert passed == AT_ONCE
    assert brake.filter(last)
    assert last.getMessage() == f"accept failed on 100% (and {1_000 - AT_ONCE} like it before, dropped)"
    assert brake.filter(theirs(8, "something else"))


def test_endless_new_kinds_take_no_endless_memory() -> None:
    brake = LogThrottle(lambda: 0.0)
    for number in range(MOST_KINDS * 2):
        assert brake.filter(ours(f"kind {number}"))

    assert len(vars(brake)["_kinds"]) == MOST_KINDS


@given(st.lists(st.floats(0, 2), min_size=1, max_size=300))
def test_never_more_pass_than_at_once_and_one_a_second(pauses: list[float]) -> None:
    now = [0.0]
    brake = LogThrottle(lambda: now[0])
    passed = dropped = told = 0
    for pause in pauses:
        now[0] += pause
        record = ours("again")
        if brake.filter(record):
            passed += 1
            assert isinstance(record.msg, dict)
            told += record.msg.get("dropped", 0)
        else:
            dropped += 1

    assert passed <= AT_ONCE + now[0] * A_SECOND + 1
    assert told <= dropped
