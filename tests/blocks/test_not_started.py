"""What a message says of customers that are not started: how many, and what to type."""

from dataclasses import replace

from bot.blocks import not_started
from bot.blocks.customer_status import customer_status
from bot.blocks.digest import card, render
from bot.blocks.home import render as render_home
from bot.blocks.status import render as render_status
from bot.commands import Status
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.notification import DigestCard
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, FleetStatus
from bot.fleet.status.board import Board, ClusterRow, row_of
from bot.fleet.status.digest import digest_of
from bot.fleet.status.home import Home
from bot.fleet.status.queue import QueuePlace, QueueSilent
from bot.fleet.status.snapshot import News
from tests.blocks.gate import taken_by_slack, texts
from tests.fleet.builders import CAMPAIGN, HOUR, NOW

VOICE, CHAT = "voice-prod", "chat-prod"


def row(cluster: str, *customers: str) -> ClusterRow:
    return row_of(ClusterView(cluster, NOW, (), ()), customers, CAMPAIGN)


MONDAY = Board(CAMPAIGN, NOW, (row(VOICE, "hilton", "vivint", "spirit"), row(CHAT, "verizon", "boost", "cvs")))


def waiting(turn: QueuePlace | QueueSilent) -> Board:
    """A board whose customers all have this turn in the queue."""
    rows = (replace(each, customers=tuple(replace(b, turn=turn) for b in each.customers)) for each in MONDAY.answered)
    return replace(MONDAY, rows=tuple(rows))


def plain(targets: list[Target], campaign: str = "", only: tuple[str, ...] = ()) -> list[str]:
    return [line.plain for line in not_started.lines(targets, campaign, only)]


def test_all_are_queued_by_one_command_and_one_is_started_by_its_name() -> None:
    hilton, vivint, verizon = Target(VOICE, "hilton"), Target(VOICE, "vivint"), Target(CHAT, "verizon")

    assert plain([hilton, vivint, verizon]) == ["3 not started: /backfill run all queues them."]
    assert plain([hilton, vivint], "march") == ["2 not started: /backfill run voice-prod in march queues them."]
    assert plain([hilton]) == ["1 not started: /backfill run voice-prod/hilton starts it."]
    assert plain([]) == []


def test_each_of_the_named_clusters_has_a_line_of_its_own() -> None:
    targets = [Target(VOICE, "hilton"), Target(VOICE, "vivint"), Target(CHAT, "verizon")]

    assert plain(targets, only=(VOICE,)) == ["2 not started: /backfill run voice-prod queues them."]


def test_on_a_monday_status_the_digest_and_home_say_how_to_begin() -> None:
    line = "6 not started: /backfill run all queues them."
    status = taken_by_slack(render_status(FleetStatus(MONDAY), Status()))
    digest = taken_by_slack(render(digest_of(MONDAY, News(None), (), {})))
    home = texts(render_home(Home(MONDAY, may_change=True)))

    assert line in status.text
    assert line in digest.text
    assert home[0] == "0 of 6 customers complete · 6 not started"
    assert any("*6 not started*: `/backfill run all` queues them." in text for text in home)


def test_a_digest_without_news_says_how_to_begin_in_its_one_line() -> None:
    quiet = card(DigestCard(digest_of(MONDAY, News(NOW - HOUR), (), {})))

    assert quiet.text.splitlines() == [quiet.text]
    assert quiet.text.endswith("6 not started: /backfill run all queues them.")


def test_a_cluster_and_a_customer_say_how_to_begin_them() -> None:
    of_voice = replace(MONDAY, rows=MONDAY.rows[:1])
    (hilton, *_) = of_voice.answered[0].customers

    assert (
        "/backfill run voice-prod queues them."
        in render_status(ClusterStatus(VOICE, of_voice), Status(target=VOICE)).text
    )
    answer = customer_status(CustomerStatus(VOICE, "hilton", CAMPAIGN, NOW, hilton), Status(target="hilton"))
    assert "/backfill run voice-prod/hilton starts it." in answer.text


def test_status_in_a_campaign_begins_them_in_that_campaign() -> None:
    (hilton, *_) = MONDAY.answered[0].customers
    fleet = render_status(FleetStatus(MONDAY), Status(campaign="march"))
    customer = CustomerStatus(VOICE, "hilton", CAMPAIGN, NOW, hilton)

    assert "/backfill run all in march queues them." in fleet.text
    assert "/backfill run voice-prod/hilton in march starts it." in (
        customer_status(customer, Status(target="hilton", campaign="march")).text
    )


def test_home_tells_it_only_to_those_who_may_start_them() -> None:
    viewer, of_chat = Home(MONDAY, may_change=False), Home(MONDAY, may_change=False, clusters=(CHAT,))

    assert not any("queues them" in text for text in texts(render_home(viewer)))
    assert any(
        "*3 not started*: `/backfill run chat-prod` queues them." in text for text in texts(render_home(of_chat))
    )


def test_customers_that_wait_in_a_queue_or_may_do_so_are_not_to_be_queued_again() -> None:
    for turn in (QueuePlace(1, 6, "U0OLIVIA", "the January gap"), QueueSilent("no answer")):
        board = waiting(turn)
        assert "queues them" not in render_status(FleetStatus(board), Status()).text
        assert "queues them" not in render(digest_of(board, News(None), (), {})).text
        assert not any("queues them" in text for text in texts(render_home(Home(board, may_change=True))))
