"""The message of many alerts of one cluster that open at once."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.actions import ActionId, command_of
from bot.blocks.notifications import draw
from bot.commands import Split
from bot.fleet.notifications import notification
from bot.fleet.notifications.notification import GroupMember
from bot.model import AlertFacts, AlertReason, Ending
from tests.blocks.gate import action_ids, elements_of, taken_by_slack

NOW = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)


def test_a_storm_names_everybody_and_says_where_to_look_first() -> None:
    names = tuple(f"customer-{n}" for n in range(12))
    message = draw(notification.StormCard("voice-prod", names, over=3, opened_at=NOW))

    assert message.text.startswith("12 backfills on voice-prod timed out on heartbeat at once. 3 of them have ended.")
    assert "customer-11" in message.text


@pytest.mark.parametrize(
    ("over", "completed", "expected"),
    [
        (1, 0, "3 backfills on voice-prod timed out on heartbeat at once. 1 of them has ended. Suggested: "),
        (3, 3, "voice-prod: all 3 backfills that timed out on heartbeat together are complete."),
        (3, 1, "voice-prod: all 3 backfills that timed out on heartbeat together are over, 1 of them complete."),
        (3, 0, "voice-prod: all 3 backfills that timed out on heartbeat together are over, none of them complete."),
    ],
)
def test_a_storm_that_passes_is_green_only_where_everything_completed(
    over: int, completed: int, expected: str
) -> None:
    message = draw(notification.StormCard("voice-prod", ("a", "b", "c"), over, NOW, completed))

    assert message.text.startswith(expected)
    assert (":large_green_circle:" in json.dumps(message.blocks)) == (completed == 3)


def test_a_storm_names_a_customer_with_several_runs_once_and_says_how_many() -> None:
    names = ("marriott", "marriott", "marriott", "spirit", "united-east", "united-east")

    assert draw(notification.StormCard("voice-prod", names, over=0, opened_at=NOW)).text.endswith(
        "marriott (3), spirit, united-east (2)."
    )


@pytest.mark.parametrize(
    ("is_large", "over", "shown"), [(True, 0, ["control.split_all"]), (True, 12, []), (False, 0, [])]
)
def test_a_large_group_that_is_not_over_has_a_button_that_splits_them_all(
    is_large: bool, over: int, shown: list[str]
) -> None:
    names = tuple(f"customer-{n}" for n in range(12))
    card = notification.StormCard("voice-prod", names, over, opened_at=NOW, is_large=is_large)

    assert action_ids(taken_by_slack(draw(card))) == shown


GROUP = notification.StormCard(
    "us-east-1-prod",
    ("marriott", "nrg", "spirit", "united-east"),
    over=1,
    opened_at=NOW,
    is_large=False,
    members=(
        GroupMember("marriott", "https://temporal.test/marriott", acked_by="UNOOR"),
        GroupMember("nrg", "https://temporal.test/nrg", is_taken_over=True),
        GroupMember("spirit", "https://temporal.test/spirit", Ending.RECOVERED),
        GroupMember("united-east", "https://temporal.test/united-east"),
    ),
    first="e1",
)


def test_a_group_says_who_still_needs_a_person_and_links_each_to_its_run() -> None:
    message = draw(GROUP)

    assert message.text == (
        "4 backfills on us-east-1-prod timed out on heartbeat at once. 2 of them still need a person. "
        "Suggested: see first whether they share a cause (workers, ClickHouse). If not, split each into smaller "
        "windows: its run ends first, rows already written stay, and a dialog shows the plan. "
        "Still open (2): marriott, united-east. "
        "Now running as windows (1): nrg. Recovered (1): spirit. Acknowledged by UNOOR: marriott."
    )
    assert "<https://temporal.test/united-east|united-east>" in json.dumps(message.blocks)


def test_each_member_of_a_small_group_that_needs_a_person_has_its_progress_and_the_suggested_act() -> None:
    tried = [
        replace(member, customer=member.name, attempt=5, reached="day 2026-01-03, 30 of 1,000 rows")
        for member in GROUP.members
    ]
    shown = taken_by_slack(draw(replace(GROUP, members=tuple(tried))))

    assert "marriott: on attempt 5; attempt 4 reached Jan 3 (3%). united-east: on attempt 5;" in shown.text
    assert "Still open" not in shown.text
    assert [action_id.partition("#")[0] for action_id in action_ids(shown)] == [
        "control.split",
        "control.split",
        "alert.ack_group",
    ]


def test_a_group_never_suggests_to_end_its_runs() -> None:
    members = tuple(replace(member, customer=member.name) for member in GROUP.members)
    for reason in (AlertReason.BLOCKED, AlertReason.STALLED, AlertReason.NO_WORKER, AlertReason.RETRYING):
        shown = taken_by_slack(draw(replace(GROUP, members=members, alert_reason=reason)))

        assert [action_id.partition("#")[0] for action_id in action_ids(shown)] == ["alert.ack_group"]


def test_the_buttons_of_a_group_act_in_the_campaign_of_its_alerts() -> None:
    def campaigns(*names: str, is_large: bool) -> list[str]:
        members = tuple(
            GroupMember(f"customer-{n}", customer=f"customer-{n}", campaign=c) for n, c in enumerate(names)
        )
        card = replace(GROUP, names=tuple(m.name for m in members), over=0, members=members, is_large=is_large)
        pressed = elements_of(draw(card).blocks)
        commands = [command_of(button["action_id"], button["value"]) for button in pressed]
        return [command.campaign for command in commands if isinstance(command, Split)]

    assert campaigns("march", "april", is_large=False) == ["march", "april"]
    assert campaigns("march", "march", is_large=True) == ["march"]
    assert campaigns("march", "april", is_large=True) == [""]


def test_a_group_whose_last_open_alert_was_taken_over_needs_nobody() -> None:
    members = tuple(replace(member, is_taken_over=member.ending is None) for member in GROUP.members)

    shown = draw(replace(GROUP, members=members))

    assert "timed out on heartbeat at once. None needs a person." in shown.text
    assert action_ids(taken_by_slack(shown)) == []


def test_a_group_is_acknowledged_by_one_button_until_all_of_it_is() -> None:
    taken = tuple(replace(member, acked_by="UNOOR") for member in GROUP.members)

    assert action_ids(taken_by_slack(draw(GROUP))) == ["alert.ack_group"]
    assert action_ids(taken_by_slack(draw(replace(GROUP, members=taken)))) == []
    assert draw(replace(GROUP, members=taken)).text.endswith("Acknowledged by UNOOR.")


def test_a_group_of_hundreds_fits_and_keeps_its_names() -> None:
    members = tuple(GroupMember(f"customer-{n}", f"https://temporal.test/{'x' * 200}/{n}") for n in range(500))
    names = tuple(member.name for member in members)

    shown = taken_by_slack(draw(replace(GROUP, names=names, members=members, over=0)))

    assert "Still open (500): customer-0, customer-1" in shown.text


def test_a_card_of_an_earlier_version_is_read_as_it_was() -> None:
    stored = notification.dump(notification.StormCard("voice-prod", ("a", "b"), 0, NOW))

    assert notification.parse(stored.replace(',"members":[],"first":""', "")) == notification.StormCard(
        "voice-prod", ("a", "b"), 0, NOW
    )


def test_a_group_without_a_worker_says_which_queue_and_what_to_start() -> None:
    facts = AlertFacts(task_queue="backfill", pollers=0)

    shown = draw(replace(GROUP, alert_reason=AlertReason.NO_WORKER, facts=facts)).text

    assert "No worker polls task queue backfill for activities." in shown
    assert "Suggested: start a worker for this task queue, or free one." in shown


@pytest.mark.parametrize(
    ("link", "suggested"), [("https://temporal.test/task-queues/backfill", [ActionId.OPEN]), ("", [])]
)
def test_a_large_group_suggests_its_workers_and_not_the_split(link: str, suggested: list[ActionId]) -> None:
    card = replace(GROUP, is_large=True, facts=AlertFacts(queue_link=link))
    pressed = elements_of(taken_by_slack(draw(card)).blocks)
    primary = [button["action_id"] for button in pressed if button.get("style") == "primary"]

    assert primary == suggested
    assert [button.get("url") for button in pressed][:1] == [link or None]
    assert ActionId.SPLIT_ALL in [button["action_id"] for button in pressed]


def test_who_waits_in_the_queue_needs_nobody_and_has_no_button() -> None:
    failed = replace(GROUP, alert_reason=AlertReason.FAILED)
    some, everybody = (
        tuple(replace(m, customer=m.name, is_queued=m.ending is None and m.name in names) for m in GROUP.members)
        for names in (("marriott",), ("marriott", "nrg", "united-east"))
    )

    shown = taken_by_slack(draw(replace(failed, members=some)))
    assert "1 of them still needs a person. Suggested" in shown.text
    assert "Waiting in the queue (1): marriott." in shown.text
    assert [action_id.partition("#")[0] for action_id in action_ids(shown)] == [ActionId.RETRY, ActionId.ACK_GROUP]

    shown = taken_by_slack(draw(replace(failed, members=everybody)))
    assert "None needs a person. Waiting in the queue (2): marriott, united-east." in shown.text
    assert action_ids(shown) == []
