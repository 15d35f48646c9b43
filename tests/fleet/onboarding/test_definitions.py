"""What the runs of each type show, and which types are part of others."""

from dataclasses import replace
from datetime import UTC, date
from typing import Any

import pytest

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.onboarding.definitions import survey_types
from bot.fleet.onboarding.draft import propose_campaign
from bot.fleet.onboarding.identity_choice import Doubt
from bot.fleet.runs.identity import Identity
from bot.model import ExecutionStatus, Ref, Window
from bot.model.execution import PARENT_HINT
from tests.fleet.builders import HOUR, NOW, execution


def run(number: int, *arguments: Any, parent: str = "", **changes: Any) -> SampleRun:
    ref = Ref(changes.pop("cluster", "prod"), changes.pop("workflow_id", f"job-{number}"), f"run-{number}")
    hints = {**changes.pop("hints", {}), **({PARENT_HINT: parent} if parent else {})}
    return SampleRun(execution(ref=ref, hints=hints, **changes), arguments)


def fill(number: int, **changes: Any) -> SampleRun:
    return run(number, {"tenant": "acme", "from": f"2026-01-{5 * number + 1:02}", "days": 5}, **changes)


def test_runs_that_another_type_has_started_are_part_of_it() -> None:
    tops = [fill(n) for n in range(3)]
    children = [fill(9 + n, workflow_type="FillDay", parent=f"job-{n}") for n in range(3)]

    assert [survey.workflow_type for survey in survey_types([*tops, *children], (), None, UTC)] == [
        "CustomerBackfill"
    ]


def test_children_of_a_run_for_the_whole_campaign_do_the_filling() -> None:
    campaign = [run(0, {"campaign": "spring", "parallel": 4}, workflow_type="RunCampaign", workflow_id="spring-2026")]
    children = [fill(n, workflow_type="FillDays", parent="spring-2026") for n in range(3)]

    surveys = survey_types([*campaign, *children], (), None, UTC)

    assert [survey.workflow_type for survey in surveys if survey.choice] == ["FillDays"]


def test_a_start_gets_the_arguments_of_the_run_that_began_a_chain() -> None:
    status = ExecutionStatus.CONTINUED_AS_NEW
    first = [fill(n, workflow_id=f"fill-{n}", status=status, started_at=NOW - HOUR) for n in range(3)]
    argument = {"tenant": "acme", "days": 5, "done_days": 3}
    later = [run(9 + n, {**argument, "from": f"2026-01-{5 * n + 1:02}"}, workflow_id=f"fill-{n}") for n in range(3)]
    later = [replace(each, execution=replace(each.execution, started_at=NOW)) for each in later]

    (survey,) = survey_types([*later, *first], (), None, UTC)
    proposed = survey.start_input()

    assert proposed
    assert proposed.arguments == ({"tenant": "{customer}", "from": "{start}", "days": "{days}"},)


def test_children_of_what_is_not_listed_stand_for_themselves() -> None:
    children = [fill(n, workflow_type="FillDay", parent="gone") for n in range(3)]

    assert [survey.workflow_type for survey in survey_types(children, (), None, UTC)] == ["FillDay"]


def test_the_task_queue_is_that_of_most_runs_and_told_for_each_cluster() -> None:
    here = [fill(n, task_queue="fill") for n in range(3)]
    there = [fill(n, task_queue="fill-eu", cluster="eu") for n in range(2)]

    (survey,) = survey_types([*here, *there], (), None, UTC)

    assert survey.task_queue == "fill"
    assert survey.queues() == {"prod": "fill", "eu": "fill-eu"}


def test_customers_that_no_table_has_are_to_be_confirmed() -> None:
    (survey,) = survey_types([fill(n) for n in range(3)], {"1001", "1002"}, None, UTC)

    assert survey.choice
    assert survey.choice.doubts == (Doubt.CUSTOMER,)
    assert {identity.customer for identity in survey.identities()} == {"acme"}


def test_runs_without_any_date_tell_their_customers_alone() -> None:
    (survey,) = survey_types([run(n, {"tenant": name, "batch": 5}) for n, name in enumerate("ab")], (), None, UTC)

    assert survey.choice is None
    assert survey.customers_by_run() == ["a", "b"]
    proposed = survey.start_input()
    assert proposed
    assert proposed.arguments == ({"tenant": "{customer}", "batch": 5, "start": "{start}", "end": "{end}"},)


@pytest.mark.parametrize(
    ("workflow_id", "arguments"),
    [
        ("fill-2026-01-01", {"tenant": "a"}),
        ("fill-20260101", {"tenant": "a"}),
        ("x", {"tenant": "a", "at": "20260101"}),
        ("x", {"tenant": "a", "week": "2026-W05"}),
        ("x", {"tenant": "a", "month": "2026-01"}),
        ("x", {"tenant": "a", "year": 2026, "month": 1}),
        ("x", {"tenant": "a", "from": {"year": 2026, "month": 1, "day": 1}}),
        ("x", {"tenant": "a", "from": [2026, 1, 1]}),
        ("x", {"tenant": "a", "from": 1767225600000000000}),
        ("x", {"tenant": "a", "from": "01.01.2026"}),
        ("x", {"tenant": "a", "from": "1/5/2026"}),
        ("x", {"tenant": "a", "quarter": "2026-Q1"}),
        ("x", {"tenant": "a", "note": "January 2026"}),
        ("x", {"tenant": "a", "dates": ["2026-01-01", "2026-01-02"]}),
        ("fill-2026_01_05", {"tenant": "a"}),
    ],
)
def test_one_date_anywhere_and_no_run_is_one_over_the_whole_campaign(workflow_id: str, arguments: Any) -> None:
    runs = [run(1, {"tenant": "b"}), run(2, arguments, workflow_id=workflow_id)]

    (survey,) = survey_types(runs, (), None, UTC)

    assert survey.without_days is None


@pytest.mark.parametrize("value", [2026, "v2.1", "10.0.0.1", 1048576, 2048.5, "decode 2026", "octopus2026"])
def test_a_number_or_a_version_is_no_date(value: Any) -> None:
    (survey,) = survey_types([run(n, {"tenant": name, "x": value}) for n, name in enumerate("ab")], (), None, UTC)

    assert survey.without_days


def test_a_run_for_several_customers_is_not_a_run_of_the_first() -> None:
    lists = [["acme"], ["globex", "acme"], ["initech"]]
    runs = [run(n, {"tenants": names, "batch": 5}) for n, names in enumerate(lists)]
    dated = [
        run(9 + n, {"tenants": names, "from": f"2026-01-0{n + 1}", "days": 1}, workflow_type="FillDays")
        for n, names in enumerate(lists)
    ]

    for survey in survey_types([*runs, *dated], {"acme", "globex", "initech"}, None, UTC):
        assert (survey.choice, survey.without_days) == (None, None)


def test_a_week_is_no_day() -> None:
    weeks = [run(n, {"tenant": "a", "from": f"2026-W0{n + 1}", "to": f"2026-W0{n + 1}"}) for n in range(4)]

    (survey,) = survey_types(weeks, (), None, UTC)

    assert (survey.choice, survey.without_days) == (None, None)


def test_what_temporal_writes_into_its_own_attributes_is_no_date_of_the_team() -> None:
    own = {"BuildIds": '["unversioned:2026010128e890e5"]', "TemporalScheduledStartTime": "2026-01-01T00:00:00Z"}

    (survey,) = survey_types([run(n, {"tenant": "a"}, hints=own) for n in range(3)], (), None, UTC)

    assert survey.without_days


def test_the_campaign_is_the_latest_group_of_windows() -> None:
    days = [
        (date(2025, 1, 1), date(2025, 2, 1)),
        (date(2026, 3, 6), date(2026, 3, 11)),
        (date(2026, 3, 1), date(2026, 3, 4)),
    ]

    proposed = propose_campaign([Identity("acme", Window(*pair)) for pair in days])

    assert proposed == Window(date(2026, 3, 1), date(2026, 3, 11))
    assert propose_campaign([]) is None
