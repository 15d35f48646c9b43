"""A run's customer in one source and its days in another: the mapping joins what is configured in parts, and nothing
else."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from bot.fleet.planning.round_trip import round_trip_mistakes
from bot.fleet.planning.start_request import StartTemplate, start_order
from bot.fleet.runs.id_template import IdRegex, IdTemplate
from bot.fleet.runs.identity import Identity, Recognised, Source
from bot.fleet.runs.input_hints import input_hints
from bot.fleet.runs.mapping import ORDER_KEY, OWN_FIELDS, IdentityMapping, Keys, own_memo
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution, Ref, Window
from bot.model.execution import PARENT_HINT
from bot.model.window import ONE_DAY
from tests.fleet.builders import CAMPAIGN, execution, window

HILTON = Identity("hilton", CAMPAIGN)
RANGE = Keys("", "[0].from", "[0].to")
ARGUMENT = {"from": "2026-01-01", "to": "2026-02-21"}
UNREAD: Mapping[str, str] = {}


def run(hints: Mapping[str, str] = UNREAD, workflow_id: str = "job-77", **changes: Any) -> Execution:
    return execution(ref=Ref("voice-prod", workflow_id, "run-1"), hints=hints, **changes)


def read(argument: Any = ARGUMENT, keys: Keys = RANGE) -> dict[str, str]:
    """The hints of a run whose input was read."""
    return input_hints([argument], keys.names)


def joined(**changes: Any) -> IdentityMapping:
    """The customer in a search attribute, the days in the input; and ids that would tell both."""
    values: dict[str, Any] = {
        "sources": (Source.ATTRIBUTES, Source.INPUT, Source.ID),
        "zone": UTC,
        "attributes": Keys("Tenant"),
        "input": RANGE,
        "id": IdTemplate.of("backfill-{customer}-{start}-{end}"),
        **changes,
    }
    return IdentityMapping(**values)


def test_the_customer_of_one_source_and_the_days_of_another_are_one_identity() -> None:
    recognised = joined().recognise(run({"Tenant": "hilton", **read()}))

    assert recognised == Recognised(HILTON, Source.ATTRIBUTES, Source.INPUT)
    assert recognised.sources == (Source.ATTRIBUTES, Source.INPUT)


@pytest.mark.parametrize(
    ("hints", "workflow_id", "changes"),
    [
        (
            {PARENT_HINT: "tenant/hilton"},
            "job-77",
            {"sources": (Source.PARENT, Source.INPUT), "parent": IdTemplate.of("tenant/{customer}")},
        ),
        (
            {"from": "2026-01-01", "n": "51"},
            "tenant/hilton/8f",
            {
                "sources": (Source.ID, Source.MEMO),
                "id": IdTemplate.of("tenant/{customer}/{*}"),
                "memo": Keys("", "from", days="n"),
            },
        ),
        (
            {"Tenant": "hilton", PARENT_HINT: "nightly-20260101-20260220"},
            "job-77",
            {
                "sources": (Source.ATTRIBUTES, Source.PARENT),
                "parent": IdTemplate.of("nightly-{start:%Y%m%d}-{last:%Y%m%d}"),
            },
        ),
        (
            {"Tenant": "hilton"},
            "nightly 2026-01-01 51",
            {
                "sources": (Source.ATTRIBUTES, Source.ID),
                "id": IdRegex(r"(?P<start>\d{4}-\d\d-\d\d) (?P<days>\d+)"),
            },
        ),
    ],
    ids=["parent and input", "id and memo", "attribute and parent", "attribute and expression"],
)
def test_any_two_places_may_have_the_two_parts(
    hints: dict[str, str], workflow_id: str, changes: dict[str, Any]
) -> None:
    mapping = joined(**changes)
    recognised = mapping.recognise(run({**hints, **read()}, workflow_id))

    assert recognised == Recognised(HILTON, *mapping.sources)


def test_a_source_that_tells_both_wins_wherever_it_is_in_the_order() -> None:
    whole = run({"Tenant": "vivint", **read()}, "backfill-hilton-2026-01-01-2026-02-21")

    assert joined().recognise(whole) == Recognised(HILTON, Source.ID, Source.ID)


def test_a_source_that_is_configured_whole_lends_neither_its_customer_nor_its_days() -> None:
    """They may be of different runs: what the team wrote there it wrote together."""
    whole = Keys("tenant", "from", "to")
    lacking_customer = {"from": "2026-01-01", "to": "2026-02-21"}

    of_days = joined(sources=(Source.MEMO, Source.INPUT), memo=whole)
    of_customer = joined(sources=(Source.ATTRIBUTES, Source.MEMO), memo=whole)
    by_id = joined(id=IdRegex(r"^bf/(?P<customer>\w+)(/(?P<start>.{10})/(?P<end>.{10}))?$"), attributes=None)

    assert of_days.recognise(run({"tenant": "hilton", **read()})) is None
    assert of_customer.recognise(run({"Tenant": "hilton", **lacking_customer})) is None
    assert by_id.recognise(run(read(), "bf/hilton")) is None


def test_the_first_customer_and_the_first_days_that_can_be_read_count() -> None:
    mapping = joined(
        sources=(Source.ATTRIBUTES, Source.ID, Source.MEMO, Source.INPUT),
        id=IdTemplate.of("tenant/{customer}"),
        memo=Keys("", "from", "to"),
    )
    hints = {"Tenant": " ", "from": "soon", "to": "2026-01-06", **read()}

    assert mapping.recognise(run(hints, "tenant/hilton")) == Recognised(HILTON, Source.ID, Source.INPUT)
    both = {**hints, "Tenant": "vivint", "from": "2026-01-01"}
    assert mapping.recognise(run(both, "tenant/hilton")) == Recognised(
        Identity("vivint", window(1, 6)), Source.ATTRIBUTES, Source.MEMO
    )


@pytest.mark.parametrize(
    "hints",
    [read(), {"Tenant": "hilton"}, {"Tenant": "hilton", **read({})}, {"Tenant": "hilton", **read({"from": "soon"})}],
    ids=["no customer", "not read", "no days", "no readable days"],
)
def test_a_run_that_lacks_a_part_is_not_recognised(hints: dict[str, str]) -> None:
    assert joined().recognise(run(hints)) is None


def test_a_run_with_a_customer_and_without_days_is_for_the_whole_campaign_where_so_configured() -> None:
    mapping = joined(without_days=CAMPAIGN)

    assert mapping.recognise(run({"Tenant": "hilton", **read({})})) == Recognised(
        HILTON, Source.ATTRIBUTES, Source.ATTRIBUTES
    )
    assert mapping.recognise(run({"Tenant": "hilton", **read({"from": "soon"})})) is None
    short = mapping.recognise(run({"Tenant": "hilton", **read({"from": "2026-01-01", "to": "2026-01-06"})}))
    assert short == Recognised(Identity("hilton", window(1, 6)), Source.ATTRIBUTES, Source.INPUT)


def test_an_input_is_read_for_its_part_unless_another_source_has_decided() -> None:
    of_both = {"start": "2026-01-01", "end": "2026-01-06"}
    earlier_days = joined(sources=(Source.ATTRIBUTES, Source.MEMO, Source.INPUT), memo=Keys("", "start", "end"))
    later_days = joined(sources=(Source.ATTRIBUTES, Source.INPUT, Source.MEMO), memo=Keys("", "start", "end"))
    of_customer = joined(
        sources=(Source.ATTRIBUTES, Source.INPUT, Source.MEMO), input=Keys("[0]"), memo=Keys("", "start", "end")
    )

    assert joined().needs_input(run({"Tenant": "hilton"}))
    assert not joined().needs_input(run({"Tenant": "hilton", **read({})}))
    assert not joined().needs_input(run(workflow_id="backfill-hilton-2026-01-01-2026-02-21"))
    assert not earlier_days.needs_input(run({"Tenant": "hilton", **of_both}))
    assert earlier_days.needs_input(run({"Tenant": "hilton", **of_both, "start": "soon"}))
    assert later_days.needs_input(run({"Tenant": "hilton", **of_both}))
    assert not of_customer.needs_input(run({"Tenant": "hilton", **of_both}))
    assert of_customer.needs_input(run(of_both))


def test_what_the_bot_has_started_is_recognised_by_its_own_memo() -> None:
    started = run({ORDER_KEY: "s:1", **own_memo(Identity("vivint", window(1, 6))), "Tenant": "hilton"})

    assert not joined().needs_input(started)
    assert joined().recognise(started) == Recognised(Identity("vivint", window(1, 6)), Source.OWN, Source.OWN)


def test_a_child_has_an_identity_of_its_own_if_its_days_are_its_own() -> None:
    by_days = joined(
        sources=(Source.PARENT, Source.MEMO), parent=IdTemplate.of("bf/{customer}"), memo=Keys("", "f", "t")
    )
    by_customer = joined(sources=(Source.ATTRIBUTES, Source.PARENT), parent=IdTemplate.of("bf/{start}/{end}"))
    own_days = run({PARENT_HINT: "bf/hilton", "f": "2026-01-01", "t": "2026-01-06"})
    own_customer = run({"Tenant": "hilton", PARENT_HINT: "bf/2026-01-01/2026-01-06"})

    def of_child(mapping: IdentityMapping, child: Execution) -> Identity | None:
        return Recogniser.of(["voice-prod"], [child.workflow_type], mapping).own_identity(child)

    assert by_customer.recognise(own_customer) is not None
    assert of_child(by_days, own_days) == Identity("hilton", window(1, 6))
    assert of_child(by_customer, own_customer) is None


def test_another_campaigns_name_in_an_id_recognises_a_run_by_the_part_that_the_id_has() -> None:
    def of_campaign(name: str) -> Recogniser:
        template = IdTemplate.of("{campaign}/{customer}", campaign=name)
        mapping = joined(sources=(Source.ID, Source.INPUT), id=template)
        return Recogniser.of(["voice-prod"], ["CustomerBackfill"], mapping)

    home = Recogniser(of_campaign("home").mappings, (of_campaign("march"),))
    of_march = run(workflow_id="march/hilton")

    assert home.needs_input(of_march)
    assert home.identify(run(read(), "march/hilton")) == HILTON


CUSTOMERS = st.from_regex(r"[a-z0-9][a-z0-9 .-]{0,12}[a-z0-9]", fullmatch=True)
WINDOWS = st.builds(
    Window.of_days, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(min_value=1, max_value=400)
)
IDENTITIES = st.builds(Identity, CUSTOMERS, WINDOWS)
PLACES = st.permutations([Source.ATTRIBUTES, Source.MEMO, Source.INPUT, Source.ID]).map(lambda places: places[:2])
FORMS = st.sampled_from(["iso", "%Y%m%d", "epoch", "epoch_ms"])


def in_parts(places: Sequence[Source], form: str, *, counts: bool, included: bool) -> StartTemplate:
    """A definition with the customer in the first place and the days in the second."""
    of_customer, of_days = places
    names = {source: f"{source.value}_" for source in places} | {Source.INPUT: "[0]."}
    end = {"days": f"{names[of_days]}n"} if counts else {"end": f"{names[of_days]}t"}
    keys = {of_customer: Keys(f"{names[of_customer]}c"), of_days: Keys("", f"{names[of_days]}f", **end)}
    mapping = IdentityMapping(
        tuple(places),
        UTC,
        attributes=keys.get(Source.ATTRIBUTES),
        memo=keys.get(Source.MEMO),
        input=keys.get(Source.INPUT),
        id=IdTemplate.of("bf/{customer}/{*}" if of_customer is Source.ID else "bf/{*}/{start}_{days}"),
        forms={of_days: form},
        end_included=frozenset({of_days} if included else ()),
    )
    days = {"f": "{start}", "n": "{days}", "t": "{last}" if included else "{end}"}
    argument: dict[str, JsonValue] = {**days} if of_days is Source.INPUT else {"c": "{customer}"}
    id_written = IdTemplate.of("bf/{customer}/{start}_{days}")
    return StartTemplate("voice-prod", "CustomerBackfill", "backfill", id_written, (argument,), mapping)


@given(PLACES, FORMS, st.booleans(), st.booleans(), IDENTITIES)
def test_what_the_bot_writes_in_parts_is_read_back_as_the_same_identity(
    places: Sequence[Source], form: str, counts: bool, included: bool, identity: Identity
) -> None:
    template = in_parts(places, form, counts=counts, included=included)
    order = start_order(template, identity.customer, identity.window, "")
    memo = {name: text for name, text in order.memo.items() if name not in OWN_FIELDS}
    paths = template.mapping.input.names if template.mapping.input else ()
    hints = {**order.hints, **memo, **input_hints(json.loads(json.dumps(order.arguments)), paths)}

    recognised = template.mapping.recognise(run(hints, order.workflow_id))

    assert recognised == Recognised(identity, *places)
    assert [*round_trip_mistakes(template)] == []


@given(PLACES, IDENTITIES, st.booleans())
def test_runs_of_two_customers_or_windows_never_get_the_same_id(
    places: Sequence[Source], identity: Identity, is_other_window: bool
) -> None:
    template = in_parts(places, "iso", counts=False, included=False)
    customer, days = identity.customer, identity.window
    later = Window(days.start + ONE_DAY, days.end + ONE_DAY)
    other = Identity(customer, later) if is_other_window else Identity(f"{customer}-2", days)

    orders = [start_order(template, each.customer, each.window, "") for each in (identity, other)]
    ids = {order.workflow_id for order in orders}

    assert len(ids) == 2
