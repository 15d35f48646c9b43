"""The arguments of a start have placeholders where customer and days were, and give what every run has there."""

from datetime import UTC, date
from typing import Any

import pytest
from hypothesis import given, settings

from bot.fleet.onboarding.start_input import InputProposal, propose_input
from bot.fleet.runs.days import write_day
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.mapping import IdentityMapping, Keys
from bot.fleet.runs.placeholder_values import PlaceholderValues
from bot.model import Window
from tests.fleet.diagnostics.shapes import Shape, identities, shapes

TOLD = [Identity(name, Window(date(2026, 1, n), date(2026, 1, n + 5))) for n, name in ((1, "acme"), (6, "globex"))]
PLAIN = IdentityMapping((Source.ID,), UTC)


def proposed(*arguments: Any, mapping: IdentityMapping = PLAIN) -> InputProposal:
    """For two runs, each argument a function of what the run is for."""
    shown = [(each, [argument(each) if callable(argument) else argument for argument in arguments]) for each in TOLD]
    proposal = propose_input(shown, mapping)
    assert proposal
    return proposal


def test_customer_and_days_are_replaced_wherever_they_are_part_of_a_text() -> None:
    proposal = proposed(
        lambda each: {
            "path": f"s3://x/{each.customer}/{each.window.start:%Y%m%d}-{each.window.last:%Y%m%d}.csv",
            "until": f"{each.window.end}T00:00:00Z",
        }
    )

    assert proposal.arguments == (
        {"path": "s3://x/{customer}/{start:%Y%m%d}-{last:%Y%m%d}.csv", "until": "{end}T00:00:00Z"},
    )
    assert proposal.tells_window


def test_numbers_of_days_are_replaced_only_where_a_name_says_so() -> None:
    assert proposed({"days": 5, "batch": 5}).arguments == ({"days": "{days}", "batch": 5},)


def test_what_differs_for_another_reason_is_that_of_the_last_run_and_named() -> None:
    proposal = proposed(lambda each: {"note": f"by {each.customer[::-1]}", "dry_run": False})

    assert proposal.arguments == ({"note": "by emca", "dry_run": False},)
    assert proposal.differing == ("[0].note",)
    assert not proposal.tells_window


def test_a_customer_that_is_a_number_is_written_as_a_text_and_named() -> None:
    mapping = IdentityMapping((Source.INPUT,), UTC, input=Keys("[0].tenant", "[0].from", days="[0].days"))
    shown: Any = [
        (Identity(str(n), each.window), [{"tenant": n, "from": str(each.window.start), "days": 5}])
        for n, each in enumerate(TOLD, 41)
    ]

    proposal = propose_input(shown, mapping)

    assert proposal
    assert proposal.arguments == ({"tenant": "{customer}", "from": "{start}", "days": "{days}"},)
    assert proposal.rewritten == ("[0].tenant",)


def test_seconds_that_are_texts_stay_texts() -> None:
    keys = Keys("[0]", "[1]", "[2]")
    mapping = IdentityMapping((Source.INPUT,), UTC, input=keys, forms={Source.INPUT: "epoch"})
    shown: Any = [
        (each, [each.customer, *(write_day(day, "epoch", UTC) for day in (each.window.start, each.window.end))])
        for each in TOLD
    ]

    proposal = propose_input(shown, mapping)

    assert proposal
    assert (proposal.arguments, proposal.rewritten) == (("{customer}", "{start}", "{end}"), ())


@pytest.mark.parametrize("form", ["epoch", "epoch_ms"])
def test_a_number_for_the_end_of_the_last_day_stays_one(form: str) -> None:
    keys = Keys("[0].tenant", "[0].from", "[0].to")
    included = frozenset({Source.INPUT})
    mapping = IdentityMapping((Source.INPUT,), UTC, input=keys, forms={Source.INPUT: form}, end_included=included)
    shown: Any = [
        (
            each,
            [
                {
                    "tenant": each.customer,
                    "from": int(write_day(each.window.start, form, UTC)),
                    "to": int(write_day(each.window.end, form, UTC)) - 1,
                }
            ],
        )
        for each in TOLD
    ]

    proposal = propose_input(shown, mapping)

    assert proposal
    assert proposal.arguments == (
        {"tenant": "{customer}", "from": f"{{start:{form}}}", "to": f"{{last:{form}_end}}"},
    )
    assert proposal.rewritten == ()


def test_what_looks_like_a_secret_is_left_out_and_named() -> None:
    proposal = proposed({"tenant": "x", "password": "hunter2-hunter2"}, "xoxb-123456789012-abcdefabcdef")

    assert "hunter2" not in str(proposal.arguments)
    assert "xoxb" not in str(proposal.arguments)
    assert proposal.hidden == ("[0].password", "[1]")


def test_a_secret_beside_a_customer_is_left_out_too() -> None:
    proposal = proposed(lambda each: f"postgresql://bot:hunter2-hunter2@db/{each.customer}")

    assert "hunter2" not in str(proposal.arguments)
    assert proposal.hidden == ("[0]",)


def test_fields_without_a_value_are_left_out_since_toml_has_none() -> None:
    assert proposed({"limit": None, "mode": "full"}).arguments == ({"mode": "full"},)


def test_of_a_run_of_one_day_the_field_of_the_end_gets_the_placeholder_of_the_end() -> None:
    keys = Keys("[0].tenant", "[0].from", "[0].to")
    mapping = IdentityMapping((Source.INPUT,), UTC, input=keys, end_included=frozenset({Source.INPUT}))
    argument: Any = {"tenant": "acme", "from": "2026-01-01", "to": "2026-01-01"}

    proposal = propose_input([(Identity("acme", Window.of_days(date(2026, 1, 1), 1)), [argument])], mapping)

    assert proposal
    assert proposal.arguments == ({"tenant": "{customer}", "from": "{start}", "to": "{last}"},)


def test_days_are_added_to_the_table_of_the_customer_or_as_further_arguments() -> None:
    days = {"start": "{start}", "end": "{end}"}

    assert proposed({"a": 1}, lambda each: {"tenant": each.customer}).with_days().arguments[1] == {
        "tenant": "{customer}",
        **days,
    }
    assert proposed(lambda each: each.customer).with_days().arguments == ("{customer}", "{start}", "{end}")


def test_arguments_that_cannot_be_read_propose_nothing() -> None:
    assert propose_input([(TOLD[0], ()), (TOLD[1], [None])], PLAIN) is None


@settings(max_examples=200)
@given(shapes(), identities())
def test_filled_in_again_it_is_the_input_of_every_run(shape: Shape, identities: list[Identity]) -> None:
    runs = [(each, shape.run(n, each).arguments) for n, each in enumerate(identities)]
    proposal = propose_input(runs, PLAIN)

    for identity, arguments in runs if proposal else ():
        values = PlaceholderValues(identity.customer, identity.window, "", UTC)
        assert proposal
        assert [values.fill_value(argument) for argument in proposal.arguments] == arguments
