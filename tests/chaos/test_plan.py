"""What goes wrong is drawn from a seed alone, and all of it does."""

from itertools import islice

from tests.chaos.plan import Away, Connects, Kill, Moment, SlackMisbehaves, Trouble, Unreachable, planned, standing

CLUSTERS = ("us-east-1-prod", "voice-prod")


def plan(seed: int = 1, kills: int = 200, bots: int = 1) -> list[Moment]:
    return list(planned(seed, kills, bots, CLUSTERS))


def of_kind(moments: list[Moment], kind: type[Trouble]) -> list[Trouble]:
    return [moment.trouble for moment in moments if isinstance(moment.trouble, kind)]


def test_a_seed_gives_the_same_day_again_and_another_one_another_day() -> None:
    assert plan(seed=1) == plan(seed=1)
    assert plan(seed=1) != plan(seed=2)
    assert list(standing(1)) == list(standing(1))


def test_two_hundred_kills_come_with_every_other_kind_of_trouble() -> None:
    moments = plan()

    assert len(of_kind(moments, Kill)) == 200
    for kind in (Connects, SlackMisbehaves, Away, Unreachable):
        assert len(of_kind(moments, kind)) >= 10, kind
    assert {away.part for away in of_kind(moments, Away) if isinstance(away, Away)} == {"temporal", "clickhouse"}


def test_each_of_two_bots_is_killed_and_some_of_their_leases_run_out_by_themselves() -> None:
    kills = [kill for kill in of_kind(plan(bots=2), Kill) if isinstance(kill, Kill)]

    assert {kill.bot for kill in kills} == {0, 1}
    assert {kill.lapses for kill in kills} == {True, False}


def test_a_short_day_begins_like_a_long_one() -> None:
    short = plan(kills=10)

    assert short == list(islice(planned(1, 200, 1, CLUSTERS), len(short)))
