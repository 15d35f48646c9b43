"""Submitted modals are acknowledged at once, authorized, carried out once, and answered."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import RateLimited, Unavailable
from bot.message import Message, View
from bot.model import Address, AuditOutcome, ExecutionStatus, Person
from tests.fakes.modals import FakeModals
from tests.fakes.people import FakePeople
from tests.fakes.services import GROUP_OPERATOR, OPERATOR, VIEWER
from tests.fleet.builders import execution
from tests.handlers.bolt import Edge, ResponseUrl
from tests.handlers.confirming import CLUSTER, WHY, Desk, action, eventually, struggling_world


async def test_what_is_confirmed_is_acknowledged_as_in_the_making_and_then_done(desk: Desk) -> None:
    acknowledged = action(await desk.submit(await desk.ask_confirmation()))
    shown = await desk.answer_text()

    assert acknowledged["response_action"] == "update"
    assert "Working" in json.dumps(acknowledged["view"], ensure_ascii=False)
    assert "11 windows of 5 days run" in shown
    assert [(spec.customer, spec.started_by, spec.reason) for spec in desk.begun] == [("hilton", OPERATOR, WHY)]
    assert desk.world.modals.whispers == []


async def test_the_audit_has_who_why_and_what_came_of_it(desk: Desk) -> None:
    await desk.submit(await desk.ask_confirmation())
    await desk.answer_text()
    record = desk.world.journal.audited[-1]

    assert (record.user_id, record.command, record.reason) == (OPERATOR, "split", WHY)
    assert record.outcome is AuditOutcome.DONE


@pytest.mark.parametrize("reason", [None, "", "  \n "])
async def test_without_a_reason_nothing_is_done_and_the_field_says_so(desk: Desk, reason: str | None) -> None:
    acknowledged = action(await desk.submit(await desk.ask_confirmation(), reason=reason))

    assert acknowledged["response_action"] == "errors"
    assert list(acknowledged["errors"]) == ["reason"]
    assert desk.begun == []


async def test_terminate_wants_the_name_typed(desk: Desk) -> None:
    question = await desk.ask_confirmation("terminate hilton")
    refused = action(await desk.submit(question, name="hiltn"))
    before = list(desk.world.controls[CLUSTER].terminated)
    await desk.submit(question, name="hilton")
    shown = await desk.answer_text()

    assert refused["errors"] == {"name": "Type hilton, exactly so, to confirm."}
    assert before == []
    assert [ref for ref, _ in desk.world.controls[CLUSTER].terminated] == [execution().ref]
    assert "done for hilton" in shown


async def test_a_world_that_has_changed_is_shown_and_can_be_confirmed_anew(desk: Desk) -> None:
    question = await desk.ask_confirmation()
    (known,) = desk.world.engines[CLUSTER].descriptions.values()
    over = replace(known.execution, status=ExecutionStatus.TERMINATED, closed_at=desk.world.now)
    desk.world.engines[CLUSTER].put(replace(known, execution=over, activities=()))
    await desk.submit(question)
    shown = await desk.answer_text()
    anew = desk.views()[-1]
    begun_before = desk.begun
    await desk.submit(anew)
    done = await desk.answer_text(shown=4)

    assert "the world has changed" in shown
    assert anew.submit == "Split"
    assert anew.memory != question.memory
    assert begun_before == []
    assert "11 windows of 5 days run" in done
    assert [spec.clear for spec in desk.begun] == [()]


async def test_permission_is_asked_for_again_of_who_submits(desk: Desk) -> None:
    await desk.submit(await desk.ask_confirmation(), user=VIEWER)
    shown = await desk.answer_text()

    assert "Only operators may split." in shown
    assert desk.begun == []
    assert [each.user_id for each in desk.world.journal.audited] == [VIEWER]


async def test_the_same_submission_delivered_twice_is_carried_out_once(desk: Desk) -> None:
    question = await desk.ask_confirmation()
    first, second = await asyncio.gather(desk.submit(question), desk.submit(question))
    await desk.answer_text()

    assert action(first) == action(second)
    assert len(desk.begun) == 1
    assert len(desk.views()) == 3


async def test_a_late_copy_of_a_submission_leaves_the_dialog_as_it_is(desk: Desk) -> None:
    question = await desk.ask_confirmation()
    body = len(desk.views())
    await desk.submit(question)
    shown = await desk.answer_text()
    del desk.views()[body:]
    copy = action(await desk.submit(question))

    assert copy["response_action"] == "update"
    assert json.dumps(copy["view"]["blocks"], ensure_ascii=False) in shown.replace('["Split", ', "[")


async def test_two_operators_confirm_the_same_and_one_sequence_begins(desk: Desk) -> None:
    mine = await desk.ask_confirmation(user=OPERATOR, view_id="V0001")
    theirs = await desk.ask_confirmation(user=GROUP_OPERATOR, view_id="V0002")
    await asyncio.gather(
        desk.submit(mine, user=OPERATOR, view_id="V0001"),
        desk.submit(theirs, user=GROUP_OPERATOR, view_id="V0002"),
    )
    shown = [await desk.answer_text("V0001"), await desk.answer_text("V0002")]

    assert len(desk.begun) == 1
    # Who comes a moment later hears of it at the start, and whoever comes later still beforehand.
    assert sorted("not done" in text or "runs already" in text for text in shown) == [False, True]


async def test_who_has_closed_the_dialog_is_told_alone(desk: Desk) -> None:
    question = await desk.ask_confirmation()
    desk.world.modals.closed.add("V0001")
    await desk.submit(question)
    await eventually(lambda: bool(desk.world.modals.whispers))
    ((user, message),) = desk.world.modals.whispers

    assert user == OPERATOR
    assert "11 windows of 5 days run" in message.text
    assert len(desk.begun) == 1


async def test_a_problem_is_told_to_who_has_closed_the_dialog_too(desk: Desk) -> None:
    question = await desk.ask_confirmation()
    desk.world.modals.closed.add("V0001")
    desk.world.people.away = Unavailable("slack", "timed out")
    await desk.submit(question)
    await eventually(lambda: bool(desk.world.modals.whispers))

    assert "Slack did not answer: timed out" in desk.world.modals.whispers[0][1].text


async def test_an_engine_that_is_away_is_told_in_the_dialog(desk: Desk) -> None:
    question = await desk.ask_confirmation()
    desk.world.engines[CLUSTER].away = Unavailable("Temporal of voice-prod", "no connection")
    await desk.submit(question)
    shown = await desk.answer_text()

    assert "no connection" in shown
    assert desk.begun == []


async def test_a_fault_of_the_bot_shows_a_reference_that_the_log_has_too(desk: Desk) -> None:
    question = await desk.ask_confirmation()
    desk.world.people.persons = None  # type: ignore[assignment]
    with capture_logs() as logs:
        await desk.submit(question)
        shown = await desk.answer_text()

    assert next(line["reference"] for line in logs if line["event"] == "answer failed") in shown


class Mute(FakeModals):
    """A Slack that takes no updates of views any more."""

    async def update(self, view_id: str, view: View) -> None:
        if len(self.shown[view_id]) == 2:
            self.away = RateLimited("slack", "views.update: rate limited", timedelta(0))
        await super().update(view_id, view)

    async def whisper(self, user_id: str, message: Message, channel: str = "", thread: Address | None = None) -> None:
        raise Unavailable("slack", f"no answer about {message.text[:10]} for {user_id} in {thread or channel}")


async def test_an_outcome_that_nobody_can_be_told_is_in_the_log(desk: Desk, there: ResponseUrl) -> None:
    desk.world.modals = Mute()
    mute = Desk(Edge(desk.world, there))
    with capture_logs() as logs:
        await mute.submit(await mute.ask_confirmation())
        await eventually(lambda: any(line["event"] == "outcome not told" for line in logs))

    assert len(mute.begun) == 1


async def test_work_under_way_is_finished_when_the_bot_is_asked_to_stop(desk: Desk) -> None:
    await desk.submit(await desk.ask_confirmation())
    await desk.edge.in_flight.end(timedelta(seconds=5))

    assert len(desk.begun) == 1
    assert len(desk.views()) == 3


@pytest.mark.parametrize(
    ("purpose", "memory"),
    [("another", None), ("", None), ("confirm", ""), ("confirm", '{"command":{"kind":"split"}}')],
)
async def test_a_dialog_that_is_not_understood_is_answered_and_does_nothing(
    desk: Desk, purpose: str, memory: str | None
) -> None:
    question = await desk.ask_confirmation()
    forged = replace(question, purpose=purpose, memory=question.memory if memory is None else memory)
    acknowledged = action(await desk.submit(forged))

    assert acknowledged["response_action"] == "update"
    assert "dialog is not understood" in json.dumps(acknowledged["view"])
    assert desk.begun == []


@dataclass
class Leaving(FakePeople):
    """A Slack that answers so often that somebody is an operator, and then that they have left."""

    stays: int = 2

    async def person(self, user_id: str, within: timedelta | None = None) -> Person:
        self.stays -= 1
        return replace(await super().person(user_id, within), is_deleted=self.stays < 0)


async def test_a_role_that_is_lost_while_clusters_take_their_time_carries_nothing_out(there: ResponseUrl) -> None:
    world = struggling_world()
    world.people = Leaving(world.people.persons, world.people.groups, world.people.team)
    desk = Desk(Edge(world, there))
    await desk.submit(await desk.ask_confirmation())
    shown = await desk.answer_text()

    assert "deactivated users" in shown
    assert desk.begun == []
    assert [record.outcome for record in desk.world.journal.audited] == [AuditOutcome.REFUSED]
