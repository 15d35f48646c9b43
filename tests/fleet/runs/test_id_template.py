"""Workflow ids built and read by a template."""

import re
from datetime import UTC, date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.days import DayReading
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.placeholder_values import PlaceholderValues
from bot.model import Window
from tests.fleet.builders import CAMPAIGN

USUAL = IdTemplate.of("backfill-{customer}-{start}-{end}")
BERLIN = ZoneInfo("Europe/Berlin")


def built(template: IdTemplate, identity: Identity, **values: Any) -> str:
    known = {"cluster": "voice-prod", "zone": BERLIN, **values}
    return template.build(PlaceholderValues(identity.customer, identity.window, **known))


def read(template: IdTemplate, workflow_id: str) -> Identity | None:
    fields = template.read(workflow_id, BERLIN)
    window = DayReading("iso", UTC).window(fields) if fields else None
    return Identity(fields.customer, window) if fields and fields.customer and window else None


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

    assert read(USUAL, built(USUAL, identity)) == identity


@given(templates(), customers, day_windows)
def test_so_does_an_id_of_any_template(template: str, customer: str, days: Window) -> None:
    try:
        reader = IdTemplate.of(template)
    except ValueError:
        return  # two literals made a field between them, as in "{sta" + "rt}"
    identity = Identity(customer, days)

    assert read(reader, built(reader, identity)) == identity


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
    assert read(USUAL, workflow_id) == Identity(customer, CAMPAIGN)


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
    assert read(USUAL, workflow_id) is None


@pytest.mark.parametrize(
    ("template", "mistake"),
    [
        ("{customer}-{start}{end}{end}", "does not hold {end} once"),
        ("", "holds neither {customer} nor {start}"),
        ("job-{end}", "holds neither {customer} nor {start}"),
        ("{customer}-{end}", "does not hold {start}"),
        ("{customer}-{start}-{end}-{days}", "tells the end twice"),
        ("{customer}{*}-{start}-{end}", "side by side"),
        ("{customer}{start:epoch}-{end:epoch}", "side by side"),
        ("{start:epoch}{days}-{customer}", "side by side"),
        ("{customer}-{start}-{end}-{n}", "{n} is unknown"),
        ("{customer}-{start}-{end}-{uuid}", "{uuid} is unknown"),
        ("{customer:%Y}-{start}-{end}", "only start, end, last have a form"),
        ("{customer}-{start:%Y-%m}-{end}", "is no date form"),
        ("{customer}-{start:%Q}-{end}", "%Q in '%Q' is not one of"),
    ],
)
def test_a_template_that_cannot_be_read_in_one_way_is_refused(template: str, mistake: str) -> None:
    with pytest.raises(ValueError, match=re.escape(mistake)):
        IdTemplate.of(template)


FORMS = st.sampled_from(["", ":%Y%m%d", ":%y%j", ":%d.%m.%Y", ":%d-%b-%Y", ":epoch", ":epoch_ms", ":iso"])
recent_windows = st.builds(
    lambda start, days: Window(start, start + timedelta(days=days)),
    st.dates(date(1970, 1, 3), date(2060, 1, 1)),
    st.integers(1, 400),
)


@given(
    form=FORMS,
    end=st.sampled_from(["end", "last", "days"]),
    suffix=st.sampled_from(["", "/{*}", "-r{*}x"]),
    customer=st.from_regex(r"[a-z]+(-[a-z0-9]+)?", fullmatch=True),
    days=recent_windows,
    end_included=st.booleans(),
)
def test_an_id_with_forms_and_wildcards_gives_back_what_it_was_built_of(
    form: str, end: str, suffix: str, customer: str, days: Window, *, end_included: bool
) -> None:
    ending = "{days}" if end == "days" else f"{{{end}{form}}}"
    template = IdTemplate.of(f"bf:{{customer}}:{{start{form}}}..{ending}{suffix}", end_included=end_included)
    identity = Identity(customer, days)

    assert read(template, built(template, identity)) == identity


@pytest.mark.parametrize("suffix", ["", "-retry-2", "/1772000000"])
def test_a_wildcard_takes_whatever_follows(suffix: str) -> None:
    template = IdTemplate.of("bf:{customer}:{start:%Y%m%d}-{end:%Y%m%d}{*}")

    assert read(template, f"bf:hilton:20260101-20260221{suffix}") == Identity("hilton", CAMPAIGN)


def test_an_id_that_can_be_read_in_two_ways_tells_nothing() -> None:
    template = IdTemplate.of("bf:{customer}:{start}-{end}{*}")

    assert read(template, "bf:acme:2026-01-01-2026-01-06:2026-02-01-2026-02-06") is None


def test_an_end_that_is_included_and_the_last_day_are_the_same() -> None:
    ids = ["bf-{customer}-{start}-{end}", "bf-{customer}-{start}-{last}"]
    inclusive = [IdTemplate.of(ids[0], end_included=True), IdTemplate.of(ids[1])]

    assert [read(template, "bf-hilton-2026-01-01-2026-02-20") for template in inclusive] == [
        Identity("hilton", CAMPAIGN)
    ] * 2
    assert {built(template, Identity("hilton", CAMPAIGN)) for template in inclusive} == {
        "bf-hilton-2026-01-01-2026-02-20"
    }
