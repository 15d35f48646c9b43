"""Customer and days of a run, by the mapping of its definition."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from temporalio.api.enums.v1 import IndexedValueType

from bot.adapters.temporal.attributes import encode_hints
from bot.fleet.runs.days import read_day, write_day
from bot.fleet.runs.id_template import IdRegex, IdTemplate
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.input_hints import input_hints
from bot.fleet.runs.mapping import ORDER_KEY, IdentityMapping, Keys, own_memo
from bot.model import Execution, ExecutionStatus, Ref, Window
from bot.model.execution import PARENT_HINT
from tests.fleet.builders import CAMPAIGN, execution, window

USUAL = "backfill-{customer}-{start}-{end}"
KEYS = Keys(customer="BackfillCustomer", start="BackfillStart", end="BackfillEnd")
MAPPING = IdentityMapping.usual(USUAL, KEYS, UTC)


def identity_by(mapping: IdentityMapping, run: Execution) -> Identity | None:
    recognised = mapping.recognise(run)
    return recognised.identity if recognised else None


def identify(workflow_customer: str = "from-id", **hints: str) -> Identity | None:
    return identity_by(MAPPING, execution(workflow_customer, hints=hints))


def test_hints_win_over_the_id() -> None:
    identity = identify(BackfillCustomer="hilton", BackfillStart="2026-01-01", BackfillEnd="2026-01-06")

    assert identity == Identity("hilton", window(1, 6))


@pytest.mark.parametrize("text", ['["hilton","cox-retention"]', '{"slug":"hilton"}', " [] "])
def test_a_list_of_customers_is_not_the_name_of_one(text: str) -> None:
    run = odd_run({"BackfillCustomer": text, "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"})

    assert identity_by(MAPPING, run) is None


def test_a_name_may_begin_with_a_bracket() -> None:
    run = odd_run({"BackfillCustomer": "[eu] hilton", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"})

    assert identity_by(MAPPING, run) == Identity("[eu] hilton", window(1, 6))


@pytest.mark.parametrize(
    "hints",
    [
        {},
        {"BackfillCustomer": "hilton"},
        {"BackfillCustomer": "hilton", "BackfillStart": "2026-01-01"},
        {"BackfillCustomer": " ", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"},
        {"BackfillCustomer": "hilton", "BackfillStart": "soon", "BackfillEnd": "2026-01-06"},
        {"BackfillCustomer": "hilton", "BackfillStart": "2026-01-06", "BackfillEnd": "2026-01-01"},
        {"BackfillCustomer": "hilton", "BackfillStart": "2026-01-01T05:30:00Z", "BackfillEnd": "2026-01-06"},
        {"BackfillCustomer": "hilton", "BackfillStart": "0001-01-01T00:30:00+14:00", "BackfillEnd": "2026-01-06"},
    ],
)
def test_hints_that_are_not_whole_or_make_no_sense_leave_it_to_the_id(hints: dict[str, str]) -> None:
    assert identify(**hints) == Identity("from-id", CAMPAIGN)


def test_a_moment_that_is_midnight_in_the_campaigns_zone_is_that_day() -> None:
    berlin = IdentityMapping.usual(USUAL, KEYS, ZoneInfo("Europe/Berlin"))
    hints = {
        "BackfillCustomer": "hilton",
        "BackfillStart": "2025-12-31T23:00:00Z",
        "BackfillEnd": "2026-01-06T00:00:00+00:00",
    }

    assert identity_by(berlin, execution(hints=hints)) == Identity("hilton", window(1, 6))


def window_of(zone: str, start: str, end: str) -> Window | None:
    of_zone = IdentityMapping.usual(USUAL, KEYS, ZoneInfo(zone))
    odd = Ref("voice-prod", "nightly-17", "run-1")
    hints = {"BackfillCustomer": "hilton", "BackfillStart": start, "BackfillEnd": end}
    identity = identity_by(of_zone, execution(ref=odd, hints=hints))
    return identity.window if identity else None


@pytest.mark.parametrize(
    ("zone", "start", "end", "days"),
    [
        ("Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z", (date(2026, 4, 24), date(2026, 4, 25))),
        ("Africa/Cairo", "2026-04-24T01:00:00+03:00", "2026-04-25", (date(2026, 4, 24), date(2026, 4, 25))),
        ("Africa/Cairo", "2026-04-24T01:00:00", "2026-04-25T00:00:00", (date(2026, 4, 24), date(2026, 4, 25))),
        ("Africa/Cairo", "2026-04-24T00:00:00Z", "2026-04-25T00:00:00Z", (date(2026, 4, 24), date(2026, 4, 25))),
        ("Africa/Cairo", "2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z", (date(2026, 4, 23), date(2026, 4, 24))),
        ("America/Havana", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", (date(2026, 11, 1), date(2026, 11, 2))),
        ("America/Havana", "2026-11-01T05:00:00Z", "2026-11-02T05:00:00Z", (date(2026, 11, 1), date(2026, 11, 2))),
        ("America/Havana", "2026-10-31T04:00:00Z", "2026-11-01T05:00:00Z", (date(2026, 10, 31), date(2026, 11, 1))),
        ("America/Havana", "2026-11-01T00:00:00-05:00", "2026-11-02", (date(2026, 11, 1), date(2026, 11, 2))),
        ("America/St_Johns", "2010-11-07T03:30:00Z", "2010-11-08", (date(2010, 11, 7), date(2010, 11, 8))),
        ("Atlantic/Azores", "2026-10-25T01:00:00Z", "2026-10-26", (date(2026, 10, 25), date(2026, 10, 26))),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2012-01-01", (date(2011, 12, 31), date(2012, 1, 1))),
        ("America/Toronto", "1919-03-31T04:30:00Z", "1919-04-01", (date(1919, 3, 31), date(1919, 4, 1))),
    ],
)
def test_a_moment_is_a_days_start_if_it_is_midnight_or_the_first_of_that_day_there(
    zone: str, start: str, end: str, days: tuple[date, date]
) -> None:
    assert window_of(zone, start, end) == Window(*days)


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Africa/Cairo", "2026-04-23T21:59:59Z"),
        ("Africa/Cairo", "2026-04-23T22:00:01Z"),
        ("Africa/Cairo", "2026-04-23T21:00:00Z"),
        ("Africa/Cairo", "2026-04-24T01:00:00Z"),
        ("America/Havana", "2026-11-01T04:30:00Z"),
        ("America/Havana", "2026-11-01T05:00:01Z"),
        ("America/Havana", "2026-11-01T06:00:00Z"),
    ],
)
def test_a_moment_that_is_neither_midnight_nor_the_first_of_a_day_tells_none(zone: str, start: str) -> None:
    assert window_of(zone, start, "2026-12-01") is None


@given(st.sampled_from(sorted(available_timezones())), st.dates(date(1970, 1, 2), date(2100, 1, 1)), st.booleans())
def test_midnight_is_read_as_its_day_whichever_of_two_was_meant(name: str, day: date, is_second: bool) -> None:
    zone = ZoneInfo(name)
    moment = datetime.combine(day, time.min, zone).replace(fold=int(is_second)).astimezone(UTC)
    there = moment.astimezone(zone)
    assume(there.time() == time.min)

    days = window_of(name, moment.isoformat(), (day + timedelta(days=3)).isoformat())

    # What reads as midnight in UTC as well is that day.
    assert days is not None
    assert days.start == (moment.date() if moment.time() == time.min else there.date())


def test_an_id_of_another_form_is_recognised_by_its_hints() -> None:
    odd = execution(
        ref=Ref("voice-prod", "nightly-17", "run-1"),
        hints={"BackfillCustomer": "hilton", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-02-21"},
    )
    identity = identity_by(MAPPING, odd)

    assert identity == Identity("hilton", CAMPAIGN)


@given(st.sampled_from(sorted(available_timezones())), st.dates(date(1970, 1, 2), date(2100, 1, 1)))
def test_what_the_bot_writes_as_a_days_attribute_is_read_back_as_that_day_in_any_zone(zone: str, day: date) -> None:
    kinds = {"BackfillStart": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME}
    written = json.loads(encode_hints({"BackfillStart": day.isoformat()}, kinds)["BackfillStart"].data)
    kept = datetime.fromisoformat(written).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert window_of(zone, kept, "2200-01-01") == Window(day, date(2200, 1, 1))


INPUT = Keys("[0].tenant.slug", "[0].range.from", "[0].range.to")
ARGUMENT: Mapping[str, Any] = {"tenant": {"slug": "hilton"}, "range": {"from": "2026-01-01", "to": "2026-02-20"}}


def odd_run(hints: Mapping[str, str] | None = None, workflow_id: str = "job-77") -> Execution:
    return execution(ref=Ref("voice-prod", workflow_id, "run-1"), hints=hints or {})


def of_input(**changes: Any) -> IdentityMapping:
    values: dict[str, Any] = {
        "sources": (Source.ATTRIBUTES, Source.INPUT, Source.ID),
        "zone": UTC,
        "attributes": KEYS,
        "input": INPUT,
        "id": IdTemplate.of(USUAL),
        "end_included": frozenset({Source.INPUT}),
        **changes,
    }
    return IdentityMapping(**values)


def with_input(*arguments: Any, keys: Keys = INPUT, workflow_id: str = "job-77") -> Execution:
    return odd_run(input_hints(arguments, keys.names), workflow_id)


def test_a_run_is_recognised_by_its_input_with_an_inclusive_end() -> None:
    recognised = of_input().recognise(with_input(ARGUMENT))

    assert recognised is not None
    assert (recognised.identity, recognised.sources) == (Identity("hilton", CAMPAIGN), (Source.INPUT,))


def test_until_its_input_was_read_a_run_is_not_recognised_even_if_a_later_source_would_tell() -> None:
    unread = execution("hilton")

    assert of_input().needs_input(unread)
    assert of_input().recognise(unread) is None


def test_an_input_that_tells_nothing_leaves_it_to_the_next_source() -> None:
    run = with_input({"nothing": 1}, workflow_id="backfill-hilton-2026-01-01-2026-02-21")

    assert not of_input().needs_input(run)
    assert identity_by(of_input(), run) == Identity("hilton", CAMPAIGN)


def test_no_input_is_read_of_a_run_that_an_earlier_source_recognises() -> None:
    hints = {"BackfillCustomer": "hilton", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"}

    assert not of_input().needs_input(odd_run(hints))
    assert identity_by(of_input(), odd_run(hints)) == Identity("hilton", window(1, 6))


@pytest.mark.parametrize(
    ("form", "start", "end"),
    [
        ("epoch", 1767222000, 1771542000),
        ("epoch", "1767222000", "1771542000"),
        ("epoch", 1767222000.0, 1771542000.0),
        ("epoch_ms", 1767222000000, 1771542000000),
        ("epoch", 1767222000, 1771628399),
        ("epoch_ms", 1767222000000, 1771628399999),
        ("%Y%m%d", "20260101", "20260220"),
        ("%d.%m.%Y", "01.01.2026", "20.02.2026"),
        ("iso", "20260101", "2026-02-20"),
        ("iso", "2026-01-01T00:00:00+01:00", "2026-02-20T23:59:59.999+01:00"),
        ("iso", "2025-12-31T23:00:00Z", "2026-02-20T22:59:59Z"),
    ],
    ids=repr,
)
def test_dates_are_read_in_the_form_that_the_team_uses(form: str, start: Any, end: Any) -> None:
    mapping = of_input(zone=ZoneInfo("Europe/Berlin"), forms={Source.INPUT: form})
    argument = {"tenant": {"slug": "hilton"}, "range": {"from": start, "to": end}}

    assert identity_by(mapping, with_input(argument)) == Identity("hilton", CAMPAIGN)


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("epoch", 1767222001),
        ("epoch", 1767222000.5),
        ("epoch", "soon"),
        ("epoch", 10**30),
        ("%Y%m%d", "2026-01-01"),
        ("%Y%m%d", "2026011"),
        ("%Y%m%d", "20260230"),
        ("iso", "2026-01-01T00:00:01"),
        ("iso", True),
        ("iso", {"day": 1}),
        ("iso", "2" * 2_000),
    ],
)
def test_what_is_no_day_in_that_form_tells_none(form: str, start: Any) -> None:
    mapping = of_input(zone=ZoneInfo("Europe/Berlin"), forms={Source.INPUT: form})
    argument = {"tenant": {"slug": "hilton"}, "range": {"from": start, "to": "2026-02-20"}}

    assert identity_by(mapping, with_input(argument)) is None


@pytest.mark.parametrize(
    ("days", "end"),
    [
        (51, window(1, 52)),
        ("7", window(1, 8)),
        (7.0, window(1, 8)),
        (0, None),
        (-1, None),
        (1.5, None),
        (10**7, None),
    ],
)
def test_a_number_of_days_tells_the_end(days: Any, end: Window | None) -> None:
    keys = Keys("[0]", "[1]", days="[2]")
    run = with_input("hilton", "2026-01-01", days, keys=keys)

    identity = identity_by(of_input(input=keys), run)

    assert (identity and identity.window) == end


def test_an_id_is_read_by_a_regular_expression_and_a_start_alone_is_a_day_where_so_configured() -> None:
    expression = IdRegex(r"^tenant/(?P<customer>[^/]+)/(?P<start>\d{8})(?:-(?P<end>\d{8}))?")
    values: dict[str, Any] = {"sources": (Source.ID,), "zone": UTC, "id": expression, "forms": {Source.ID: "%Y%m%d"}}
    mapping, of_one_day = IdentityMapping(**values), IdentityMapping(**values, one_day=True)
    whole = odd_run(workflow_id="tenant/hilton/20260101-20260221/x")
    start_only = odd_run(workflow_id="tenant/a/20260101")

    assert identity_by(mapping, whole) == Identity("hilton", CAMPAIGN)
    assert identity_by(mapping, start_only) is None
    assert identity_by(of_one_day, start_only) == Identity("a", window(1, 2))


def test_a_run_is_recognised_by_the_workflow_id_of_its_parent() -> None:
    mapping = IdentityMapping((Source.ID, Source.PARENT), UTC, id=IdTemplate.of(USUAL), parent=IdTemplate.of(USUAL))

    recognised = mapping.recognise(odd_run({PARENT_HINT: "backfill-hilton-2026-01-01-2026-02-21"}))

    assert recognised is not None
    assert (recognised.identity, recognised.sources) == (Identity("hilton", CAMPAIGN), (Source.PARENT,))


def test_a_run_without_days_is_for_those_of_the_campaign_that_were_over_when_it_started() -> None:
    mapping = of_input(input=Keys("[0]"), without_days=CAMPAIGN)
    run = with_input("hilton", keys=Keys("[0]"))

    def days(started_at: datetime, status: ExecutionStatus = ExecutionStatus.COMPLETED) -> Window | None:
        identity = identity_by(mapping, replace(run, started_at=started_at, status=status))
        return identity.window if identity else None

    assert days(datetime(2026, 2, 21, 0, 1, tzinfo=UTC)) == CAMPAIGN
    assert days(datetime(2026, 1, 6, 23, 0, tzinfo=UTC)) == window(1, 6)

    before = datetime(2025, 12, 24, tzinfo=UTC)
    assert days(before) == Window(date(2025, 12, 31), CAMPAIGN.start)
    assert days(before, ExecutionStatus.RUNNING) == CAMPAIGN


WHOLE = of_input(input=Keys("[0]"), without_days=CAMPAIGN)


def test_a_run_that_tells_no_days_covers_the_whole_campaign_where_so_configured() -> None:
    run = with_input("hilton", keys=Keys("[0]"))

    assert identity_by(WHOLE, run) == Identity("hilton", CAMPAIGN)
    assert identity_by(of_input(input=Keys("[0]")), run) is None


@pytest.mark.parametrize(
    ("hints", "workflow_id"),
    [
        ({"BackfillStart": "soon"}, "job-77"),
        ({"BackfillStart": "2026-01-01"}, "job-77"),
        ({}, "backfill-hilton-2026-02-30-2026-03-01"),
        ({}, "backfill-hilton-2026-02-21-2026-01-01"),
    ],
)
def test_days_that_cannot_be_read_are_never_the_whole_campaign(hints: dict[str, str], workflow_id: str) -> None:
    run = odd_run({**input_hints(["hilton"], ["[0]"]), **hints}, workflow_id)

    assert identity_by(WHOLE, run) is None


@pytest.mark.parametrize(
    "days",
    [
        {"from": {"year": 2026, "month": 1, "day": 1}},
        {"from": [2026, 1, 1]},
        {"from": ["2026-01-01", "2026-01-05"]},
        {"to": {"year": 2026, "month": 1, "day": 6}},
        {"from": "x" * 2_000},
    ],
)
def test_days_of_another_form_in_an_input_are_days_that_cannot_be_read(days: Any) -> None:
    keys = Keys("[0].customer", "[0].from", "[0].to")
    run = with_input({"customer": "hilton", **days}, keys=keys)

    assert identity_by(of_input(input=keys, without_days=CAMPAIGN), run) is None


def test_encoded_arguments_may_hold_days_so_they_are_not_for_the_whole_campaign() -> None:
    keys = Keys("", "[0].from", "[0].to")
    mapping = of_input(attributes=Keys("Tenant"), input=keys, without_days=CAMPAIGN)
    tenant = {"Tenant": "hilton"}

    assert identity_by(mapping, odd_run({**tenant, **input_hints([None], keys.names)})) is None
    assert identity_by(mapping, odd_run({**tenant, **input_hints([{}], keys.names)})) == Identity("hilton", CAMPAIGN)


def test_a_start_with_an_end_of_another_form_is_not_one_day() -> None:
    keys = Keys("[0].customer", "[0].from", "[0].to")
    run = with_input({"customer": "hilton", "from": "2026-01-01", "to": {"year": 2026}}, keys=keys)

    assert identity_by(of_input(input=keys, one_day=True), run) is None


@pytest.mark.parametrize("zone", ["UTC", "Africa/Cairo", "America/New_York"])
@pytest.mark.parametrize("form", ["epoch", "epoch_ms"])
def test_the_last_moment_of_a_day_is_written_as_one_that_is_read_as_that_day(form: str, zone: str) -> None:
    for day in (date(2026, 4, 23), date(2026, 4, 24), date(2026, 3, 8), date(2026, 11, 1)):
        text, next_text = (write_day(each, f"{form}{end}", ZoneInfo(zone)) for each, end in pairs(day))

        assert int(text) == int(next_text) - 1
        assert read_day(text, form, ZoneInfo(zone), is_last=True) == day


def pairs(day: date) -> tuple[tuple[date, str], tuple[date, str]]:
    """The day with the form of its last moment, and the day after it with that of its first one."""
    return (day, "_end"), (day + timedelta(days=1), "")


def test_what_the_bot_has_started_is_recognised_by_its_own_memo_whatever_the_mapping_became() -> None:
    identity = Identity("hilton", window(1, 6))
    hints = {ORDER_KEY: "s:1", **own_memo(identity), "BackfillCustomer": "other", "BackfillStart": "2026-01-02"}
    mapping = of_input(end_included=frozenset(Source), input=Keys("[3]", "[4]", "[5]"))

    recognised = mapping.recognise(odd_run(hints))

    assert not mapping.needs_input(odd_run(hints))
    assert recognised is not None
    assert (recognised.identity, recognised.sources) == (identity, (Source.OWN,))


def test_what_an_earlier_version_of_the_bot_has_started_is_read_with_excluded_ends() -> None:
    hints = {"BackfillCustomer": "hilton", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"}
    mapping = of_input(end_included=frozenset(Source), forms=dict.fromkeys(Source, "epoch"))

    assert identity_by(mapping, odd_run({ORDER_KEY: "(hidden)", **hints})) == Identity("hilton", window(1, 6))


def test_a_memo_that_only_looks_like_the_bots_own_is_not_taken_for_it() -> None:
    assert identity_by(MAPPING, odd_run(dict(own_memo(Identity("hilton", CAMPAIGN))))) is None
