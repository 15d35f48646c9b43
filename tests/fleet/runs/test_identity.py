"""Customer and days of a run, from its hints, else from its workflow id."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from temporalio.api.enums.v1 import IndexedValueType

from bot.adapters.temporal.attributes import encode_hints
from bot.fleet.runs.identity import Identity, IdTemplate, Keys, Recogniser
from bot.model import Ref, Window
from tests.fleet.builders import CAMPAIGN, execution, window

USUAL = IdTemplate.of("backfill-{customer}-{start}-{end}")
KEYS = Keys(customer="BackfillCustomer", start="BackfillStart", end="BackfillEnd")
RECOGNISER = Recogniser(USUAL, KEYS, UTC)

day_windows = st.builds(
    lambda start, days: Window(start, start + timedelta(days=days)),
    st.dates(date(1000, 1, 1), date(9000, 1, 1)),
    st.integers(1, 2_000),
)
customers = st.text(min_size=1) | st.from_regex(
    r"[a-z0-9]+(-[0-9]{4}-[0-9]{2}-[0-9]{2}){0,3}(-[a-z0-9]+)?", fullmatch=True
)
literals = st.text(max_size=12).filter(lambda text: not any(f in text for f in ("{customer}", "{start}", "{end}")))


@st.composite
def templates(draw: st.DrawFn) -> str:
    fields = draw(st.permutations(["{customer}", "{start}", "{end}"]))
    first, *between = (draw(literals) for _ in range(4))
    return first + "".join(field + literal for field, literal in zip(fields, between, strict=True))


@given(customers, day_windows)
def test_an_id_gives_back_any_customer_and_window_it_was_built_of(customer: str, days: Window) -> None:
    identity = Identity(customer, days)

    assert USUAL.parse(USUAL.build(identity)) == identity


@given(templates(), customers, day_windows)
def test_so_does_an_id_of_any_template(template: str, customer: str, days: Window) -> None:
    try:
        reader = IdTemplate.of(template)
    except ValueError:
        return  # two literals made a field between them, as in "{sta" + "rt}"
    identity = Identity(customer, days)

    assert reader.parse(reader.build(identity)) == identity


@pytest.mark.parametrize(
    ("workflow_id", "customer"),
    [
        ("backfill-hilton-2026-01-01-2026-02-21", "hilton"),
        ("backfill-cox-tech-support-2026-01-01-2026-02-21", "cox-tech-support"),
        ("backfill-7-eleven-2026-01-01-2026-02-21", "7-eleven"),
        ("backfill-acme-2025-01-pilot-2026-01-01-2026-02-21", "acme-2025-01-pilot"),
        ("backfill-acme-2025-01-01-2025-02-01-2026-01-01-2026-02-21", "acme-2025-01-01-2025-02-01"),
    ],
)
def test_customers_with_hyphens_digits_and_dates_are_read_from_ids(workflow_id: str, customer: str) -> None:
    assert USUAL.parse(workflow_id) == Identity(customer, CAMPAIGN)


@pytest.mark.parametrize(
    "workflow_id",
    [
        "backfill-hilton-2026-01-01-2026-02-21-retry",
        "hilton-2026-01-01-2026-02-21",
        "backfill--2026-01-01-2026-02-21",
        "backfill-hilton-2026-02-21-2026-01-01",
        "backfill-hilton-2026-02-21-2026-02-21",
        "backfill-hilton-2026-02-30-2026-03-01",
        "backfill-hilton-２０２６-01-01-2026-02-21",
        "backfill-hilton",
        "",
    ],
)
def test_an_id_of_another_form_is_not_recognised(workflow_id: str) -> None:
    assert USUAL.parse(workflow_id) is None


@pytest.mark.parametrize("template", ["backfill-{customer}-{start}", "{customer}{start}{end}{end}", ""])
def test_a_template_without_each_field_once_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="once each"):
        IdTemplate.of(template)


def identify(workflow_customer: str = "from-id", **hints: str) -> Identity | None:
    return RECOGNISER.identify(execution(workflow_customer, hints=hints))


def test_hints_win_over_the_id() -> None:
    identity = identify(BackfillCustomer="hilton", BackfillStart="2026-01-01", BackfillEnd="2026-01-06")

    assert identity == Identity("hilton", window(1, 6))


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
    berlin = Recogniser(USUAL, KEYS, ZoneInfo("Europe/Berlin"))
    hints = {
        "BackfillCustomer": "hilton",
        "BackfillStart": "2025-12-31T23:00:00Z",
        "BackfillEnd": "2026-01-06T00:00:00+00:00",
    }

    assert berlin.identify(execution(hints=hints)) == Identity("hilton", window(1, 6))


def window_of(zone: str, start: str, end: str) -> Window | None:
    of_zone = Recogniser(USUAL, KEYS, ZoneInfo(zone))
    odd = Ref("voice-prod", "nightly-17", "run-1")
    hints = {"BackfillCustomer": "hilton", "BackfillStart": start, "BackfillEnd": end}
    identity = of_zone.identify(execution(ref=odd, hints=hints))
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
    identity = RECOGNISER.identify(odd)

    assert identity == Identity("hilton", CAMPAIGN)
    assert RECOGNISER.customer_of(odd) == "hilton"


def test_a_run_that_is_not_recognised_has_no_customer() -> None:
    assert RECOGNISER.customer_of(execution(ref=Ref("voice-prod", "nightly-17", "run-1"))) == ""


@given(st.sampled_from(sorted(available_timezones())), st.dates(date(1970, 1, 2), date(2100, 1, 1)))
def test_what_the_bot_writes_as_a_days_attribute_is_read_back_as_that_day_in_any_zone(zone: str, day: date) -> None:
    kinds = {"BackfillStart": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME}
    written = json.loads(encode_hints({"BackfillStart": day.isoformat()}, kinds)["BackfillStart"].data)
    kept = datetime.fromisoformat(written).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert window_of(zone, kept, "2200-01-01") == Window(day, date(2200, 1, 1))
