"""Which runs of a namespace are those of several clusters, and which only look so."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date
from typing import Any

import pytest

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.onboarding.definitions import survey_types
from bot.fleet.onboarding.division_choice import DivisionChoice, Evidence, choose_divisions
from bot.fleet.onboarding.divisions import divided, written_id
from bot.fleet.onboarding.draft import draft_definitions, identity_table
from bot.fleet.onboarding.start_ids import USUAL_BEGINNING
from bot.model import Ref, Window
from bot.model.execution import PARENT_HINT
from tests.fleet.builders import execution

WINDOWS = [Window(date(2026, 1, n), date(2026, 1, n + 5)) for n in (1, 6, 11)]
Make = Callable[[int, str, str, Window], SampleRun]


def run(workflow_id: str, customer: str, days: Window, **changes: Any) -> SampleRun:
    argument = {"tenant": customer, "from": str(days.start), "days": days.days, **changes.pop("argument", {})}
    workflow_type, queue = changes.pop("workflow_type", "Fill"), changes.pop("queue", "fill")
    ref = Ref("prod", workflow_id, f"run-of-{workflow_id}")
    return SampleRun(execution(ref=ref, workflow_type=workflow_type, task_queue=queue, **changes), (argument,))


def everywhere(make: Make, customers: Sequence[str] = ("acme", "globex")) -> list[SampleRun]:
    """Runs of each window, of the same customers on two clusters."""
    every = [(cluster, name, days) for cluster in ("eu", "us") for name in customers for days in WINDOWS]
    return [make(n, *each) for n, each in enumerate(every)]


def chosen(runs: Iterable[SampleRun], keywords: Sequence[str] = ("Region",)) -> DivisionChoice:
    return choose_divisions(list(runs), Evidence((), frozenset(keywords), keywords, UTC))


def proven(choice: DivisionChoice) -> list[str]:
    return [division.by for division in choice.divisions[: choice.proven]]


def by_attribute(n: int, cluster: str, name: str, days: Window) -> SampleRun:
    return run(f"job-{n}", name, days, hints={"Region": cluster})


def by_queue(n: int, cluster: str, name: str, days: Window) -> SampleRun:
    return run(f"job{n}", name, days, queue=f"fill-{cluster}")


def by_id(n: int, cluster: str, name: str, days: Window) -> SampleRun:
    return run(f"bf/{cluster}/{name}/{days.start}/{n}", name, days)


@pytest.mark.parametrize(
    ("make", "by", "filters"),
    [
        (by_attribute, "Region", ["Region = 'eu'", "Region = 'us'"]),
        (by_queue, "TaskQueue", ["TaskQueue = 'fill-eu'", "TaskQueue = 'fill-us'"]),
        (by_id, "WorkflowId", ["WorkflowId STARTS_WITH 'bf/eu/'", "WorkflowId STARTS_WITH 'bf/us/'"]),
    ],
)
def test_the_same_days_of_a_customer_in_two_places_prove_two_clusters(
    make: Make, by: str, filters: list[str]
) -> None:
    choice = chosen(everywhere(make))

    assert proven(choice) == [by]
    assert [part.filter for part in choice.divisions[0].parts] == filters
    assert [part.name for part in choice.divisions[0].parts] == ["eu", "us"]


def moved(n: int, _cluster: str, name: str, days: Window) -> SampleRun:
    return run(f"job{n}", name, days, queue="fill" if days == WINDOWS[0] else "fill-v2")


def of_the_customer(n: int, _cluster: str, name: str, days: Window) -> SampleRun:
    return run(f"job{n}", name, days, queue=f"fill-{name}")


def by_hand_or_not(n: int, _cluster: str, name: str, days: Window) -> SampleRun:
    return run(f"job{n}", name, days, hints={"Region": "by hand" if n % 3 else "nightly"})


@pytest.mark.parametrize("make", [moved, of_the_customer, by_hand_or_not])
def test_one_cluster_stays_one(make: Make) -> None:
    every = [(name, days) for name in ("acme", "globex") for days in WINDOWS]

    assert chosen(make(n, "", *each) for n, each in enumerate(every)).divisions == ()


def test_two_types_with_queues_of_their_own_are_no_clusters() -> None:
    runs = [
        run(f"{kind}{n}", "acme", days, workflow_type=kind, queue=f"fill-{kind}")
        for kind in ("orders", "events")
        for n, days in enumerate(WINDOWS)
    ]

    assert chosen(runs).divisions == ()


def test_an_attribute_that_may_mean_anything_is_offered_and_not_taken() -> None:
    tiers = {"acme": "gold", "globex": "gold", "hooli": "silver", "umbrella": "silver"}
    runs = [
        run(f"job{n}-{name}", name, days, hints={"Tier": tier})
        for name, tier in tiers.items()
        for n, days in enumerate(WINDOWS)
    ]
    choice = chosen(runs, ["Tier"])

    assert proven(choice) == []
    assert [division.by for division in choice.divisions] == ["Tier"]


def test_ids_and_inputs_that_name_the_cluster_get_its_placeholder() -> None:
    runs = everywhere(
        lambda _n, cluster, name, days: run(
            f"{cluster}.{name}.{days.start}.{days.end}",
            name,
            days,
            hints={"Region": cluster},
            argument={"bucket": f"s3://{cluster}-data"},
        )
    )
    split = divided(runs, chosen(runs).divisions[0])
    (draft,) = draft_definitions(survey_types(split, (), None, UTC), beginning=USUAL_BEGINNING)

    assert draft.start_id == "{cluster}.{customer}.{start}.{end}"
    assert draft.input
    assert draft.input.arguments[0] == {
        "tenant": "{customer}",
        "from": "{start}",
        "days": "{days}",
        "bucket": "s3://{cluster}-data",
    }
    assert {written_id(each) for each in split} == {each.execution.ref.workflow_id for each in runs}


def test_ids_that_do_not_name_the_cluster_get_it_at_their_end() -> None:
    customers = {"eu": ("acme", "globex"), "us": ("hooli", "umbrella")}
    runs = [
        SampleRun(
            execution(
                ref=Ref("prod", f"backfill-{name}-{days.start}-{days.end}", f"{name}-{days}"),
                task_queue=f"fill-{cluster}",
            )
        )
        for cluster, names in customers.items()
        for name in names
        for days in WINDOWS
    ]
    known = {name for names in customers.values() for name in names}
    choice = choose_divisions(runs, Evidence(known, frozenset(), (), UTC))
    split = divided(runs, choice.divisions[0])
    (draft,) = draft_definitions(survey_types(split, known, None, UTC), beginning=USUAL_BEGINNING)

    assert proven(choice) == ["TaskQueue"]
    assert identity_table(draft)["id"] == "backfill-{customer}-{start}-{end}{*}"
    assert draft.start_id == "backfill-{customer}-{start}-{end}-{cluster}"


def test_a_child_is_still_part_of_its_parent() -> None:
    runs = everywhere(by_id)
    children = [
        run(
            f"child-{n}",
            "acme",
            WINDOWS[0],
            workflow_type="Copy",
            hints={PARENT_HINT: parent.execution.ref.workflow_id},
        )
        for n, parent in enumerate(runs)
    ]
    choice = chosen([*runs, *children])
    surveys = survey_types(divided([*runs, *children], choice.divisions[0]), (), None, UTC)

    assert [survey.workflow_type for survey in surveys] == ["Fill"]
