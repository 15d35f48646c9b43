"""Recent runs show whether types, ids and keys are configured as in the team's own code."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import pytest

from bot.fleet.diagnostics.findings import Answer, Level
from bot.fleet.diagnostics.run_facts import (
    AttributesUnregistered,
    ExampleRun,
    KeysAbsent,
    NoneRecognised,
    OtherIds,
    Recognised,
    SomeUnrecognised,
    StrangeCustomers,
    TypeNeverRan,
    TypesNotRunYet,
    TypesUnknownOnQueue,
    UnrecognisedRun,
    WrongAttributeType,
)
from bot.fleet.diagnostics.runs import Expected, RecentRuns, runs
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Source
from bot.fleet.runs.mapping import IdentityMapping, Keys
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution, Ref
from tests.fleet.builders import CAMPAIGN, execution

KEYS = Keys("BackfillCustomer", "BackfillStart", "BackfillEnd")
FORM = "backfill-{customer}-{start}-{end}"
DAYS = {"BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"}


def expected(template: str = FORM, **changes: Any) -> Expected:
    keys = changes.pop("keys", KEYS)
    shown: dict[str, Any] = {
        "types": ("CustomerBackfill",),
        "task_queue": "backfill",
        "keys_are_given": keys != KEYS,
        "customers": ("hilton",),
        **changes,
    }
    mapping = IdentityMapping.usual(template, keys, UTC)
    recogniser = Recogniser.of(["voice-prod"], ["CustomerBackfill"], mapping)
    known: dict[str, Any] = {"recogniser": recogniser, "mapping": mapping}
    return Expected(**(known | shown))


def run_with_id(workflow_id: str, hints: Mapping[str, str] | None = None, **changes: Any) -> Execution:
    return execution(ref=Ref("voice-prod", workflow_id, workflow_id), hints=hints or {}, **changes)


def answer_about(*latest: Execution, to: Expected | None = None, **facts: Any) -> Answer:
    return runs(RecentRuns(latest, facts.pop("others", ()), facts.pop("attributes", None), **facts), to or expected())


def test_runs_that_are_all_recognised_are_well_with_one_to_look_at() -> None:
    answer = answer_about(execution(), execution(run="2"))

    assert answer.level is Level.OK
    assert answer.facts == (Recognised(2, 2, ExampleRun(execution().ref.workflow_id, "hilton", CAMPAIGN)),)


def test_an_empty_namespace_is_a_warning_and_nothing_at_all_where_no_customers_are_expected() -> None:
    assert answer_about().level is Level.WARNING
    assert answer_about(to=expected(customers=())).level is Level.OK


def test_a_type_that_nobody_has_ever_run_is_a_failure_where_others_run_on_its_queue() -> None:
    others = (execution(workflow_type="CustomerBackfillV2"), execution(workflow_type="CustomerBackfillV2", run="2"))

    unknown = TypesUnknownOnQueue(("CustomerBackfill",), "backfill", (("CustomerBackfillV2", 2),))

    assert answer_about(others=others).problems == (unknown,)


def test_a_type_that_nobody_has_run_yet_is_a_warning_where_others_run_elsewhere() -> None:
    others = (execution(workflow_type="Billing", task_queue="billing"),)

    assert answer_about(others=others).warnings == (TypesNotRunYet(("CustomerBackfill",), (("Billing", 1),)),)


def test_one_of_several_types_that_never_ran_is_a_warning() -> None:
    both = expected(types=("Backfil", "CustomerBackfill"))

    answer = answer_about(execution(), to=both, never_run=("Backfil",))

    assert answer.warnings == (TypeNeverRan("Backfil", is_started=True),)


def test_an_id_template_that_no_run_matches_is_a_failure_with_an_example_and_its_reason() -> None:
    keys = ("BackfillCustomer", "BackfillStart", "BackfillEnd")
    none = NoneRecognised(1, UnrecognisedRun("bf_hilton_20260101", FORM, keys))

    assert answer_about(run_with_id("bf_hilton_20260101")).problems == (none,)


def test_an_id_template_that_no_run_matches_is_a_warning_where_keys_tell_whom_they_are_for() -> None:
    answer = answer_about(run_with_id("0195c-uuid", {"BackfillCustomer": "hilton", **DAYS}))

    assert answer.warnings == (OtherIds(FORM, "0195c-uuid"),)


def test_some_that_are_not_recognised_are_a_warning_with_how_many_and_one_of_them() -> None:
    answer = answer_about(execution(), run_with_id("by-hand", {"BackfillCustomer": "hilton"}))

    by_hand = UnrecognisedRun("by-hand", FORM, ("BackfillStart", "BackfillEnd"))
    (recognised,) = answer.facts
    assert isinstance(recognised, Recognised)
    assert (answer.level, recognised.recognised, recognised.number) == (Level.WARNING, 1, 2)
    assert answer.warnings[0] == SomeUnrecognised(1, 2, by_hand)


@pytest.mark.parametrize("start", ["01/02/2026", "2026-01-01T05:00:00Z", "1767225600", "2026-01-09"])
def test_days_that_cannot_be_read_are_told_with_their_values(start: str) -> None:
    answer = answer_about(run_with_id("x", {"BackfillCustomer": "hilton", **DAYS, "BackfillStart": start}))
    days = (("BackfillStart", start), ("BackfillEnd", "2026-01-06"))

    assert answer.problems == (NoneRecognised(1, UnrecognisedRun("x", FORM, (), days, "UTC")),)


def test_keys_that_no_run_carries_are_a_warning_with_what_they_carry_instead() -> None:
    keys = Keys("Customer", "From", "To")
    hints = {"Cust": "hilton", **DAYS}

    answer = answer_about(execution(hints=hints), to=expected(keys=keys), attributes={"From": "Datetime"})

    carried = ("Cust", "BackfillStart", "BackfillEnd")
    assert answer.warnings == (KeysAbsent(("Customer", "From", "To"), ("Customer", "To"), carried),)


def test_one_usual_key_that_no_run_carries_beside_others_is_a_warning_and_none_of_them_is_none() -> None:
    assert answer_about(execution(hints={"BackfillCustomer": "hilton"})).level is Level.WARNING
    assert answer_about(execution()).level is Level.OK


@pytest.mark.parametrize(
    ("key", "kind", "is_well"),
    [
        ("BackfillStart", "Int", False),
        ("BackfillEnd", "Bool", False),
        ("BackfillStart", "Datetime", True),
        ("BackfillEnd", "Keyword", True),
        ("BackfillCustomer", "Datetime", False),
        ("BackfillCustomer", "Double", False),
        ("BackfillCustomer", "KeywordList", True),
        ("Other", "Double", True),
    ],
)
def test_a_search_attribute_whose_type_cannot_hold_it_is_a_warning_whether_something_ran_or_not(
    key: str, kind: str, is_well: bool
) -> None:
    ran, new = answer_about(execution(), attributes={key: kind}), answer_about(attributes={key: kind})

    assert (ran.level is Level.OK) is is_well
    what = "name" if key == "BackfillCustomer" else "day"
    assert (WrongAttributeType(key, kind, what) in new.warnings) is not is_well


def test_customers_of_whom_none_is_configured_are_a_warning() -> None:
    assert answer_about(execution("sheraton")).warnings == (StrangeCustomers(("sheraton",)),)
    assert answer_about(execution("sheraton"), execution("hilton")).level is Level.OK
    assert answer_about(execution("sheraton"), to=expected(customers=())).level is Level.OK


def test_what_others_have_named_their_runs_stays_one_line_of_bearable_length() -> None:
    (problem,) = answer_about(run_with_id("a\nb " * 900)).problems

    assert isinstance(problem, NoneRecognised)
    assert "\n" not in problem.example.workflow_id
    assert len(problem.example.workflow_id) <= 100


def by_input() -> Expected:
    mapping = IdentityMapping((Source.INPUT,), UTC, attributes=KEYS, input=Keys("[0].tenant", "[0].from", "[0].to"))
    known = Recogniser.of(["voice-prod"], ["CustomerBackfill"], mapping)
    return expected(recogniser=known, mapping=mapping)


def test_where_the_input_tells_neither_ids_nor_attributes_are_expected() -> None:
    hints = {"input:[0].tenant": "hilton", "input:[0].from": "2026-01-01", "input:[0].to": "2026-01-06"}

    assert answer_about(run_with_id("job-1", hints), to=by_input()).level is Level.OK


def test_an_input_that_tells_nothing_is_told_with_what_it_has() -> None:
    hints = {"input:[0].tenant": "hilton", "input:[0].from": "soon", "input:[0].to": ""}
    found = (("[0].tenant", "hilton"), ("[0].from", "soon"), ("[0].to", ""))

    (problem,) = answer_about(run_with_id("job-1", hints), to=by_input()).problems

    assert problem == NoneRecognised(1, UnrecognisedRun("job-1", "", (), input=found))


def in_parts(days: Keys) -> Expected:
    mapping = IdentityMapping((Source.ATTRIBUTES, Source.ID), UTC, attributes=days, id=IdTemplate.of("bf/{customer}"))
    known = Recogniser.of(["voice-prod"], ["CustomerBackfill"], mapping)
    return expected(recogniser=known, mapping=mapping, keys_are_given=True)


def test_an_id_that_tells_its_part_is_not_called_one_of_another_form() -> None:
    hints = {"From": "soon", "To": "2026-01-06"}
    of_days = in_parts(Keys("", "From", "To"))

    (problem,) = answer_about(run_with_id("bf/hilton", hints), to=of_days).problems
    (other,) = answer_about(run_with_id("job-1", DAYS), to=of_days).problems

    days = (("From", "soon"), ("To", "2026-01-06"))
    assert problem == NoneRecognised(1, UnrecognisedRun("bf/hilton", "", (), days, "UTC"))
    assert other == NoneRecognised(1, UnrecognisedRun("job-1", "bf/{customer}", ("From", "To")))


def test_an_attribute_of_days_alone_has_to_hold_days() -> None:
    kinds = {"From": "Bool", "To": "Datetime"}
    hints = {"From": "2026-01-01", "To": "2026-01-06"}

    answer = answer_about(run_with_id("bf/hilton", hints), to=in_parts(Keys("", "From", "To")), attributes=kinds)

    assert answer.warnings == (WrongAttributeType("From", "Bool", "day"),)


def test_an_attribute_that_starts_name_and_nobody_has_registered_is_a_warning() -> None:
    (warning,) = answer_about(execution(), to=expected(written=("Region",)), attributes={}).warnings

    assert warning == AttributesUnregistered(("Region",))
