"""What a sequence reports: lines in its thread, its own card or the alerts that it has taken over, and their end."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.errors import Conflict, Unavailable
from bot.fleet.alerts.episodes import end_episode
from bot.fleet.notifications.keys import storm_key
from bot.fleet.notifications.notification import EpisodeCard, StormCard, parse
from bot.fleet.notifications.personal import CustomerStopped
from bot.fleet.notifications.sequence import (
    BegunLine,
    InstructedLine,
    SequenceCard,
    SequenceEndLine,
    StillOpenLine,
    WindowLine,
)
from bot.fleet.sequence import state
from bot.model import (
    AlertReason,
    EndedWindow,
    Ending,
    ExecutionStatus,
    Instruction,
    JoinedWindows,
    JournalEntry,
    OnStuck,
    OpenRun,
    Order,
    Phase,
    Ref,
    SequenceEnd,
    SequenceProgress,
    SequenceSpec,
    Sizes,
    Subscription,
    Window,
    WindowEnd,
)
from bot.usecases.drive.publish import SequenceReport, tell
from tests.fakes.episodes import episode
from tests.fakes.journal import FakeJournal
from tests.fakes.services import NOW, OPERATOR, FakeWorld
from tests.fleet.builders import description, execution, window
from tests.usecases.campaigns.two import two_campaigns

WINDOW = Window(date(2026, 1, 1), date(2026, 2, 21))
CARD = "sequence:s1"


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def spec(thread_key: str = CARD) -> SequenceSpec:
    return SequenceSpec(
        id="s1",
        cluster="voice-prod",
        customer="hilton",
        asked="split",
        clear=(),
        adopt=(),
        days=(WINDOW,),
        sizes=Sizes(5, 1, 5, timedelta(hours=2)),
        parallel=1,
        split_after=2,
        on_stuck=OnStuck.STOP,
        cancel_patience=timedelta(minutes=15),
        started_by=OPERATOR,
        started_at=NOW,
        reason="it times out",
        plan_digest="d1",
        thread_key=thread_key,
    )


def progress(of: SequenceSpec, end: SequenceEnd | None = None) -> SequenceProgress:
    return state.progress(state.begin(of), (), end)


def begun(of: SequenceSpec) -> SequenceReport:
    return SequenceReport(progress(of), 1, (BegunLine(of, windows=11),))


def over(of: SequenceSpec, end: SequenceEnd) -> SequenceReport:
    ended = progress(of, end)
    return SequenceReport(ended, 2, (SequenceEndLine(ended, timedelta(hours=23)),))


async def test_a_sequence_of_its_own_has_a_card_with_the_lines_in_its_thread(world: FakeWorld) -> None:
    await tell(begun(spec()), world.services)

    posted = {key: (parse(each.message.body), each.message.thread_key) for key, each in world.outbox.messages.items()}
    assert list(posted) == [CARD, f"{CARD}:1"]
    assert posted[CARD] == (SequenceCard(progress(spec())), "")
    assert posted[f"{CARD}:1"] == (BegunLine(spec(), 11), CARD)


async def test_lines_are_numbered_on_and_told_twice_say_nothing_more(world: FakeWorld) -> None:
    pause = InstructedLine(spec(), Instruction(Order.PAUSE, OPERATOR, "because"))
    report = SequenceReport(progress(spec()), 7, (pause, replace(pause)))

    await tell(report, world.services)
    revisions = {key: each.revision for key, each in world.outbox.messages.items()}
    await tell(report, world.services)

    assert list(revisions) == [CARD, f"{CARD}:7", f"{CARD}:8"]
    assert {key: each.revision for key, each in world.outbox.messages.items()} == revisions


async def test_of_sequences_that_began_together_each_has_its_card_in_the_thread_of_the_message_about_all(
    world: FakeWorld,
) -> None:
    await tell(begun(spec("bulk:c1")), world.services)

    threads = {key: each.message.thread_key for key, each in world.outbox.messages.items()}
    assert threads == {CARD: "bulk:c1", f"{CARD}:1": "bulk:c1"}


async def test_an_alert_is_taken_over_and_tells_the_story_instead_of_a_card(world: FakeWorld) -> None:
    alert = episode(revision=0)
    await world.journal.record(JournalEntry(episodes=(alert,)), NOW)
    answer = spec(alert.root_key)

    await tell(begun(answer), world.services)

    taken = world.journal.episodes[alert.id]
    assert (taken.sequence, taken.is_open) == (progress(answer), True)
    assert list(world.outbox.messages) == [alert.root_key, f"{CARD}:1"]
    shown = parse(world.outbox.messages[alert.root_key].message.body)
    assert isinstance(shown, EpisodeCard)
    assert shown.episode.sequence == progress(answer)
    assert world.outbox.messages[f"{CARD}:1"].message.thread_key == alert.root_key


@pytest.mark.parametrize(
    ("end", "ending"),
    [
        (SequenceEnd.COMPLETE, Ending.COMPLETED),
        (SequenceEnd.INCOMPLETE, Ending.INCOMPLETE),
        (SequenceEnd.STOPPED, Ending.INCOMPLETE),
        (SequenceEnd.CANCELLED, Ending.CANCELLED),
    ],
)
async def test_the_alert_ends_with_the_sequence_once(world: FakeWorld, end: SequenceEnd, ending: Ending) -> None:
    alert = episode(revision=0)
    await world.journal.record(JournalEntry(episodes=(alert,)), NOW)
    shown = spec(alert.root_key)
    await tell(begun(shown), world.services)

    await tell(over(shown, end), world.services)
    ended = world.journal.episodes[alert.id]
    await tell(over(shown, end), world.services)

    assert (ended.ending, ended.ended_at) == (ending, NOW)
    assert ended.sequence
    assert ended.sequence.phase is Phase.ENDED
    assert world.journal.episodes[alert.id] == ended


@pytest.mark.parametrize(
    "ending", [Ending.CANCELLED, Ending.TERMINATED, Ending.FAILED, Ending.IN_DOUBT, Ending.GONE, Ending.REPLACED]
)
@pytest.mark.parametrize("is_cleared", [True, False])
async def test_an_alert_that_ended_after_the_sequence_began_and_before_its_first_report_is_taken_over_all_the_same(
    world: FakeWorld, ending: Ending, is_cleared: bool
) -> None:
    alert = episode(revision=0)
    shown = replace(spec(alert.root_key), clear=(OpenRun(alert.ref, alert.window),) if is_cleared else ())
    ended = end_episode(alert, ending, NOW).episode
    await world.journal.record(JournalEntry(episodes=(ended,)), NOW)

    await tell(begun(shown), world.services)
    taken = world.journal.episodes[alert.id]
    await tell(over(shown, SequenceEnd.COMPLETE), world.services)
    complete = world.journal.episodes[alert.id]

    assert (taken.sequence, taken.is_open, taken.ended_at) == (progress(shown), True, None)
    assert complete.ending is Ending.COMPLETED


async def test_the_message_of_a_group_counts_all_its_alerts_when_one_of_them_is_open_again(world: FakeWorld) -> None:
    alert = episode(revision=0, group="id-voice-prod-hilton")
    other = episode("vivint", revision=0, group=alert.group, root_key=alert.root_key)
    ended = tuple(end_episode(each, Ending.CANCELLED, NOW).episode for each in (alert, other))
    await world.journal.record(JournalEntry(episodes=ended), NOW)

    await tell(begun(spec(alert.root_key)), world.services)

    card = parse(world.outbox.messages[alert.root_key].message.body)
    assert isinstance(card, StormCard)
    assert (card.names, card.over) == (("hilton", "vivint"), 1)


@pytest.mark.parametrize(
    ("ending", "at"),
    [(Ending.COMPLETED, NOW), (Ending.RECOVERED, NOW), (Ending.FAILED, NOW - timedelta(minutes=1))],
)
async def test_an_alert_that_ended_well_or_before_the_sequence_began_stays_as_it_is(
    world: FakeWorld, ending: Ending, at: datetime
) -> None:
    alert = episode(revision=0)
    shown = spec(alert.root_key)
    ended = end_episode(alert, ending, at).episode
    await world.journal.record(JournalEntry(episodes=(ended,)), NOW)
    before = world.journal.episodes[alert.id]

    await tell(begun(shown), world.services)

    assert world.journal.episodes[alert.id] == before


@pytest.mark.parametrize(
    ("status", "workflow_type", "is_taken_over"),
    [
        (ExecutionStatus.RUNNING, "CustomerBackfill", False),
        (ExecutionStatus.FAILED, "Reindex", False),
        (ExecutionStatus.FAILED, "CustomerBackfill", True),
    ],
)
async def test_an_alert_of_the_same_days_is_taken_over_if_its_run_has_left_them_and_does_the_same_work(
    world: FakeWorld, status: ExecutionStatus, workflow_type: str, is_taken_over: bool
) -> None:
    alert = episode(revision=0)
    await world.journal.record(JournalEntry(episodes=(alert,)), NOW)
    run = execution("hilton", ref=alert.ref, status=status, workflow_type=workflow_type)
    world.engines["voice-prod"].put(description(of=run))

    await tell(begun(spec()), world.services)

    assert (world.journal.episodes[alert.id].sequence is not None) is is_taken_over


@pytest.mark.parametrize(("campaign", "is_taken_over"), [("", True), ("jan", True), ("jan-2", False)])
async def test_an_alert_about_closed_runs_is_taken_over_in_its_own_campaign(
    world: FakeWorld, campaign: str, is_taken_over: bool
) -> None:
    alert = episode(revision=0, alert_reason=AlertReason.FAILED, campaign=campaign)
    await world.journal.record(JournalEntry(episodes=(alert,)), NOW)

    await tell(begun(replace(spec(), campaign="jan")), world.services)

    assert (world.journal.episodes[alert.id].sequence is not None) is is_taken_over


@pytest.mark.parametrize("cluster", ["voice-prod", "voice-as-it-was-called"])
async def test_a_sequence_reports_on_when_its_campaign_has_left_the_cluster_or_the_cluster_is_renamed(
    cluster: str,
) -> None:
    april = {"name": "april", "start": "2026-04-01", "end": "2026-04-02", "clusters": ["chat-prod"]}
    world = two_campaigns(april)
    alert = episode(revision=0, cluster=cluster)
    await world.journal.record(JournalEntry(episodes=(alert,)), NOW)
    run = execution("hilton", ref=alert.ref, status=ExecutionStatus.FAILED)
    world.engines["voice-prod"].put(description(of=run))

    await tell(begun(replace(spec(), cluster=cluster, campaign="april")), world.services)

    assert CARD in world.outbox.messages
    assert world.journal.episodes[alert.id].sequence is None


async def test_while_the_run_of_an_alert_cannot_be_described_the_alert_waits_for_the_next_report(
    world: FakeWorld,
) -> None:
    alert = episode(revision=0)
    await world.journal.record(JournalEntry(episodes=(alert,)), NOW)
    world.engines["voice-prod"].away = Unavailable("Temporal of voice-prod", "connection refused")
    await tell(begun(spec()), world.services)
    before = world.journal.episodes[alert.id]
    world.engines["voice-prod"].away = None
    await tell(over(spec(), SequenceEnd.COMPLETE), world.services)

    assert before.sequence is None
    assert world.journal.episodes[alert.id].ending is Ending.COMPLETED


async def test_alerts_of_others_are_left_alone(world: FakeWorld) -> None:
    others = episode("vivint", revision=0), episode("hilton", cluster="us-east-1-prod", revision=0)
    await world.journal.record(JournalEntry(episodes=others), NOW)

    await tell(begun(spec()), world.services)

    assert [each.sequence for each in world.journal.episodes.values()] == [None, None]


async def test_what_waits_for_a_person_is_shown_in_the_channel_too(world: FakeWorld) -> None:
    still = StillOpenLine(spec(), Ref("voice-prod", "w", "r"), WINDOW, timedelta(minutes=15))
    stopped, complete = progress(spec(), SequenceEnd.STOPPED), progress(spec(), SequenceEnd.COMPLETE)
    ends = [SequenceEndLine(each, timedelta(hours=1)) for each in (stopped, complete)]

    await tell(SequenceReport(stopped, 1, (still, BegunLine(spec(), 11), ends[0])), world.services)
    await tell(SequenceReport(complete, 4, (ends[1],)), world.services)

    shown = [world.outbox.messages[f"{CARD}:{number}"].message.broadcast for number in (1, 2, 3, 4)]
    assert shown == [True, False, True, False]


class Overtaken(FakeJournal):
    """Acknowledges an alert just before it is recorded, this many times."""

    times = 1

    async def record(self, entry: JournalEntry, now: datetime) -> None:
        if self.times and entry.episodes:
            self.times -= 1
            known = self.episodes[entry.episodes[0].id]
            await super().record(JournalEntry(episodes=(replace(known, acked_by=OPERATOR),)), now)
        await super().record(entry, now)


async def overtaken(world: FakeWorld, times: int) -> SequenceSpec:
    """The sequence of an alert that others change meanwhile."""
    alert = episode(revision=0)
    journal = Overtaken(world.outbox)
    await FakeJournal.record(journal, JournalEntry(episodes=(alert,)), NOW)
    journal.times = times
    world.journal = journal
    return spec(alert.root_key)


async def test_an_alert_that_somebody_changes_meanwhile_is_read_again(world: FakeWorld) -> None:
    shown = await overtaken(world, times=1)

    await tell(begun(shown), world.services)

    (alert,) = world.journal.episodes.values()
    assert (alert.acked_by, alert.sequence) == (OPERATOR, progress(shown))


async def test_what_cannot_be_recorded_now_is_left_to_another_try(world: FakeWorld) -> None:
    shown = await overtaken(world, times=9)
    with pytest.raises(Conflict):
        await tell(begun(shown), world.services)

    world.journal.away = Unavailable("store", "locked")
    with pytest.raises(Unavailable):
        await tell(begun(shown), world.services)


async def test_a_storm_counts_the_alert_that_ended_with_its_sequence(world: FakeWorld) -> None:
    opened = NOW - timedelta(hours=1)
    storm = storm_key("voice-prod", opened)
    alerts = [episode(name, revision=0, root_key=storm, opened_at=opened) for name in ("hilton", "vivint")]
    await world.journal.record(JournalEntry(episodes=tuple(alerts)), NOW)

    await tell(over(spec(storm), SequenceEnd.COMPLETE), world.services)

    card = parse(world.outbox.messages[storm].message.body)
    assert isinstance(card, StormCard)
    assert (card.names, card.over, card.completed) == (("hilton", "vivint"), 1, 1)


@pytest.mark.parametrize(
    ("end", "is_told"),
    [
        (SequenceEnd.COMPLETE, False),
        (SequenceEnd.CANCELLED, True),
        (SequenceEnd.STOPPED, True),
        (SequenceEnd.INCOMPLETE, True),
        (SequenceEnd.IN_DOUBT, True),
    ],
)
async def test_who_asked_hears_once_that_a_sequence_does_not_go_on(
    world: FakeWorld, end: SequenceEnd, is_told: bool
) -> None:
    await world.subscriptions.add(Subscription("voice-prod", "hilton", "U0VICTOR", NOW))
    await world.subscriptions.add(Subscription("voice-prod", "vivint", "U0VICTOR", NOW))
    for _ in range(2):
        await tell(over(spec(), end), world.services)

    direct = [each.message.destination for key, each in world.outbox.messages.items() if key.startswith("notify:")]
    assert direct == (["U0VICTOR"] if is_told else [])
    waiting = [each.customer for each in await world.subscriptions.waiting()]
    assert waiting == (["vivint"] if is_told else ["hilton", "vivint"])


async def test_who_asked_about_one_of_several_campaigns_hears_in_which_a_sequence_does_not_go_on() -> None:
    world = two_campaigns()
    march = replace(spec(), campaign="march")
    await world.subscriptions.add(Subscription("voice-prod", "hilton", "U0VICTOR", NOW, "march"))
    await tell(over(march, SequenceEnd.STOPPED), world.services)

    (note,) = [parse(each.message.body) for key, each in world.outbox.messages.items() if key.startswith("notify:")]
    assert note == CustomerStopped(progress(march, SequenceEnd.STOPPED), "march")


async def test_windows_that_share_a_line_are_one_message_which_is_edited(world: FakeWorld) -> None:
    first, second = joined_window(4, 1), joined_window(5, 2)
    await tell(SequenceReport(progress(spec()), 5, (first,)), world.services)
    await tell(SequenceReport(progress(spec()), 6, (second,)), world.services)
    after_edit = world.outbox.messages[f"{CARD}:5"]
    await tell(SequenceReport(progress(spec()), 6, (second,)), world.services)

    assert list(world.outbox.messages) == [CARD, f"{CARD}:5"]
    assert (parse(after_edit.message.body), after_edit.revision) == (second, 2)
    assert world.outbox.messages[f"{CARD}:5"].revision == 2


async def test_windows_that_end_together_and_share_a_line_are_told_once(world: FakeWorld) -> None:
    lines = (joined_window(4, 1), joined_window(5, 2))
    await tell(SequenceReport(progress(spec()), 5, lines), world.services)

    assert list(world.outbox.messages) == [CARD, f"{CARD}:5"]
    assert parse(world.outbox.messages[f"{CARD}:5"].message.body) == lines[1]


def joined_window(number: int, windows: int) -> WindowLine:
    """Window ``number`` of one day, which shares line 5 with those from window 4 on."""
    took = timedelta(minutes=20)
    ended = EndedWindow(number, window(number, number + 1), WindowEnd.COMPLETE, took)
    together = JoinedWindows(5, windows, window(4, number + 1), took, took, None)
    return WindowLine(spec(), ended, number, 51, None, 1, 1, joined=together)
