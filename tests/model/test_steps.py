"""Counts of windows travel through Temporal: those that an earlier version recorded are read, too."""

from datetime import date

from temporalio.contrib.pydantic import pydantic_data_converter

from bot.model import Count, TableCount, Window

JAN_7 = Window(date(2026, 1, 7), date(2026, 1, 8))


async def test_a_count_of_other_contents_arrives_as_it_was_sent() -> None:
    sent = Count((TableCount("scores", 9, 9, 0, other_contents=(JAN_7,), days_of_other_contents=1),))

    [arrived] = await pydantic_data_converter.decode(await pydantic_data_converter.encode([sent]), [Count])

    assert arrived == sent
    assert (arrived.differs, arrived.only_contents_differ, arrived.proves) == (True, True, False)


async def test_a_count_that_was_recorded_before_contents_were_compared_is_read() -> None:
    recorded = {"tables": [{"table": "scores", "expected": 9, "actual": 9, "duplicates": 0}], "problem": ""}

    [count] = await pydantic_data_converter.decode(await pydantic_data_converter.encode([recorded]), [Count])

    assert count == Count((TableCount("scores", 9, 9, 0),))
    assert count.proves
