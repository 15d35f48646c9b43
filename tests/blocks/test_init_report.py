"""What init says of what it found and left out."""

from datetime import date

from bot.blocks.init_report import next_step, text, written
from bot.fleet.onboarding.facts import (
    AnswersUnused,
    InputOpen,
    Reason,
    RunsSeen,
    SectionsMissing,
    TablesSeen,
    TypeLeftOut,
    TypeRead,
)
from bot.model import Window


def test_runs_are_counted_by_type() -> None:
    assert text(RunsSeen("prod", 3, (("Fill", 2), ("Cleanup", 1)))) == "prod: 3 runs of Fill (2), Cleanup (1)"
    assert text(RunsSeen("prod", 0, ())) == "prod: 0 runs"


def test_what_a_type_is_taken_for_is_a_table_of_examples() -> None:
    window = Window(date(2026, 1, 1), date(2026, 1, 6))

    shown = text(TypeRead("Fill", 2, 3, ("input", "id"), (("job-1", "acme", window),)))

    assert shown.splitlines() == [
        "Fill: 2 of 3 runs recognised by input and id",
        "  customer  days                    workflow id",
        "  acme      2026-01-01..2026-01-06  job-1",
    ]


def test_a_type_that_is_left_out_has_its_reason() -> None:
    assert [text(TypeLeftOut("Fill", reason)).partition(", since ")[2] for reason in Reason] == [
        "its runs tell no customer and days that are clear",
        "nobody has confirmed its customers",
        "it was not chosen",
    ]


def test_an_input_that_needs_a_look_says_what_to_look_at() -> None:
    fact = InputOpen("Fill", differing=("[0].note",), rewritten=("[0].tenant",), hidden=("[0].password",))

    assert text(fact) == (
        "Fill: look at its input. These differ between runs, and are written as in the last one: [0].note."
        " These are written in another form than your runs have, so check that your workflow takes it: [0].tenant."
        " These look like secrets, and are left out: [0].password."
    )
    assert text(InputOpen("Fill", adds_days=True)).endswith("those that the bot starts would get start and end.")


def test_tables_and_what_is_missing_are_named() -> None:
    assert text(TablesSeen(2, ())) == "ClickHouse: 2 tables, with customer and time in none"
    assert text(SectionsMissing(("[workflow]",))) == "To be written by hand before the bot can start: [workflow]"
    assert text(AnswersUnused(("end", "types"))) == "Not used, since nothing was open there: --end, --types"


def test_a_file_that_is_there_is_said_to_stay() -> None:
    assert written(".env.new", is_beside=True) == "Wrote .env.new, beside yours, which stays as it is."
    assert "fill in what is left out" in next_step("backfill-bot", is_complete=False)
