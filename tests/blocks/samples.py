"""Messages and modals of each kind, with long names and large numbers, for those who draw them on a page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot import commands
from bot.blocks import bulk, confirm, digest, errors, plan, row_differences, status, struggling, verify
from bot.blocks.notifications import draw
from bot.commands import Breakdown, Pause, Split, Status, Struggling, Terminate, Verify
from bot.errors import UsageError
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.notification import AckLine, EpisodeCard, ReminderLine, SnoozeLine, StormCard
from bot.fleet.notifications.sequence import SequenceCard
from bot.fleet.planning.planner import PlanInputs, make_plan
from bot.fleet.planning.throughput import Volumes
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, FleetStatus
from bot.fleet.status.backfill import derive
from bot.fleet.status.board import Board, row_of
from bot.fleet.status.struggling import struggling_of
from bot.fleet.verification.narrowing import Narrowed
from bot.fleet.verification.verdict import ClusterVerdict, CustomerVerdict, VerifyResult, judge
from bot.message import Message, View
from bot.model import AlertReason, DayCount, ExecutionStatus, ExpectedDay, Order, Window
from bot.model.row_differences import DifferingRow, Hour, RowDifference
from tests.blocks.proposals import begin, full_range, instruct, proposal, terminate
from tests.blocks.proposals import plan as plan_of
from tests.blocks.test_bulk import proposed, several
from tests.blocks.test_digest import DIGEST, QUIET, STOPPED
from tests.blocks.test_sequence_card import OVER, STUCK, UNDER_WAY
from tests.blocks.test_storms import GROUP
from tests.fakes.episodes import episode
from tests.fleet.builders import CAMPAIGN, NOW, TIMED_OUT, activity, closed, execution, run, window
from tests.fleet.sizes import RULES, evenly

LONG = "holidayinn-transfers-and-reservations-of-the-whole-world"
CLUSTER = "ap-southeast-2-production"
ACROSS_YEARS = Window(date(2025, 12, 1), date(2026, 2, 21))


def messages() -> Mapping[str, Message]:
    """By what each is."""
    return {**_notifications(), **_answers()}


def _notifications() -> Mapping[str, Message]:
    alerts = {
        f"alert: {reason.value}": draw(EpisodeCard(episode(LONG, CLUSTER, alert_reason=reason)))
        for reason in AlertReason
    }
    return alerts | {
        "group of alerts": draw(GROUP),
        "storm": draw(StormCard(CLUSTER, tuple(f"{LONG}-{n}" for n in range(12)), 3, NOW)),
        "acknowledged": draw(AckLine(LONG, "U0OLIVIA")),
        "snoozed": draw(SnoozeLine(LONG, "U0OLIVIA", NOW)),
        "reminder": draw(ReminderLine(LONG, 2, NOW, after_snooze=False)),
        "sequence": draw(SequenceCard(UNDER_WAY)),
        "sequence that stopped": draw(SequenceCard(STUCK)),
        "sequence that is over": draw(SequenceCard(OVER)),
        "digest": digest.render(DIGEST),
        "digest with stopped customers": digest.render(STOPPED),
        "digest without news": digest.render(QUIET),
    }


def _answers() -> Mapping[str, Message]:
    names = (LONG, *(f"tenant-{n}" for n in range(80)))
    runs = [run(execution(name), CAMPAIGN, activity(attempt=3, last_failure=TIMED_OUT)) for name in names[:9]]
    done = run(closed(ExecutionStatus.COMPLETED, LONG, window(1, 6)), window(1, 6))
    view = ClusterView(CLUSTER, NOW, tuple(runs))
    board = Board(CAMPAIGN, NOW, (row_of(view, names, CAMPAIGN), row_of(view, names[:9], CAMPAIGN)))
    of_cluster = replace(board, rows=board.rows[:1])
    backfill = derive(CLUSTER, LONG, CAMPAIGN, [done, runs[0]], NOW)
    volumes = Volumes(ACROSS_YEARS, {LONG: evenly(4_100_000)})
    inputs = PlanInputs(Target(CLUSTER, LONG), ACROSS_YEARS, {}, volumes, "", expected=True, at=NOW)
    return {
        "status": status.render(FleetStatus(board), Status()),
        "status of a cluster": status.render(ClusterStatus(CLUSTER, of_cluster), Status(target=CLUSTER)),
        "status of a customer": status.render(
            CustomerStatus(CLUSTER, LONG, CAMPAIGN, NOW, backfill), Status(target=LONG)
        ),
        "struggling": struggling.render(struggling_of([view], [], NOW), Struggling()),
        "plan": plan.render(make_plan(inputs, ACROSS_YEARS, 5, RULES), commands.Plan(target=LONG)),
        "refusal": errors.render(UsageError(f"There is no customer {LONG}.", f"Did you mean {LONG}-2?")),
        **_verdicts(),
    }


def _verdicts() -> Mapping[str, Message]:
    counted = {day: DayCount(1_021_568, 1_021_568) for day in CAMPAIGN.each_day() if day.month == 1}
    source = dict.fromkeys(CAMPAIGN.each_day(), ExpectedDay(1_021_568))
    tables = (
        judge("scorecards_of_every_call", CAMPAIGN, counted, source),
        judge("scores", CAMPAIGN, counted, source),
    )
    customer = CustomerVerdict(CLUSTER, LONG, tables)
    target, cluster = Target(CLUSTER, LONG), ClusterVerdict(CLUSTER, (customer,))
    hour = Hour(CAMPAIGN.start, 14)
    rows = tuple(DifferingRow(f"('{'key' * 20}-{n}')", hour, RowDifference.OTHER_CONTENTS) for n in range(3))
    keys = [Narrowed("scorecards_of_every_call", (hour,), 0, rows, True, True, "UTC")]
    asked = Verify(target=LONG, by=Breakdown.DAY)
    shown = row_differences.keys_for_all(row_differences.keys(LONG, keys, CAMPAIGN, asked)[0], keys)
    assert shown
    return {
        "verify": verify.render(VerifyResult(target, CAMPAIGN, Breakdown.DAY, (cluster,), NOW), asked),
        "verify all": verify.render(
            VerifyResult(None, CAMPAIGN, Breakdown.SUMMARY, (cluster,), NOW), Verify(target="all")
        ),
        "keys": shown,
    }


def modals() -> Mapping[str, View]:
    """By what each asks."""
    cancels = begin(full_range(LONG), customer=LONG)
    names = [f"{LONG}-{n}" for n in range(12)]
    return {
        "split": confirm.ask(proposal(Split(target=LONG), cancels, customer=LONG, plan=plan_of(customer=LONG))),
        "terminate": confirm.ask(proposal(Terminate(target=LONG), terminate(LONG), customer=LONG)),
        "pause a cluster": confirm.ask(
            proposal(Pause(target=CLUSTER), *(instruct(Order.PAUSE, name) for name in names), customer="")
        ),
        "split several": bulk.ask(several(*map(proposed, names[:6]))),
        "terminate many": bulk.ask(
            several(
                *map(proposed, [f"tenant-{n}" for n in range(60)]), command=Terminate(target="tenant-1, tenant-2")
            )
        ),
        "problem": confirm.problem(UsageError(f"There is no customer {LONG}.", f"Did you mean {LONG}-2?")),
        "looking": confirm.loading("split"),
    }
