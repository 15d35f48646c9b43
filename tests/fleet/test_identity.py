"""Whom and which days an execution is for: told by hints, else by its id, else not at all."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.identity import Identity, IdTemplate, Keys, Recogniser
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
    told = Identity(customer, days)

    assert USUAL.parse(USUAL.build(told)) == told


@given(templates(), customers, day_windows)
def test_so_does_an_id_of_any_template(template: str, customer: str, days: Window) -> None:
    try:
        reader = IdTemplate.of(template)
    except ValueError:
        return  # two literals made a field between them, as in "{sta" + "rt}"
    told = Identity(customer, days)

    assert reader.parse(reader.build(told)) == told


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
    told = identify(BackfillCustomer="hilton", BackfillStart="2026-01-01", BackfillEnd="2026-01-06")

    assert told == Identity("hilton", window(1, 6))


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


def test_an_id_of_another_form_is_recognised_by_its_hints() -> None:
    odd = execution(
        ref=Ref("voice-prod", "nightly-17", "run-1"),
        hints={"BackfillCustomer": "hilton", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-02-21"},
    )
    told = RECOGNISER.identify(odd)

    assert told == Identity("hilton", CAMPAIGN)
