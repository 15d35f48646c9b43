"""Which alerts share a message. Only the time between them counts, not the passes that open them."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.alerts.answers import snooze_episodes
from bot.fleet.alerts.reconcile import Changes, Pass, Rules, reconcile
from bot.fleet.notifications import notification
from bot.fleet.notifications.keys import card_key, storm_key
from bot.fleet.runs.observation import DescribedRun
from bot.model import Ending, Episode, OutboxMessage
from tests.fakes.episodes import acknowledge_episode
from tests.fleet.alerts.test_reconcile import ALICE, MINUTE, NOW, described_run, ref

WITHIN = timedelta(minutes=10)
RULES = Rules(storm=5, remind_after=timedelta(hours=4), storm_within=WITHIN)


class Story:
    """A cluster's alerts over many passes, as a store would keep them."""

    def __init__(self, *known: Episode) -> None:
        self.episodes = {episode.id: episode for episode in known}
        self.bodies: dict[str, OutboxMessage] = {}

    def make_pass(self, now: datetime, *runs: DescribedRun) -> Changes:
        open_roots = {e.root_key for e in self.episodes.values() if e.is_open}
        known = [e for e in self.episodes.values() if e.root_key in open_roots or e.opened_at >= now - WITHIN]
        changes = reconcile(Pass("voice-prod", runs, known, {}, now), RULES)
        self.episodes |= {e.id: replace(e, revision=e.revision + 1) for e in changes.episodes}
        self.bodies |= {message.key: message for message in changes.messages}
        return changes

    def roots(self) -> list[notification.Notification]:
        return [notification.parse(message.body) for message in self.bodies.values() if not message.thread_key]

    def group(self) -> notification.StormCard:
        (root,) = self.roots()
        assert isinstance(root, notification.StormCard)
        return root

    def lines(self) -> list[str]:
        return [
            s.key for s in self.bodies.values() if isinstance(notification.parse(s.body), notification.EpisodeCard)
        ]


def run_of(customer: str, run: int) -> DescribedRun:
    return described_run(customer, ref=replace(ref(customer), run_id=f"run-{run}"))


def test_three_and_then_five_customers_within_two_seconds_are_one_message() -> None:
    story = Story()
    story.make_pass(NOW, *(described_run(f"c{n}") for n in range(3)))
    story.make_pass(NOW + timedelta(seconds=2), *(described_run(f"c{n}") for n in range(8)))

    assert story.group().names == tuple(f"c{n}" for n in range(8))
    assert story.group().is_large
    assert len(story.lines()) == 8


def test_the_first_is_told_at_once_and_its_message_becomes_that_of_the_group() -> None:
    story = Story()
    alone = story.make_pass(NOW, described_run("hilton"))
    (first,) = alone.episodes
    acked, _ = acknowledge_episode(replace(first, revision=1), ALICE, NOW)
    story.episodes[first.id] = replace(acked, revision=2)
    story.make_pass(NOW + MINUTE, described_run("vivint"))
    grouped = story.episodes[first.id]

    assert story.group().names == ("hilton", "vivint")
    assert not story.group().is_large
    assert next(iter(story.bodies)) == first.root_key
    assert story.bodies[card_key(grouped)].thread_key == first.root_key
    assert grouped.acked_by == ALICE.user_id
    assert not any(message.broadcast for message in story.bodies.values())


def test_several_alerts_of_one_customer_gather_nobody() -> None:
    story = Story()
    story.make_pass(NOW, run_of("hilton", 1), run_of("hilton", 2))
    story.make_pass(NOW + MINUTE, run_of("hilton", 3))

    assert [root.kind for root in story.roots()] == ["episode"] * 3


def test_a_customer_that_is_not_recognised_is_one_by_its_workflow() -> None:
    story = Story()
    story.make_pass(NOW, *(replace(described_run(name), customer="") for name in "ab"))

    assert len(story.group().names) == 2


def test_what_comes_later_than_that_is_told_anew() -> None:
    story = Story()
    story.make_pass(NOW, described_run("hilton"))
    story.make_pass(NOW + WITHIN, described_run("vivint"))

    assert [root.kind for root in story.roots()] == ["episode", "episode"]


def test_a_message_of_which_all_alerts_are_over_gathers_nobody() -> None:
    """Slack notifies nobody of an edit, and a white line calls nobody to the forty that follow."""
    story, customers = Story(), [f"c{n}" for n in range(40)]
    story.make_pass(NOW, described_run("hilton"))
    story.make_pass(NOW + MINUTE, described_run("hilton", ending=Ending.CANCELLED))
    story.make_pass(NOW + 8 * MINUTE, *map(described_run, customers))

    alone, group = story.roots()
    assert isinstance(alone, notification.EpisodeCard)
    assert isinstance(group, notification.StormCard)
    assert (alone.episode.customer, set(group.names)) == ("hilton", set(customers))


def test_a_message_whose_last_alert_ends_in_the_same_pass_gathers_nobody() -> None:
    story = Story()
    story.make_pass(NOW, described_run("hilton"))
    changes = story.make_pass(
        NOW + MINUTE,
        described_run("hilton", ending=Ending.CANCELLED),
        described_run("vivint"),
        described_run("spirit"),
    )

    assert [root.kind for root in story.roots()] == ["episode", "storm"]
    assert {e.customer for e in changes.episodes if e.group} == {"spirit", "vivint"}


def test_a_group_gathers_others_as_long_as_one_of_it_is_open() -> None:
    story = Story()
    story.make_pass(NOW, described_run("hilton"), described_run("vivint"))
    story.make_pass(NOW + MINUTE, described_run("hilton", ending=Ending.COMPLETED))
    story.make_pass(NOW + 2 * MINUTE, described_run("spirit"))

    assert (story.group().names, story.group().over) == (("hilton", "spirit", "vivint"), 1)


def test_the_message_is_over_when_all_are() -> None:
    story = Story()
    story.make_pass(NOW, described_run("hilton"), described_run("vivint"))
    story.make_pass(NOW + MINUTE, described_run("hilton", ending=Ending.COMPLETED))
    during = story.group()
    story.make_pass(NOW + 2 * MINUTE, described_run("vivint", ending=Ending.COMPLETED))

    assert (during.over, story.group().over, story.group().completed) == (1, 2, 2)


def test_whoever_counts_a_group_records_its_first_alert_too_so_that_two_do_not_count_at_once() -> None:
    story = Story()
    story.make_pass(NOW, described_run("hilton"), described_run("vivint"))
    first = next(e for e in story.episodes.values() if e.group == e.id)
    other = next(e for e in story.episodes.values() if e.group != e.id)
    changes = story.make_pass(NOW + MINUTE, described_run(other.customer, ending=Ending.COMPLETED))

    assert {e.id for e in changes.episodes} == {first.id, other.id}


def test_looking_again_at_a_group_says_nothing() -> None:
    story = Story()
    runs = [described_run(f"c{n}") for n in range(4)]
    story.make_pass(NOW, *runs)

    assert story.make_pass(NOW + timedelta(seconds=1), *runs) == Changes((), ())


def test_a_storm_of_the_version_before_keeps_its_message_and_counts_on() -> None:
    old = [
        replace(e, root_key=storm_key("voice-prod", NOW), group="")
        for e in Story().make_pass(NOW, *(described_run(f"c{n}") for n in range(6))).episodes
    ]
    story = Story(*old)
    story.make_pass(NOW + MINUTE, described_run("c0", ending=Ending.COMPLETED))

    assert story.group().over == 1
    assert {e.root_key for e in story.episodes.values()} == {storm_key("voice-prod", NOW)}


def test_an_alert_that_a_wrong_clock_has_opened_far_ahead_gathers_nobody() -> None:
    story = Story()
    story.make_pass(NOW + timedelta(hours=2), described_run("hilton"))
    story.make_pass(NOW, described_run("vivint"))

    assert [root.kind for root in story.roots()] == ["episode", "episode"]


ARRIVALS = st.lists(
    st.tuples(st.integers(0, 3_000), st.sampled_from("abcdefgh")),
    min_size=1,
    max_size=12,
    unique_by=lambda arrival: arrival[1],
)


@given(arrivals=ARRIVALS, every=st.integers(10, 300))
def test_whatever_passes_they_fall_into_two_messages_are_never_closer_than_that(
    arrivals: list[tuple[int, str]], every: int
) -> None:
    """Each customer arrives once, at any second. Passes run at any interval, and send reminders too."""
    story = Story()
    for second in range(0, 3_000 + every, every):
        runs = [described_run(name) for at, name in arrivals if at <= second]
        story.make_pass(NOW + timedelta(seconds=second), *runs)
    opened = sorted(e.opened_at for e in story.episodes.values() if e.root_key == f"episode:{e.id}")

    assert len(story.roots()) == len(opened)
    assert all(later - earlier >= WITHIN for earlier, later in pairwise(opened))
    assert {card_key(e) for e in story.episodes.values()} <= set(story.bodies)
    assert {e.customer for e in story.episodes.values()} == {name for _, name in arrivals}


def reminders(changes: Changes) -> list[notification.ReminderLine]:
    parsed = map(notification.parse, (message.body for message in changes.messages))
    return [line for line in parsed if isinstance(line, notification.ReminderLine)]


def test_alerts_of_one_group_that_nobody_answers_are_repeated_in_one_line() -> None:
    story, runs = Story(), [described_run(f"c{n}") for n in range(6)]
    story.make_pass(NOW, runs[0])
    story.make_pass(NOW + MINUTE, *runs)
    answered = next(e for e in story.episodes.values() if e.customer == "c3")
    story.episodes[answered.id] = acknowledge_episode(answered, ALICE, NOW)[0]
    first = story.make_pass(NOW + RULES.remind_after, *runs[:1])
    at_once = story.make_pass(NOW + RULES.remind_after + MINUTE, *runs)
    second = story.make_pass(NOW + 2 * RULES.remind_after, *runs[:1])

    assert [(line.name.split()[0], line.others) for line in reminders(first)] == [("c0", 4)]
    assert sum(message.broadcast for message in first.messages) == 1
    assert reminders(at_once) == []
    assert [line.others for line in reminders(second)] == [4]
    assert {e.customer: e.reminders for e in story.episodes.values()} == {
        f"c{n}": 0 if n == 3 else 2 for n in range(6)
    }


def test_a_snooze_of_a_whole_group_ends_in_one_line() -> None:
    story, runs = Story(), [described_run(f"c{n}") for n in range(3)]
    story.make_pass(NOW, *runs)
    quiet, _ = snooze_episodes(tuple(story.episodes.values()), ALICE, NOW + 30 * MINUTE, NOW)
    story.episodes = {e.id: e for e in quiet}
    over = story.make_pass(NOW + 31 * MINUTE, *runs)

    assert [(line.after_snooze, line.others) for line in reminders(over)] == [(True, 2)]
    assert [e.quiet for e in story.episodes.values()] == [None] * 3


def test_alerts_apart_are_repeated_each_in_its_own_thread() -> None:
    story, runs = Story(), [described_run(name) for name in ("hilton", "vivint")]
    story.make_pass(NOW, runs[0])
    story.make_pass(NOW + 2 * WITHIN, *runs)
    both = story.make_pass(NOW + 2 * WITHIN + RULES.remind_after, *runs)

    assert [(line.name, line.others) for line in reminders(both)] == [("hilton", 0), ("vivint", 0)]
