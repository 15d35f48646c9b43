"""Whether ends are included is told apart by what runs show, and left open where that is an accident."""

from datetime import date

import pytest

from bot.fleet.diagnostics.end_evidence import DatedRun, EndEvidence
from tests.fleet.builders import CAMPAIGN


def dated(start: int, end: int, customer: str = "hilton", **changes: object) -> DatedRun:
    values = {"customer": customer, "start": date(2026, 1, start), "end": date(2026, 1, end), **changes}
    return DatedRun(**values)  # type: ignore[arg-type]  # named as its fields are


def test_windows_that_begin_where_others_end_exclude_their_ends() -> None:
    evidence = EndEvidence.of([dated(1, 6), dated(6, 11), dated(11, 16)], None)

    assert (evidence.is_certain, evidence.leans_to_included) == (True, False)


def test_windows_that_begin_on_the_day_after_include_their_ends() -> None:
    evidence = EndEvidence.of([dated(1, 5), dated(6, 10), dated(11, 15)], None)

    assert (evidence.is_certain, evidence.leans_to_included) == (True, True)


def test_two_windows_that_meet_may_do_so_by_accident() -> None:
    evidence = EndEvidence.of([dated(1, 6), dated(6, 11)], None)

    assert (evidence.is_certain, evidence.leans_to_included) == (False, False)


def test_windows_of_different_customers_do_not_meet() -> None:
    runs = [dated(1, 6, "hilton"), dated(6, 11, "cvs"), dated(11, 16, "nrg")]

    assert EndEvidence.of(runs, None) == EndEvidence()


def test_evidence_for_both_readings_leaves_it_open() -> None:
    runs = [dated(1, 6), dated(6, 11), dated(11, 16), dated(17, 20)]

    assert not EndEvidence.of(runs, None).is_certain


def test_a_run_that_ends_on_its_first_day_or_at_its_last_second_includes_its_end() -> None:
    evidence = EndEvidence.of([dated(5, 5, is_last_day=True)], None)

    assert (evidence.is_certain, evidence.leans_to_included) == (True, True)


@pytest.mark.parametrize(("more", "is_included"), [(0, False), (1, True)])
def test_a_count_of_days_beside_the_dates_decides(more: int, is_included: bool) -> None:
    evidence = EndEvidence.of([dated(1, end, count=end - 1 + more) for end in (6, 11)], None)

    assert (evidence.is_certain, evidence.leans_to_included) == (True, is_included)


def test_a_number_that_fits_some_runs_only_is_no_count_of_their_days() -> None:
    assert EndEvidence.of([dated(1, end, count=5) for end in (6, 11, 21)], None) == EndEvidence()


def test_a_run_over_the_whole_configured_campaign_decides() -> None:
    last = EndEvidence.of([DatedRun("hilton", CAMPAIGN.start, CAMPAIGN.last)], CAMPAIGN)
    after = EndEvidence.of([DatedRun("hilton", CAMPAIGN.start, CAMPAIGN.end)], CAMPAIGN)

    assert (last.is_certain, last.leans_to_included) == (True, True)
    assert (after.is_certain, after.leans_to_included) == (True, False)


def test_a_whole_month_is_offered_as_included_and_proves_nothing() -> None:
    evidence = EndEvidence.of([dated(1, 31)], None)

    assert (evidence.is_certain, evidence.leans_to_included) == (False, True)
