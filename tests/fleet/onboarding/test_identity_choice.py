"""Several places confirm, complete or contradict each other; what stays open is a doubt for a person."""

from collections.abc import Collection, Sequence
from datetime import UTC, date
from typing import Any

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.mapping_proposal import propose_mappings
from bot.fleet.diagnostics.mapping_reading import identities
from bot.fleet.onboarding.identity_choice import Doubt, IdentityChoice, choose_identity
from bot.fleet.runs.identity import Identity, Source
from bot.model import Ref, Window
from tests.fleet.builders import execution

# Two customers whose windows do not meet: the ends alone prove nothing.
APART = [Identity(name, Window(date(2026, 1, n), date(2026, 1, n + 3))) for n, name in ((1, "acme"), (9, "globex"))]
MEETING = [Identity("acme", Window(date(2026, 1, n), date(2026, 1, n + 5))) for n in (1, 6, 11)]


def run(number: int, hints: dict[str, str], *arguments: Any, workflow_id: str = "") -> SampleRun:
    ref = Ref("prod", workflow_id or f"job-{number}", f"run-{number}")
    return SampleRun(execution(ref=ref, hints=hints), arguments)


def fields(identity: Identity, *, included: bool = False) -> dict[str, str]:
    window = identity.window
    return {
        "tenant": identity.customer,
        "from": str(window.start),
        "to": str(window.last if included else window.end),
    }


def choose(runs: Sequence[SampleRun], registered: Collection[str] | None = None) -> IdentityChoice:
    choice = choose_identity(propose_mappings(runs, (), None, UTC), runs, registered)
    assert choice
    return choice


def test_ends_that_prove_nothing_are_a_doubt_until_somebody_has_chosen() -> None:
    runs = [run(n, {}, fields(identity, included=True)) for n, identity in enumerate(APART)]

    choice = choose(runs)

    assert choice.doubts == (Doubt.END,)
    assert choice.with_end(included=True).doubts == ()
    assert identities(choice.with_end(included=True).mapping, runs) == APART


def test_a_place_that_counts_days_settles_the_ends_of_another_one() -> None:
    counted = [
        {"customer": each.customer, "since": str(each.window.start), "days": each.window.days} for each in APART
    ]
    runs = [run(n, fields(each, included=True), counted[n]) for n, each in enumerate(APART)]

    choice = choose(runs)

    assert choice.doubts == ()
    assert identities(choice.mapping, runs) == APART


def test_two_places_that_tell_different_days_are_a_doubt_and_one_of_them_is_chosen() -> None:
    shifted = [Identity("globex", each.window) for each in MEETING]
    runs = [run(n, fields(each), fields(other)) for n, (each, other) in enumerate(zip(MEETING, shifted, strict=True))]

    choice = choose(runs)

    assert choice.doubts == (Doubt.SOURCE,)
    assert identities(choice.from_source(Source.INPUT).mapping, runs) == shifted
    assert choice.from_source(Source.INPUT).doubts == ()


def test_runs_that_the_first_place_does_not_tell_are_read_from_the_next() -> None:
    shown = [*MEETING, *(Identity("acme", Window(date(2026, 1, n), date(2026, 1, n + 5))) for n in (16, 21, 26))]
    runs = [run(n, fields(each) if n % 2 else {}, fields(each)) for n, each in enumerate(shown)]
    runs[5] = run(5, fields(shown[5]))

    choice = choose(runs)

    assert set(choice.sources) == {Source.INPUT, Source.ATTRIBUTES}
    assert identities(choice.mapping, runs) == shown


def test_fields_that_are_no_search_attributes_are_of_the_memo() -> None:
    runs = [run(n, fields(each)) for n, each in enumerate(MEETING)]

    assert choose(runs, registered={"Region"}).sources == (Source.MEMO,)
    assert choose(runs, registered={"tenant", "from", "to"}).sources == (Source.ATTRIBUTES,)
    assert identities(choose(runs, registered=()).mapping, runs) == MEETING


def test_customers_that_only_the_form_of_an_id_tells_are_to_be_confirmed() -> None:
    shown = [Identity(name, each.window) for each in MEETING for name in ("acme", "globex")]
    runs = [run(n, {}, workflow_id=f"bf-{o.customer}-{o.window.start}-{o.window.end}") for n, o in enumerate(shown)]

    choice = choose(runs)

    assert choice.doubts == (Doubt.CUSTOMER,)
    assert choice.with_customers().doubts == ()


def test_without_a_proposal_nothing_is_chosen() -> None:
    assert choose_identity([], [run(1, {})], None) is None


def test_a_customer_and_days_in_two_places_are_one_choice_from_the_memo_where_nothing_is_registered() -> None:
    runs = [
        run(n, {"tenant": each.customer}, {"from": str(each.window.start), "to": str(each.window.end)})
        for n, each in enumerate(MEETING)
    ]

    of_attributes, of_memo = choose(runs, registered={"tenant"}), choose(runs, registered={"Region"})

    assert (of_attributes.sources, of_memo.sources) == (
        (Source.ATTRIBUTES, Source.INPUT),
        (Source.MEMO, Source.INPUT),
    )
    assert of_memo.doubts == ()
    assert identities(of_memo.mapping, runs) == MEETING


def test_days_in_a_memo_and_the_customer_in_the_input_keep_the_form_of_the_days() -> None:
    runs = [
        run(n, {"from": f"{each.window.start:%Y%m%d}", "to": f"{each.window.last:%Y%m%d}"}, {"tenant": each.customer})
        for n, each in enumerate(MEETING)
    ]

    choice = choose(runs, registered=())

    assert choice.sources == (Source.INPUT, Source.MEMO)
    assert choice.mapping.forms == {Source.MEMO: "%Y%m%d"}
    assert choice.mapping.end_included == {Source.MEMO}
    assert identities(choice.mapping, runs) == MEETING
