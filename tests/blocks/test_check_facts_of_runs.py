"""Each finding about recent runs in words."""

from typing import get_args

import pytest

from bot.blocks.check_facts import text
from bot.fleet.diagnostics.run_facts import (
    AttributesUnregistered,
    EmptyNamespace,
    ExampleRun,
    KeysAbsent,
    NoneRecognised,
    NoRunsYet,
    OtherIds,
    Recognised,
    RunsFact,
    SomeUnrecognised,
    StrangeCustomers,
    TypeNeverRan,
    TypesNotRunYet,
    TypesUnknownOnQueue,
    UnrecognisedRun,
    WrongAttributeType,
)
from tests.fleet.builders import CAMPAIGN

FORM = "backfill-{customer}-{start}-{end}"
ABSENT = UnrecognisedRun("by-hand", FORM, ("BackfillCustomer", "BackfillStart", "BackfillEnd"))
UNREAD = UnrecognisedRun("x", FORM, (), (("BackfillStart", "01/02/2026"), ("BackfillEnd", "2026-01-06")), "UTC")
FACTS: list[tuple[RunsFact, str]] = [
    (
        NoneRecognised(1, ABSENT),
        "none of the last 1 run is recognised, such as by-hand: its id is not of the form"
        " backfill-{customer}-{start}-{end}, and it carries no BackfillCustomer, BackfillStart or BackfillEnd",
    ),
    (
        SomeUnrecognised(1, 2, UNREAD),
        "1 of the last 2 runs not recognised, such as x: its id is not of the form"
        " backfill-{customer}-{start}-{end}, and BackfillStart 01/02/2026 and BackfillEnd 2026-01-06"
        " are no days in UTC, the second after the first",
    ),
    (
        Recognised(2, 2, ExampleRun("backfill-hilton", "hilton", CAMPAIGN)),
        "recognised: 2 of the last 2 runs, such as backfill-hilton: hilton, "
        "2026-01-01..2026-02-21 (51 days, Feb 21 not included)",
    ),
    (
        EmptyNamespace(("A", "B")),
        "Temporal knows of no run in this namespace, so nothing shows whether type A, B is right",
    ),
    (NoRunsYet(), "no runs yet"),
    (
        TypesUnknownOnQueue(("CustomerBackfill",), "backfill", (("CustomerBackfillV2", 2),)),
        "no run of type CustomerBackfill is known to Temporal:"
        " on task queue backfill there ran CustomerBackfillV2 (2)",
    ),
    (
        TypesNotRunYet(("CustomerBackfill",), (("Billing", 1),)),
        "no run of type CustomerBackfill is known to Temporal yet; the last runs are Billing (1)",
    ),
    (
        OtherIds(FORM, "0195c-uuid"),
        "no recent workflow id is of the form backfill-{customer}-{start}-{end},"
        " as those are that the bot starts: 0195c-uuid",
    ),
    (
        TypeNeverRan("Backfil", is_started=True),
        "no run of type Backfil is known to Temporal, which is what the bot starts",
    ),
    (TypeNeverRan("Repair", is_started=False), "no run of type Repair is known to Temporal"),
    (
        KeysAbsent(("Customer", "From", "To"), ("Customer", "To"), ("Cust", "Start")),
        "no recent run carries Customer, From or To (Customer or To is no search attribute of this namespace either);"
        " they carry Cust, Start",
    ),
    (KeysAbsent(("To",), (), ()), "no recent run carries To"),
    (
        WrongAttributeType("BackfillStart", "Int", "day"),
        "search attribute BackfillStart is of type Int, which holds no day: register one of type Keyword",
    ),
    (
        StrangeCustomers(("sheraton",)),
        "the last runs are for sheraton, who are not among the customers of this cluster",
    ),
    (
        AttributesUnregistered(("Region",)),
        "Region is no search attribute of this namespace: what the bot starts goes without it",
    ),
    (
        NoneRecognised(1, UnrecognisedRun("job-1", "", (), input=(("[0].tenant", "hilton"), ("[0].from", "")))),
        "none of the last 1 run is recognised, such as job-1: its input has [0].tenant hilton, [0].from nothing",
    ),
    (
        NoneRecognised(1, UnrecognisedRun("job-1", "bf-{customer}", (), is_input_unread=True)),
        "none of the last 1 run is recognised, such as job-1: its id is not of the form bf-{customer}, and its input"
        " could not be read in time",
    ),
]


@pytest.mark.parametrize(("fact", "line"), FACTS)
def test_each_finding_is_told(fact: RunsFact, line: str) -> None:
    assert text(fact) == line


def test_every_kind_of_finding_is_among_them() -> None:
    assert {type(fact) for fact, _ in FACTS} == {*get_args(RunsFact)}
