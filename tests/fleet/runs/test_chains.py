"""Chains: the links of one logical run are one run, with the days, the failures and the start of all of them."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.chains import earlier_links, joined_by_chain
from bot.fleet.runs.run import Run
from bot.model import Execution, ExecutionStatus, Window
from bot.model.execution import CHAIN_HINT
from tests.fleet.builders import CAMPAIGN, HOUR, MINUTE, NOW, TIMED_OUT, run, seen, window
from tests.fleet.builders import execution as make_execution

CONTINUED, COMPLETED, RUNNING = (
    ExecutionStatus.CONTINUED_AS_NEW,
    ExecutionStatus.COMPLETED,
    ExecutionStatus.RUNNING,
)


def link(
    number: int, status: ExecutionStatus = CONTINUED, customer: str = "hilton", first: str = "run-1"
) -> Execution:
    """Link ``number`` of a chain, which started so many hours after the first one and took an hour."""
    started_at = NOW - 10 * HOUR + number * HOUR
    closed_at = None if status.is_open else started_at + HOUR
    return make_execution(
        customer,
        run=str(number),
        status=status,
        started_at=started_at,
        closed_at=closed_at,
        hints={CHAIN_HINT: first},
    )


def runs(*links: Execution, days: Window = CAMPAIGN) -> list[Run]:
    return [run(of, days) for of in links]


def test_the_links_of_a_chain_are_one_run_that_stands_as_its_latest_link() -> None:
    links = [link(1), link(2), link(3, COMPLETED)]

    (chain,) = joined_by_chain(runs(*links))

    assert chain.execution == links[2]
    assert chain.links == (links[0], links[1])
    assert chain.started_at == links[0].started_at
    assert chain.age(NOW) == 3 * HOUR
    assert chain.refs == (links[2].ref, links[1].ref, links[0].ref)


def test_the_open_link_stands_for_the_chain() -> None:
    base, reset = link(1, COMPLETED), link(2, RUNNING)
    (chain,) = joined_by_chain(runs(base, reset))

    assert chain.is_open
    assert chain.age(NOW) == 9 * HOUR


def test_a_run_that_was_never_described_is_a_chain_of_its_own() -> None:
    unread = replace(link(2), hints={})
    assert len(joined_by_chain(runs(link(1), unread))) == 2


def test_runs_without_links_are_returned_as_they_are() -> None:
    alone = runs(link(1, COMPLETED), link(2, RUNNING, first="run-2"))
    assert joined_by_chain(alone) == alone


def test_links_for_another_customer_are_a_run_of_their_own() -> None:
    hilton, vivint = link(1, CONTINUED), link(2, COMPLETED, "vivint")
    same_id = replace(vivint, ref=replace(hilton.ref, run_id="run-2"))
    vivint_run = replace(run(vivint, CAMPAIGN), execution=same_id)

    assert joined_by_chain([run(hilton, CAMPAIGN), vivint_run]) == [run(hilton, CAMPAIGN), vivint_run]


def test_links_that_tell_what_is_left_are_for_the_days_of_the_first_one() -> None:
    days = (window(1, 11), window(4, 11), window(9, 11))
    links = [run(link(n, CONTINUED if n < 3 else COMPLETED), days[n - 1]) for n in (1, 2, 3)]
    (chain,) = joined_by_chain(links)

    assert chain.window == window(1, 11)


def test_links_that_tell_their_own_part_are_for_all_parts() -> None:
    links = [run(link(1), window(1, 6)), run(link(2, COMPLETED), window(6, 11))]
    (chain,) = joined_by_chain(links)

    assert chain.window == window(1, 11)


def test_days_between_the_parts_of_links_are_never_taken_as_theirs() -> None:
    links = [run(link(1), window(1, 4)), run(link(2, COMPLETED), window(6, 11))]
    (chain,) = joined_by_chain(links)

    assert chain.window == window(6, 11)


def test_the_failures_of_all_links_are_those_of_the_chain_oldest_first() -> None:
    first, second = link(1), link(2, RUNNING)
    early, late = seen(1, TIMED_OUT, first.ref), seen(1, TIMED_OUT, second.ref)
    known_already = run(second, CAMPAIGN, failures=(early, late))
    (chain,) = joined_by_chain([run(first, CAMPAIGN, failures=(early,)), known_already])

    assert chain.failures == (early, late)


def test_the_links_before_a_run_are_found_by_the_run_that_began_the_chain() -> None:
    links = [link(1), link(2), link(3, RUNNING)]
    others = [link(1, customer="vivint"), link(7, COMPLETED, first="run-7")]

    assert earlier_links([links[2]], [*reversed(links), *others]) == {links[2].ref: (links[0], links[1])}


def test_a_run_that_began_its_chain_has_no_links_before_it() -> None:
    assert earlier_links([link(1, RUNNING)], [link(1, RUNNING)]) == {}


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.randoms())
def test_whatever_the_order_each_chain_is_one_run_and_no_link_is_lost(sizes: list[int], order: Random) -> None:
    links: list[Execution] = []
    for number, size in enumerate(sizes):
        chain = [
            link(n, COMPLETED if n == size else CONTINUED, f"customer{number}", first="run-1")
            for n in range(1, size + 1)
        ]
        links += chain
    given_runs = runs(*links)
    order.shuffle(given_runs)

    joined = joined_by_chain(given_runs)

    assert len(joined) == len(sizes)
    assert {ref for chain in joined for ref in chain.refs} == {each.ref for each in links}
    assert all(chain.execution.status is COMPLETED for chain in joined)
    assert sorted(chain.age(NOW) for chain in joined) == sorted(size * HOUR for size in sizes)
    places = [given_runs.index(next(r for r in given_runs if r.execution is c.execution)) for c in joined]
    assert places == sorted(places)


def test_a_link_that_took_moments_does_not_measure_the_chain() -> None:
    short = replace(link(3, COMPLETED), closed_at=link(3).started_at + timedelta(seconds=3))
    (chain,) = joined_by_chain(runs(link(1), link(2), short))

    assert chain.age(NOW) == 2 * HOUR + timedelta(seconds=3)
    assert chain.age(NOW) > MINUTE
