"""Scenario files: what they mean, and how their mistakes are told."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import BadScenario
from sandbox.scenario.load import load_scenario, parse_scenario
from sandbox.scenario.model import Campaign, Scenario, State
from sandbox.scenario.runs import Run, runs, windows

SMALL = """
[campaign]
start = 2026-03-01
end = 2026-03-11
[clusters.one.customers]
acme = { scorecards = 10, scores = 20, hours = 5, submitted = [%s] }
"""


def small(submitted: str) -> Scenario:
    return parse_scenario(SMALL % submitted, "small.toml")


def mistakes_of(text: str) -> tuple[str, ...]:
    with pytest.raises(BadScenario) as raised:
        parse_scenario(text, "x.toml")
    return raised.value.mistakes


def runs_of(scenario: Scenario, customer: str) -> list[tuple[State, date, date]]:
    return [(run.state, run.range.start, run.range.end) for run in runs(scenario) if run.customer == customer]


@given(
    start=st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)),
    length=st.integers(1, 400),
    days=st.integers(1, 400),
)
def test_windows_cover_every_day_of_the_campaign_once(start: date, length: int, days: int) -> None:
    parts = windows(Campaign(start=start, end=start + timedelta(days=length)), days)

    assert [parts[0].start, *(part.end for part in parts)] == [
        *(part.start for part in parts),
        start + timedelta(length),
    ]
    assert {part.days for part in parts[:-1]} <= {days}


def test_a_run_without_windows_is_the_whole_range() -> None:
    assert runs(small('{ state = "running", done_days = 4 }')) == [
        Run("one", "acme", windows(small("").campaign, 10)[0], State.RUNNING, days_before_story=4)
    ]


def test_first_and_last_choose_windows() -> None:
    chosen = runs_of(small('{ state = "complete", windows = 4, first = 2 }'), "acme")

    assert chosen == [
        (State.COMPLETE, date(2026, 3, 5), date(2026, 3, 9)),
        (State.COMPLETE, date(2026, 3, 9), date(2026, 3, 11)),
    ]


def test_what_is_complete_was_copied_before_the_story() -> None:
    assert [run.days_before_story for run in runs(small('{ state = "complete", windows = 4 }'))] == [4, 4, 2]


def test_the_same_meaning_has_the_same_digest(tmp_path: Path) -> None:
    for name, text in (
        ("a", SMALL % ""),
        ("b", f"# remark\n{SMALL % ''}\n"),
        ("c", SMALL % '{ state = "complete" }'),
    ):
        (tmp_path / name).write_text(text)
    a, b, c = (load_scenario(str(tmp_path / name)).digest for name in "abc")

    assert a == b != c


def test_a_scenario_has_the_digest_that_kept_worlds_know() -> None:
    single = Path(__file__).parents[1] / "scenarios" / "single.toml"

    assert load_scenario(str(single)).digest == "e4b900be841c9217d95a90c13577ebd4eeb2e158adcf50c1723f5d44e0db63c8"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[", "x.toml: not TOML: "),
        (
            SMALL.replace("hours", "max_days = 4, hours") % '{ state = "cancelled", done_days = 4 }',
            "submitted[0].done_days: a run of 10 days does not come as far as 4",
        ),
        (SMALL.replace("scores = 20", "scores = 90_000_000_000") % "", "x.toml: rows: these would be 90000030 rows"),
        ("", "x.toml: campaign: field required"),
        (
            SMALL.replace("2026-03-11", "2026-03-01") % "",
            "x.toml: campaign: end (2026-03-01, excluded) must be after",
        ),
        (
            SMALL.replace("[clusters", "timezone = 'Mars/Base'\n[clusters") % "",
            "campaign.timezone: there is no time zone",
        ),
        (SMALL.replace("hours = 5", "hours = 0") % "", "x.toml: clusters.one.customers.acme.hours: input should be"),
        (SMALL.replace("hours", "hour") % "", "x.toml: clusters.one.customers.acme.hour: extra inputs"),
        (SMALL.replace("one", '"a b"') % "", "x.toml: clusters.a b (the name): string should match"),
        (SMALL.replace("one", "temporal-x") % "", "temporal-x (the name): temporal keeps names"),
        (SMALL.replace("acme", '"a\\nb"') % "", "a name has only printable characters"),
        (
            SMALL % '{ state = "done" }',
            "acme.submitted[0].state: input should be 'complete', 'running' or 'cancelled'",
        ),
        (SMALL % '{ state = "complete", windows = 4, last = 4 }', "submitted[0]: windows 1 to 4 do not exist"),
        (
            SMALL % '{ state = "running", done_days = 11 }',
            "submitted[0].done_days: a run of 10 days does not come as far as 11",
        ),
        (SMALL % '{ state = "running" }, { state = "complete" }', "submitted[1]: 2026-03-01..2026-03-11 is running"),
        (
            SMALL.replace("hours", "silent_after_days = 2, hours") % "",
            "silent_after_days says nothing without max_days",
        ),
        (
            SMALL % "" + '[pace]\nheartbeat_timeout = "soon"\n',
            'pace.heartbeat_timeout: expected a duration such as "10m"',
        ),
        (
            SMALL % "" + '[clusters.two]\nshape = "region"\nnamespace = "one"\n',
            "clusters.two.namespace: one is shared by clusters of another shape than region",
        ),
        (
            SMALL % "" + '[clusters.two]\nshape = "codec"\nlanguage = "javascript"\n',
            "clusters.two: only input and parallel are written in JavaScript",
        ),
        (
            SMALL.replace("[clusters", 'timezone = "Europe/Berlin"\n[clusters') % ""
            + '[clusters.two]\nshape = "codec"\n',
            "clusters.two.shape: codec counts days in UTC, and the campaign does not",
        ),
        (
            SMALL % '{ state = "cancelled" }' + '[clusters.one]\nshape = "children"\n',
            "clusters.one: only runs of the shape demo can be cancelled beforehand",
        ),
        (SMALL % "" + '[pace]\nretry_after = "0s"\n', "pace.retry_after: input should be greater than"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(text: str, mistake: str) -> None:
    mistakes = mistakes_of(text)

    assert any(mistake in line for line in mistakes), mistakes
    assert all(line.startswith("x.toml: ") and "\n" not in line for line in mistakes)


def test_all_mistakes_are_told_at_once() -> None:
    text = SMALL.replace("hours = 5", "hours = -5").replace("scores = 20", "scores = 'many'")

    assert len(mistakes_of(text % '{ state = "done" }')) == 3


@given(text=st.text())
def test_no_text_is_anything_but_a_scenario_or_a_mistake(text: str) -> None:
    with pytest.raises(BadScenario):
        parse_scenario(text, "x.toml")


def test_a_missing_file_is_one_line() -> None:
    with pytest.raises(BadScenario, match=r"nowhere\.toml: cannot be read"):
        load_scenario("nowhere.toml")
