"""Some thousand inputs that nobody meant; ``make fuzz`` makes a hundred thousand for each target."""

import logging
from collections.abc import Iterator

import pytest

from tests.fuzz.inputs import Inputs
from tests.fuzz.targets import clicked, requested, typed

SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_typed_is_a_command_or_told_what_is_wrong(seed: int) -> None:
    tally = typed(Inputs(seed), 3_000)

    assert tally.total() == 3_000
    assert 0 < tally["typed: told what is wrong"] < 3_000


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_a_button_or_a_dialog_carries_is_a_command_or_not_understood(seed: int) -> None:
    tally = clicked(Inputs(seed), 3_000)

    assert tally.total() == 3_000
    assert 0 < tally["clicked: not understood"] < 3_000


@pytest.fixture
def errors_only() -> Iterator[None]:
    """Bolt warns of what it has no listener for, lone surrogates included, and xdist cannot pass those on."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("errors_only")
@pytest.mark.parametrize("seed", SEEDS)
async def test_no_unsigned_request_is_taken_and_no_signed_one_fails(seed: int) -> None:
    tally = await requested(Inputs(seed), 1_000)

    assert tally["not signed: HTTP 401"] == 500
    assert tally["signed: HTTP 200"] > 0


def test_the_same_seed_makes_the_same_inputs() -> None:
    first, second = Inputs(7), Inputs(7)

    assert [first.request() for _ in range(100)] == [second.request() for _ in range(100)]
