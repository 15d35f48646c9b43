"""The mapping that is proposed for runs of a shape that the configuration does not know."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.mapping_proposal import MappingProposal, propose_mapping, propose_mappings
from bot.model import Ref, Window
from bot.model.execution import PARENT_HINT
from tests.fleet.builders import CAMPAIGN, execution, window

CUSTOMERS = ("hilton", "cox-retention", "cox-tech-support")
WINDOWS = (window(1, 6), window(6, 11), window(11, 16))


def epoch(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def sample(number: int, workflow_id: str = "", hints: Mapping[str, str] | None = None, *arguments: Any) -> SampleRun:
    ref = Ref("voice-prod", workflow_id or f"job-{number}", f"run-{number}")
    return SampleRun(execution(ref=ref, hints=hints or {}), arguments)


Make = Callable[[int, str, Window], SampleRun]


def proposed(make: Make, customers: tuple[str, ...] = CUSTOMERS) -> MappingProposal:
    pairs = [(name, days) for name in CUSTOMERS for days in WINDOWS]
    runs = [make(number, name, days) for number, (name, days) in enumerate(pairs)]
    proposal = propose_mapping(runs, customers, CAMPAIGN, UTC)
    assert proposal is not None
    assert proposal.recognised == proposal.total == len(pairs)
    return proposal


SHAPES: Mapping[str, tuple[Make, tuple[str, ...]]] = {
    "input with inclusive ends": (
        lambda n, name, days: sample(
            n,
            "",
            None,
            {"tenant": {"slug": name}, "range": {"from": str(days.start), "to": str(days.last)}, "batch": 5_000},
        ),
        (
            'input = { customer = "[0].tenant.slug", start = "[0].range.from", end = "[0].range.to" }',
            'end = { input = "included" }',
        ),
    ),
    "arguments in a row": (
        lambda n, name, days: sample(n, "", None, name, str(days.start), str(days.end), "v2"),
        ('input = { customer = "[0]", start = "[1]", end = "[2]" }',),
    ),
    "epochs and a count": (
        lambda n, name, days: sample(n, "", None, {"client": name, "since": epoch(days.start), "days": days.days}),
        (
            'input = { customer = "[0].client", start = "[0].since", days = "[0].days" }',
            'dates = { input = "epoch" }',
        ),
    ),
    "attributes of other names": (
        lambda n, name, days: sample(n, "", {"Tenant": name, "From": str(days.start), "Until": str(days.last)}),
        (
            'attributes = { customer = "Tenant", start = "From", end = "Until" }',
            'end = { attributes = "included", memo = "included" }',
        ),
    ),
    "compact dates in the id": (
        lambda n, name, days: sample(n, f"bf/{name}/{days.start:%Y%m%d}-{days.end:%Y%m%d}"),
        ('id = "bf/{customer}/{start:%Y%m%d}-{end:%Y%m%d}"',),
    ),
    "inclusive ids with a suffix": (
        lambda n, name, days: sample(n, f"{name}_{days.start}_{days.last}-retry-{n}"),
        ('id = "{customer}_{start}_{end}{*}"', 'end = { id = "included" }'),
    ),
    "the customer at the end of the id": (
        lambda n, name, days: sample(n, f"fill-{days.start}..{days.end}-{name}"),
        ('id = "fill-{start}..{end}-{customer}"',),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_mapping_of_a_shape_is_found(shape: str) -> None:
    make, lines = SHAPES[shape]

    proposal = proposed(make)

    assert proposal.toml() == lines
    assert proposal.is_end_certain


def test_the_ids_of_parents_tell_where_the_runs_themselves_tell_nothing() -> None:
    proposal = proposed(
        lambda n, name, days: sample(n, "", {PARENT_HINT: f"nightly:{name}:{days.start}..{days.end}"})
    )

    assert proposal.toml() == ('parent = "nightly:{customer}:{start}..{end}"',)
    assert proposal.is_certain


def test_epochs_in_ids_with_different_endings_are_read_where_a_text_follows_them() -> None:
    def form(*endings: str) -> list[tuple[str, ...]]:
        ids = [f"bf:hilton:{epoch(d.start)}-{epoch(d.end)}{end}" for d, end in zip(WINDOWS, endings, strict=True)]
        runs = [sample(n, text) for n, text in enumerate(ids)]
        return [proposal.toml() for proposal in propose_mappings(runs, ("hilton",), None, UTC)]

    assert form("-try-1", "-try-2", "-try-3") == [('id = "bf:{customer}:{start:epoch}-{end:epoch}-try-{*}"',)]
    assert form("", "-again", "") == []


def test_what_the_bot_has_written_into_the_memo_is_no_field_of_the_team() -> None:
    own = {"BackfillBotCustomer": "hilton", "BackfillBotStart": "2026-01-01", "BackfillBotEnd": "2026-01-06"}

    assert propose_mappings([sample(n, "", own) for n in range(3)], CUSTOMERS, None, UTC) == []


def test_a_customer_whose_name_is_inside_another_word_is_not_taken_for_it() -> None:
    runs = [sample(n, f"bf-b-2026-01-0{n}-2026-01-0{n + 1}") for n in range(1, 4)]

    (proposal,) = propose_mappings(runs, ("b",), None, UTC)

    assert proposal.toml() == ('id = "bf-{customer}-{start}-{end}"',)


def test_a_field_whose_name_is_not_clearly_that_of_a_customer_is_no_certain_one() -> None:
    runs = [sample(n, "", None, {"clientVersion": "2.1", "from": "2026-01-01", "days": 3}) for n in range(3)]

    assert [proposal.is_certain for proposal in propose_mappings(runs, (), None, UTC)] == [False]


def test_the_name_around_a_general_one_tells_the_customer() -> None:
    proposal = proposed(
        lambda n, name, days: sample(
            n, "", None, {"tenant": {"id": name}, "from": str(days.start), "days": days.days}
        ),
        customers=(),
    )

    assert 'customer = "[0].tenant.id"' in proposal.toml()[0]


def test_without_known_customers_the_name_of_a_field_tells_and_ids_are_compared() -> None:
    for shape in ("input with inclusive ends", "compact dates in the id"):
        make, lines = SHAPES[shape]

        assert proposed(make, customers=()).toml() == lines


def test_whether_ends_are_included_is_said_to_be_open_where_the_runs_do_not_show_it() -> None:
    runs = [sample(n, "", None, "hilton", "2026-01-01", f"2026-01-{10 + n}") for n in range(2)]

    proposal = propose_mapping(runs, CUSTOMERS, CAMPAIGN, UTC)

    assert proposal is not None
    assert not proposal.is_end_certain


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [sample(1)],
        [sample(1, "nightly-2026-01-01")],
        [sample(1, "", None, {"note": "no days"})],
        [sample(1, "", None, {"a": "hilton", "b": "hilton", "from": "2026-01-01", "to": "2026-01-02"})],
        [sample(1, "", None, {"tenant": "somebody", "from": "2026-01-01", "to": "2026-01-02"})],
        [sample(n, f"bf-{n}-2026-01-01-2026-01-06") for n in range(3)],
    ],
    ids=["none", "nothing", "one date", "no days", "two customers", "nobody who is known", "numbers for customers"],
)
def test_nothing_is_proposed_where_it_would_be_a_guess(runs: list[SampleRun]) -> None:
    assert propose_mapping(runs, CUSTOMERS, CAMPAIGN, UTC) is None


def days_of(numbers: Iterable[int]) -> list[str]:
    return [str(window(number, number + 1).start) for number in numbers]


@pytest.mark.parametrize(
    "make",
    [
        lambda n, day: sample(n, "", None, {"customer": "hilton", "dates": days_of((day, day + 4))}),
        lambda n, day: sample(n, "", None, {"customers": ["hilton"], "from": days_of([day])[0], "days": 5}),
        lambda n, day: sample(n, "", None, {"customer": "hilton", "day": days_of([day])[0], "asked": "2026-02-20"}),
        lambda n, day: sample(n, "", None, {"customer": "hilton", "day": days_of([day])[0], "note": "2026-02-20"}),
        lambda n, day: sample(n, "", None, {"customer": "hilton", "asOf": days_of([day])[0], "days": 5}),
        lambda n, day: sample(n, "", None, {"customer": "hilton", "day": days_of([day])[0], "retentionDays": 30}),
        lambda n, day: sample(n, f"bf-hilton-{days_of([day])[0]}-2026-02-20"),
        lambda n, day: sample(n, f"bf-hilton-{days_of([day])[0]}-run-{days_of([day + 30])[0]}"),
        lambda n, day: sample(n, "", {"Customer": '["hilton","cox"]', "From": days_of([day])[0], "To": "2026-02-20"}),
    ],
    ids=[
        "list of days",
        "list of customers",
        "request",
        "note",
        "as of",
        "retention",
        "id of request",
        "id of later",
        "attribute",
    ],
)
def test_a_list_or_a_date_of_something_else_is_no_range_of_days(make: Callable[[int, int], SampleRun]) -> None:
    runs = [make(n, day) for n, day in enumerate((1, 6, 11, 16))]

    assert propose_mapping(runs, CUSTOMERS, CAMPAIGN, UTC) is None
    assert propose_mapping(runs, (), CAMPAIGN, UTC) is None


def test_two_dates_in_a_list_that_is_named_like_a_range_are_its_ends() -> None:
    proposal = proposed(
        lambda n, name, days: sample(n, "", None, {"tenant": name, "period": [str(days.start), str(days.end)]})
    )

    assert proposal.toml() == ('input = { customer = "[0].tenant", start = "[0].period[0]", end = "[0].period[1]" }',)


def test_json_in_a_text_is_read_like_any_other_argument() -> None:
    proposal = proposed(
        lambda n, name, days: sample(
            n, "", None, json.dumps({"tenant": name, "from": str(days.start), "to": str(days.end)})
        )
    )

    assert proposal.toml() == ('input = { customer = "[0].tenant", start = "[0].from", end = "[0].to" }',)


def test_ranges_that_shrink_with_each_run_are_days_where_their_names_say_so() -> None:
    runs = [
        sample(n, "", None, {"customer": "hilton", "from": start, "to": "2026-02-20"})
        for n, start in enumerate(days_of((1, 11, 21, 31)))
    ]

    assert propose_mapping(runs, CUSTOMERS, CAMPAIGN, UTC)


def test_a_shape_of_half_of_the_runs_is_proposed_with_how_many_it_recognises() -> None:
    make, _ = SHAPES["arguments in a row"]
    runs = [make(0, "hilton", WINDOWS[0]), make(1, "hilton", WINDOWS[1]), sample(2), sample(3)]

    proposal = propose_mapping(runs, CUSTOMERS, CAMPAIGN, UTC)

    assert proposal is not None
    assert (proposal.recognised, proposal.total) == (2, 4)


def test_huge_and_deep_arguments_are_read_in_part() -> None:
    deep: Any = "hilton"
    for _ in range(50):
        deep = {"x": deep}
    wide = {f"k{n}": n for n in range(5_000)}

    assert len(sample(1, "", None, wide, deep).inputs) <= 200
    assert WINDOWS[0].end - WINDOWS[0].start == timedelta(days=5)


def test_a_count_that_one_run_leaves_empty_does_not_keep_a_mapping_from_being_proposed() -> None:
    def make(number: int, name: str, days: Window) -> SampleRun:
        count = "" if number == 0 else str(days.days)
        return sample(number, "", {"customer": name, "start": str(days.start), "end": str(days.end), "days": count})

    assert proposed(make).recognised
