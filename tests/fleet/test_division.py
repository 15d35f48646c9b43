"""However bots come and go, each cluster is watched by one of them, each bot watches about as many, and clusters move
only while something changes."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.division import GIVEN_UP_AT_ONCE, Division, divide, group_of
from bot.model import FLEET_LEASE, LeaseHolders, bot_lease, cluster_lease

CLUSTERS = tuple(f"cluster-{number:03}" for number in range(7))

clusters = st.integers(0, 45).map(lambda count: tuple(f"cluster-{number:03}" for number in range(count)))
names = st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True)


def leases(bots: Sequence[str], watchers: Mapping[str, str], configured: Sequence[str] = CLUSTERS) -> LeaseHolders:
    """The leases of these bots, all configured alike, and of what they watch."""
    alive = {bot_lease(group_of(configured), bot): bot for bot in bots}
    watching = {cluster_lease(cluster): bot for cluster, bot in watchers.items()}
    return LeaseHolders({FLEET_LEASE: bots[0], **alive, **watching})


def renew(bot: str, bots: Sequence[str], watchers: dict[str, str], configured: Sequence[str]) -> Division:
    """One renewal: the bot does at once what it has decided."""
    division = divide(bot, configured, leases(bots, watchers, configured))
    for cluster in division.take:
        assert cluster not in watchers
        watchers[cluster] = bot
    for cluster in division.give_up:
        assert watchers.pop(cluster) == bot
    return division


def settle(bots: Sequence[str], watchers: dict[str, str], configured: Sequence[str]) -> int:
    """Renew in turn until nothing moves, and return how many clusters were given up."""
    given_up = 0
    for _ in range(3 * len(configured) + 3):
        divisions = [renew(bot, bots, watchers, configured) for bot in bots]
        given_up += sum(len(division.give_up) for division in divisions)
        if set(divisions) == {Division()}:
            return given_up
    raise AssertionError(f"clusters still move: {watchers}")


def counts(bots: Sequence[str], watchers: Mapping[str, str]) -> list[int]:
    return [list(watchers.values()).count(bot) for bot in bots]


@given(st.data(), clusters, st.lists(names, min_size=1, max_size=5))
def test_whoever_comes_and_goes_all_is_watched_and_divided_evenly_with_as_few_moves_as_can_be(
    data: st.DataObject, configured: Sequence[str], times: list[list[str]]
) -> None:
    watchers: dict[str, str] = {}
    for bots in times:
        watchers = {cluster: bot for cluster, bot in watchers.items() if bot in bots}
        before = dict(watchers)
        share = -(-len(configured) // len(bots))
        too_many = sum(max(0, count - share) for count in counts(bots, before))
        given_up = settle(data.draw(st.permutations(bots)), watchers, configured)

        assert watchers.keys() == set(configured)
        assert max(counts(bots, watchers)) - min(counts(bots, watchers)) <= 1
        assert max(counts(bots, watchers)) == share
        # A bot with as many as others may have still gives one up if another bot would have two less.
        assert too_many <= given_up <= too_many + len(bots)


@given(names, clusters)
def test_bots_that_see_the_same_take_all_and_no_cluster_twice(bots: list[str], configured: Sequence[str]) -> None:
    seen = leases(bots, {}, configured)
    taken = [cluster for bot in bots for cluster in divide(bot, configured, seen).take]

    assert sorted(taken) == list(configured)


@given(st.data(), names, clusters)
def test_bots_that_decide_at_once_end_up_the_same(
    data: st.DataObject, bots: list[str], configured: Sequence[str]
) -> None:
    """Each has seen the leases before any of the others acted; the store refuses a lease that is taken."""
    watchers = {cluster: data.draw(st.sampled_from(bots)) for cluster in configured}
    for _ in range(len(configured) + 3):
        seen = leases(bots, watchers, configured)
        for bot in bots:
            division = divide(bot, configured, seen)
            for cluster in division.give_up:
                del watchers[cluster]
            for cluster in division.take:
                watchers.setdefault(cluster, bot)

    assert max(counts(bots, watchers)) - min(counts(bots, watchers)) <= 1
    assert watchers.keys() == set(configured)


def test_a_bot_that_is_alone_takes_all_at_once() -> None:
    assert divide("a", CLUSTERS, leases("a", {})) == Division(take=CLUSTERS)


def test_a_bot_that_does_not_see_itself_yet_counts_itself() -> None:
    assert divide("b", CLUSTERS, leases("a", {})).take == CLUSTERS[4:]


def test_of_few_clusters_one_moves_at_a_time_and_of_many_a_tenth() -> None:
    many = tuple(f"cluster-{number:03}" for number in range(100))

    for configured, moved in ((CLUSTERS, 1), (many, 100 // GIVEN_UP_AT_ONCE)):
        watchers = dict.fromkeys(configured, "a")
        assert len(divide("a", configured, leases("ab", watchers, configured)).give_up) == moved


def test_what_a_dead_bot_watched_is_taken_at_once() -> None:
    watchers = dict.fromkeys(CLUSTERS[:4], "a")

    assert divide("a", CLUSTERS, leases("a", watchers)).take == CLUSTERS[4:]


def test_bots_of_two_configurations_leave_each_other_what_they_have_and_take_what_is_free() -> None:
    wider = (*CLUSTERS, "new")
    old = leases("ab", {**dict.fromkeys(CLUSTERS[:4], "a"), **dict.fromkeys(CLUSTERS[4:], "b")})
    both = LeaseHolders({**old.by_name, **leases("c", {}, wider).by_name})

    assert divide("c", wider, both) == Division(take=("new",))
    assert divide("a", CLUSTERS, both) == divide("b", CLUSTERS, both) == Division()


def test_configurations_that_list_the_same_clusters_in_another_order_are_the_same() -> None:
    assert group_of(CLUSTERS) == group_of(CLUSTERS[::-1])
    assert all(group_of(one) != group_of(other) for one, other in pairwise((CLUSTERS, CLUSTERS[1:], ())))


def test_while_a_bot_of_an_earlier_version_does_everything_nothing_is_taken() -> None:
    assert divide("a", CLUSTERS, LeaseHolders({}, single_holder="earlier")) == Division()
