"""campaign: opened, extended, closed and reopened from Slack, each confirmed, stored and audited."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.commands import Run
from bot.commands.campaign import Campaign, CampaignAction
from bot.errors import Unavailable, UsageError
from bot.fleet.notifications import notification
from bot.fleet.proposals.audit_records import Approval
from bot.fleet.proposals.campaign_change import ChangeCampaign
from bot.fleet.proposals.warnings import DaysOfNobody
from bot.fleet.refusals.campaigns import (
    CampaignBroken,
    CampaignClosed,
    CampaignExists,
    CampaignInFile,
    CampaignInUse,
    CampaignIsOpen,
    CampaignOverlaps,
    EndBeforeStart,
    SameEnd,
    UnknownCampaign,
)
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.report.report import Report
from bot.model import AuditOutcome, CampaignProblem, ExecutionStatus, KnownCampaign, Order, Window
from bot.usecases.campaigns.last_report import LONGEST
from bot.usecases.campaigns.scope import campaign_book
from bot.usecases.control.confirm import carry_out
from bot.usecases.control.execute import ConfirmedProposal
from handlers.routes import command_in
from tests.fakes.services import OPERATOR, FakeWorld
from tests.fleet.builders import NOW, closed
from tests.usecases.campaigns.two import JAN, MARCH, WHY, confirmed, proposed, runs, two_campaigns
from tests.usecases.steered import OLIVIA, VOICE

APRIL_DAYS = Window(date(2026, 4, 1), date(2026, 5, 1))
TODAY = date(2026, 4, 2)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> FakeWorld:
    return two_campaigns()


def typed(text: str) -> Campaign:
    command = command_in(text, TODAY)
    assert isinstance(command, Campaign)
    return command


def stopping(text: str) -> Campaign:
    """The command, as the button of its refusal means it."""
    return typed(text).model_copy(update={"stops": True})


async def known(world: FakeWorld, name: str) -> KnownCampaign | None:
    return (await campaign_book(world.services)).find(name)


async def declined(world: FakeWorld, text: str) -> Refusal:
    with pytest.raises(Declined) as refused:
        await proposed(world, typed(text))
    return refused.value.reason


async def test_a_campaign_is_opened_like_another_one_stored_and_audited(world: FakeWorld) -> None:
    await confirmed(world, typed("campaign open april 2026-04-01..2026-05-01 like March"))
    april, (*_, record) = await known(world, "april"), world.journal.audited

    assert april
    assert (april.window, april.in_file, april.is_open) == (APRIL_DAYS, False, True)
    assert (record.command, record.subject.name, record.campaign) == ("campaign", "april", "april")
    assert (record.outcome, record.user_id, record.reason) == (AuditOutcome.DONE, OPERATOR, WHY)
    assert record.after == "open, Apr 1–30, 2026 (30 days)"


async def test_what_is_opened_from_slack_is_filled_at_once(world: FakeWorld) -> None:
    await confirmed(world, typed("campaign open april 2026-04-01..2026-04-02"))
    proposal = await proposed(world, Run(target="hilton", campaign="april"))

    assert proposal.plan
    assert proposal.plan.whole == Window(date(2026, 4, 1), date(2026, 4, 2))


async def test_the_end_is_moved_while_a_sequence_runs_and_what_it_runs_stays(world: FakeWorld) -> None:
    await confirmed(world, typed("campaign open april 2026-04-01..2026-04-02"))
    await confirmed(world, Run(target="hilton", campaign="april"))
    proposal = await proposed(world, typed("campaign extend april 2026-04-09"))
    await confirmed(world, typed("campaign extend april 2026-04-09"))
    april = await known(world, "april")
    (sequence,) = (s for s in await world.controls[VOICE].sequences() if s.campaign == "april")
    state = world.controls[VOICE].by_campaign["april"].states["hilton"]

    assert proposal.warnings == (DaysOfNobody("april"),)
    assert april
    assert april.window.end == date(2026, 4, 9)
    assert sequence.customer == "hilton"
    assert state.spec.days == (Window(date(2026, 4, 1), date(2026, 4, 2)),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("campaign open march 2026-05-01..2026-06-01", CampaignExists(MARCH, is_open=True)),
        ("campaign open may 2026-05-01..2026-06-01 like gone", UnknownCampaign("gone", (JAN, MARCH))),
        ("campaign extend march 2026-04-08", CampaignInFile(MARCH)),
        ("campaign extend gone 2026-04-08", UnknownCampaign("gone", (JAN, MARCH))),
        ("campaign reopen march", CampaignIsOpen(MARCH)),
        (
            "campaign open late 2026-03-20..2026-04-20",
            CampaignOverlaps("late", MARCH, Window(date(2026, 3, 20), date(2026, 4, 1))),
        ),
    ],
)
async def test_what_cannot_be_changed_is_refused_with_the_reason(
    world: FakeWorld, text: str, reason: Refusal
) -> None:
    assert await declined(world, text) == reason


async def test_an_end_that_changes_nothing_or_leaves_no_day_is_refused(world: FakeWorld) -> None:
    await confirmed(world, typed("campaign open april 2026-04-01..2026-05-01"))

    assert await declined(world, "campaign extend april 2026-05-01") == SameEnd("april", APRIL_DAYS.end)
    assert await declined(world, "campaign extend april 2026-04-01") == EndBeforeStart(
        "april", APRIL_DAYS.start, APRIL_DAYS.start
    )


async def test_closing_is_refused_while_something_is_open_and_says_whose(world: FakeWorld) -> None:
    await confirmed(world, Run(target="hilton", campaign=MARCH))
    runs(world, "vivint", Window(date(2026, 3, 1), date(2026, 3, 5)))

    assert await declined(world, "campaign close march") == CampaignInUse(
        MARCH, (f"{VOICE}/hilton", f"{VOICE}/vivint")
    )
    assert (await proposed(world, typed("campaign close default"))).acts


async def test_everything_of_a_campaign_is_stopped_and_then_it_is_closed(world: FakeWorld) -> None:
    await confirmed(world, Run(target="hilton", campaign=MARCH))
    await confirmed(world, Run(target="sunbit"))
    runs(world, "vivint", Window(date(2026, 3, 1), date(2026, 3, 5)))
    close = stopping("campaign close march")
    (act,) = (await proposed(world, close)).acts
    result = await confirmed(world, close)
    march = await known(world, MARCH)
    control = world.controls[VOICE]

    assert isinstance(act, ChangeCampaign)
    assert act.stops == (f"{VOICE}/hilton", f"{VOICE}/vivint")
    assert [done.problem for done in result.done] == [None]
    assert march
    assert not march.is_open
    assert [(customer, given.order) for customer, given in control.instructed] == [("hilton", Order.STOP)]
    assert control.by_campaign[MARCH].states["vivint"].spec.clear, "a sequence cancels what ran outside the bot"
    assert {(record.command, record.subject.name, record.outcome) for record in world.journal.audited[-3:]} == {
        ("cancel", "hilton", AuditOutcome.DONE),
        ("cancel", "vivint", AuditOutcome.DONE),
        ("campaign", MARCH, AuditOutcome.DONE),
    }


async def test_a_campaign_stays_open_if_something_of_it_could_not_be_stopped(world: FakeWorld) -> None:
    await confirmed(world, Run(target="hilton", campaign=MARCH))
    close = stopping("campaign close march")
    shown = await proposed(world, close)
    world.controls[VOICE].by_campaign[MARCH].away = Unavailable(VOICE, "no answer")
    given = Approval(OLIVIA, WHY, shown.digest, world.now, "c1")
    result = await carry_out(ConfirmedProposal(shown, given, ()), world.services)
    march = await known(world, MARCH)

    assert march
    assert march.is_open
    assert all(done.problem for done in result.done)


async def test_a_campaign_of_which_nothing_is_open_is_closed_by_the_same_button(world: FakeWorld) -> None:
    await confirmed(world, stopping("campaign close march"))
    march = await known(world, MARCH)

    assert march
    assert not march.is_open


async def test_a_closed_campaign_has_a_last_report_and_starts_nothing_until_it_is_reopened(world: FakeWorld) -> None:
    await confirmed(world, typed("campaign close march"))
    march = await known(world, MARCH)

    assert march
    assert (march.is_open, march.closed_by) == (False, OPERATOR)
    assert [key for key in world.outbox.messages if key.startswith("report:campaign:")]
    with pytest.raises(Declined) as refused:
        await proposed(world, Run(target="hilton", campaign=MARCH))
    assert refused.value.reason == CampaignClosed(MARCH)
    assert await declined(world, "campaign close march") == CampaignClosed(MARCH)
    await confirmed(world, typed("campaign reopen march"))
    assert (await proposed(world, Run(target="hilton", campaign=MARCH))).acts


def last_report(world: FakeWorld) -> Report:
    (row,) = [row for key, row in world.outbox.messages.items() if key.startswith("report:campaign:")]
    card = notification.parse(row.message.body)
    assert isinstance(card, notification.ReportCard)
    return card.report


async def test_the_last_report_begins_on_the_day_of_the_first_run_of_the_campaign(world: FakeWorld) -> None:
    for days, ago in (
        (Window(date(2026, 3, 1), date(2026, 3, 6)), 30),
        (Window(date(2026, 1, 1), date(2026, 1, 6)), 60),
    ):
        took = timedelta(hours=2)
        run = closed(ExecutionStatus.COMPLETED, "hilton", days, VOICE, took=took, ago=NOW - world.now + ago * DAY)
        await world.ledger.keep([run])
    await confirmed(world, typed("campaign close march"))

    began = world.now - 30 * DAY - timedelta(hours=2)
    span = last_report(world).span
    assert (span.since, span.until, span.began) == (datetime.combine(began.date(), time(), UTC), world.now, None)


async def test_the_last_report_begins_no_later_than_the_first_change_of_the_campaign(world: FakeWorld) -> None:
    await confirmed(world, typed("campaign open april 2026-04-01..2026-05-01"))
    opened = world.now
    world.now += 5 * DAY
    await confirmed(world, typed("campaign close april"))

    assert last_report(world).span.since == datetime.combine(opened.date(), time(), UTC)


async def test_the_last_report_of_a_long_campaign_is_cut_and_says_when_it_began(world: FakeWorld) -> None:
    days, took = Window(date(2026, 3, 1), date(2026, 3, 6)), timedelta(hours=2)
    run = closed(ExecutionStatus.COMPLETED, "hilton", days, VOICE, took=took, ago=NOW - world.now + 120 * DAY)
    await world.ledger.keep([run])
    await confirmed(world, typed("campaign close march"))

    span = last_report(world).span
    assert (span.since, span.began) == (world.now - LONGEST, run.started_at)


async def test_the_last_report_is_as_long_as_it_may_be_where_the_beginning_is_not_known(world: FakeWorld) -> None:
    world.ledger.away = Unavailable("store", "locked")
    await confirmed(world, typed("campaign close march"))

    assert last_report(world).span.since == world.now - LONGEST


async def test_a_campaign_whose_definition_is_gone_starts_nothing(world: FakeWorld) -> None:
    await confirmed(world, typed("campaign open april 2026-04-01..2026-05-01"))
    record = world.journal.recorded_campaigns["april"]
    assert record.definition
    broken = replace(record, definition=replace(record.definition, workflow="gone"))
    world.journal.recorded_campaigns["april"] = broken
    with pytest.raises(Declined) as refused:
        await proposed(world, Run(target="hilton", campaign="april"))

    assert refused.value.reason == CampaignBroken("april", CampaignProblem.NO_WORKFLOW)


async def test_a_change_that_somebody_else_made_meanwhile_is_not_overwritten(world: FakeWorld) -> None:
    await confirmed(world, typed("campaign open april 2026-04-01..2026-05-01"))
    world.now += timedelta(minutes=1)
    await confirmed(world, typed("campaign extend april 2026-05-08"))
    april = await known(world, "april")

    assert april
    assert april.window.end == date(2026, 5, 8)
    assert world.journal.recorded_campaigns["april"].revision == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("campaign", "campaign does one of open, extend, close, reopen."),
        ("campaign destroy march", "campaign does one of"),
        ("campaign open", "Which campaign is to open?"),
        ("campaign open march", "Which days does it fill?"),
        ("campaign open all 2026-03-01..2026-04-01", "“all” is a reserved word"),
        ("campaign extend march", "Extend it to which day?"),
        ("campaign extend march 2026-03-01..2026-04-01", "Extend it to which day?"),
        ("campaign close march 2026-04-01", "campaign close takes no days."),
        ("campaign close march like", "like which campaign?"),
        ("campaign close march in april", "campaign is about no single campaign."),
    ],
)
def test_a_wrong_form_is_answered_with_the_right_one(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        typed(text)

    assert problem in refused.value.problem


def test_days_in_the_future_are_taken() -> None:
    command = typed("campaign open next 2027-01-01..2027-02-01")

    assert (command.action, command.range) == (CampaignAction.OPEN, Window(date(2027, 1, 1), date(2027, 2, 1)))
