"""Whatever the mapping of a team is, what is proposed as certain reads every run right."""

from collections import Counter
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fleet.diagnostics.mapping_proposal import propose_mappings
from bot.fleet.diagnostics.mapping_reading import identities as read
from bot.fleet.runs.identity import Identity
from tests.fleet.diagnostics.shapes import Shape, identities, shapes


@settings(max_examples=400)
@given(shapes(), identities(), st.booleans())
def test_a_mapping_that_is_certain_reads_every_run_right(
    shape: Shape, identities: list[Identity], is_known: bool
) -> None:
    runs = [shape.run(number, identity) for number, identity in enumerate(identities)]
    customers = {identity.customer for identity in identities} if is_known else set()

    for proposal in propose_mappings(runs, customers, None, UTC):
        if proposal.is_certain:
            assert read(proposal.mapping, runs) == identities


@settings(max_examples=200)
@given(shapes(), identities())
def test_where_only_the_end_is_open_one_of_the_two_readings_is_right(
    shape: Shape, identities: list[Identity]
) -> None:
    runs = [shape.run(number, identity) for number, identity in enumerate(identities)]
    customers = {identity.customer for identity in identities}

    for proposal in propose_mappings(runs, customers, None, UTC):
        readings = [read(proposal.with_end(included=included).mapping, runs) for included in (False, True)]
        assert identities in [*readings, read(proposal.mapping, runs)]


def test_most_shapes_of_usual_names_are_certain() -> None:
    """Abstaining always would be right as well, and of no use."""
    outcomes: Counter[bool] = Counter()

    @settings(max_examples=200, database=None, derandomize=True)
    @given(shapes(), identities())
    def check(shape: Shape, identities: list[Identity]) -> None:
        runs = [shape.run(number, identity) for number, identity in enumerate(identities)]
        found = propose_mappings(runs, {identity.customer for identity in identities}, None, UTC)
        outcomes[any(proposal.is_certain for proposal in found)] += 1

    check()
    assert outcomes[True] > outcomes[False]
