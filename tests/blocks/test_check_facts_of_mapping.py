"""What the check of the identity mapping finds, in words."""

import pytest

from bot.blocks.check_facts import text
from bot.fleet.diagnostics.mapping_facts import (
    ArgumentsUnreadable,
    ClusterAway,
    FiltersApart,
    MappingFact,
    MappingProposed,
    NoMappingFound,
    RecentRunRows,
    RunRow,
    RunsUnrecognised,
    SharedRuns,
)
from bot.fleet.diagnostics.same_days import SameDays
from tests.fleet.builders import CAMPAIGN, window

BY_ID = RunRow("CustomerBackfill", "backfill-hilton", "hilton", CAMPAIGN, "id")
BY_INPUT = RunRow("Reindex", "job-1", "vivint", window(1, 6), "input")


def test_a_row_for_each_run_in_columns() -> None:
    assert text(RecentRunRows((BY_ID, BY_INPUT))).splitlines() == [
        "recognised by id (1), input (1): all of the last 2 runs",
        "type              customer  days                    recognised by  workflow id",
        "CustomerBackfill  hilton    2026-01-01..2026-02-21  id             backfill-hilton",
        "Reindex           vivint    2026-01-01..2026-01-06  input          job-1",
    ]


def test_a_run_that_two_places_tell_is_shown_with_both_that_of_the_customer_first() -> None:
    joined = RunRow("Reindex", "job-1", "vivint", window(1, 6), "attributes", days_source="input")

    assert text(RecentRunRows((joined,))).splitlines() == [
        "recognised by attributes and input (1): all of the last 1 run",
        "type     customer  days                    recognised by         workflow id",
        "Reindex  vivint    2026-01-01..2026-01-06  attributes and input  job-1",
    ]


def test_a_run_that_is_not_recognised_is_shown_as_such() -> None:
    rows = (RunRow("CustomerBackfill", "job-1"), RunRow("CustomerBackfill", "job-2", is_input_unread=True))

    assert text(RecentRunRows(rows)).splitlines()[1:] == [
        "CustomerBackfill  not recognised                        job-1",
        "CustomerBackfill  not recognised        input not read  job-2",
    ]


def test_runs_of_the_same_days_are_named_with_what_proves_them() -> None:
    shown = text(SameDays(4, "hilton", window(1, 6), ("job-1", "job-2")))

    assert shown.startswith(
        "4 runs had the customer and days of another one at the same time, such as job-1 and job-2"
        " (hilton, 2026-01-01..2026-01-06). The bot takes days for complete as soon as one such run is."
    )
    assert shown.endswith("with what is expected of it: then a count proves the days")


def test_a_proposal_is_written_as_in_the_file() -> None:
    proposal = MappingProposed("workflow", ('id = "a-{customer}"',), 3, 4, is_end_certain=False, is_of_ids=True)

    assert text(proposal).splitlines() == [
        "this would recognise 3 of these 4, if it is what they mean:",
        "    [workflow.identity]",
        '    id = "a-{customer}"',
        '    # these runs do not show whether the end is the last day: then add end = "included"',
        "    # instead of id_template",
    ]


@pytest.mark.parametrize(
    ("fact", "line"),
    [
        (RecentRunRows(()), "no runs yet"),
        (RunsUnrecognised(1, 20), "1 of the last 20 runs not recognised: they are shown as such, and fill no days"),
        (NoMappingFound(), "no mapping was found that would recognise them"),
        (
            ArgumentsUnreadable(1, has_codec=False),
            "no argument of 1 run of these can be read: if they are encrypted, they need a codec server: see codec in"
            " [clusters.NAME]",
        ),
        (
            ArgumentsUnreadable(2, has_codec=True),
            "no argument of 2 runs of these can be read: if they are encrypted, the codec server does not decode"
            " them",
        ),
        (ClusterAway(), "not known: its Temporal does not answer"),
        (SharedRuns("a", "b", 2, "x"), "the filters of a and b both find 2 of their last runs, such as x"),
        (FiltersApart(("a", "b")), "the filters of a, b find no run twice"),
    ],
)
def test_every_other_fact_is_a_line(fact: MappingFact, line: str) -> None:
    assert text(fact).startswith(line)
