"""The outcome of a command for several customers: what was not done comes first, and each customer is told."""

from bot.blocks import bulk_outcome
from bot.commands import Cancel, Group, Run, Split
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.bulk import BulkOutcome, BulkProposal, ClusterLeftOut, CustomerLeftOut, ProposedCustomer
from bot.fleet.proposals.problems import SystemRefused
from bot.fleet.proposals.proposal import Done, ExecutedProposal
from bot.fleet.refusals.runs import NoData
from bot.model import Order
from bot.model.queue import QueueOrder
from tests.blocks.gate import shown_by_slack, taken_by_slack, texts
from tests.blocks.proposals import NASTY, begin, full_range, instruct
from tests.blocks.test_bulk import EAST, VOICE, split
from tests.fleet.builders import CAMPAIGN

COMMAND = Split(target="hilton spirit")


def executed(customer: str, problem: str = "") -> ExecutedProposal:
    act = begin(full_range(customer), customer=customer)
    return ExecutedProposal(split(customer), (Done(act, SystemRefused(problem) if problem else None),))


def test_all_done_is_one_headline_and_a_line_each() -> None:
    view = shown_by_slack(bulk_outcome.done(BulkOutcome(COMMAND, (executed("hilton"), executed("spirit"))), "why"))
    headline, lines = texts(view)[0], "\n".join(texts(view)[1:])

    assert headline == "*Split: under way for both customers.*"
    assert lines.index("*hilton*") < lines.index("*spirit*")
    assert "Each customer's thread in the team channel tells how it goes on." in lines
    assert view.submit == ""


def test_what_was_not_done_comes_first_with_the_reason() -> None:
    outcome = BulkOutcome(
        COMMAND,
        (executed("hilton"), executed("spirit", "PERMISSION_DENIED")),
        (CustomerLeftOut(Target(EAST, "nrg"), NoData("nrg", CAMPAIGN)),),
        (ClusterLeftOut("chat-prod", "away", ("verizon",)),),
    )
    message = taken_by_slack(bulk_outcome.outcome_message(outcome))
    lines = message.text.splitlines()

    assert lines[0] == "Split: under way for 1 of 4 customers, not done for 3."
    assert [line.split(":")[0] for line in lines[1:5]] == [
        "spirit",
        "nrg on us-east-1-prod",
        "chat-prod did not answer",
        "hilton",
    ]


def test_nothing_done_is_said_so() -> None:
    outcome = BulkOutcome(COMMAND, (executed("hilton", "no"), executed("spirit", "no")))

    assert texts(bulk_outcome.done(outcome, "why"))[0] == "*Split: not done for 2 customers.*"


def test_an_instruction_that_is_obeyed_at_once_is_done() -> None:
    act = instruct(Order.SKIP, window=CAMPAIGN)
    executed = ExecutedProposal(split("hilton"), (Done(act),))

    headline = texts(bulk_outcome.done(BulkOutcome(Cancel(target="a b"), (executed, executed, executed)), "why"))[0]
    assert headline == "*Cancel: done for all 3 customers.*"


def test_what_to_type_for_those_who_have_changed_has_the_options_and_the_campaign() -> None:
    command = Split(target="hilton spirit", names=("hilton", "spirit"), days=3, campaign="march")
    changed = BulkProposal(command, (ProposedCustomer(split("spirit")), ProposedCustomer(split("acme corp"))))
    message = taken_by_slack(bulk_outcome.outcome_message(BulkOutcome(command, (), changed=changed)))

    typed = f'/backfill split {VOICE}/spirit "{VOICE}/acme corp" windows 3d in march'
    assert f"Type {typed} to confirm them anew." in message.text


def test_a_queue_that_has_changed_is_queued_again_and_not_begun_customer_by_customer() -> None:
    command = Run(target="all", group=Group.INCOMPLETE, order=QueueOrder.LARGEST)
    changed = BulkProposal(command, (ProposedCustomer(split("hilton")), ProposedCustomer(split("spirit"))))
    message = taken_by_slack(bulk_outcome.outcome_message(BulkOutcome(command, (), changed=changed)))

    assert "Type /backfill run all largest to confirm them anew." in message.text


def test_names_that_do_not_fit_into_one_command_are_not_listed() -> None:
    changed = BulkProposal(COMMAND, tuple(ProposedCustomer(split(f"customer-{n}")) for n in range(100)))
    message = taken_by_slack(bulk_outcome.outcome_message(BulkOutcome(COMMAND, (), changed=changed)))

    assert "Type the same command again to confirm them anew." in message.text


def test_whoever_has_changed_is_asked_about_in_the_same_modal() -> None:
    changed = BulkProposal(COMMAND, (ProposedCustomer(split("spirit")),))
    outcome = BulkOutcome(COMMAND, (executed("hilton"),), changed=changed)
    view = shown_by_slack(bulk_outcome.done(outcome, "it times out"))
    message = taken_by_slack(bulk_outcome.outcome_message(outcome))

    assert view.submit == "Run these, too"
    assert "Below is what split would do for it now." in texts(view)[0]
    assert "not done for spirit: its plan has changed since you looked." in "\n".join(texts(view))
    assert message.text.splitlines()[-1] == f"Type /backfill split {VOICE}/spirit to confirm it anew."


def test_slack_takes_the_outcome_of_very_many_with_odd_names() -> None:
    many = tuple(executed(f"{NASTY} {number}", "no" if number % 3 else "") for number in range(300))

    shown_by_slack(bulk_outcome.done(BulkOutcome(COMMAND, many), "why"))
    taken_by_slack(bulk_outcome.outcome_message(BulkOutcome(COMMAND, many)))
