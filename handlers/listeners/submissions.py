"""Submitted modals: acknowledged at once, authorized, carried out, and answered in the same modal."""

import asyncio
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.adapters.slack import view_json
from bot.blocks import bulk_outcome, confirm, errors
from bot.bulk_fields import CONFIRM_BULK
from bot.commands import ControlRequest
from bot.confirmation import unknown_dialog
from bot.errors import BackfillBotError, DependencyError
from bot.fleet.proposals.proposal import Changed, Proposal
from bot.in_flight import InFlight
from bot.message import Message, View
from bot.model import Actor
from bot.services import Services
from bot.usecases.control.confirm import confirm_proposal
from bot.usecases.control.confirm_bulk import ConfirmedBulk, confirm_bulk
from handlers.listeners import submission_validation
from handlers.listeners.authorization import authorize
from handlers.listeners.bulk_form import read_bulk
from handlers.listeners.deduplication import is_new_delivery
from handlers.listeners.dialogs import keep, show
from handlers.listeners.payloads import SubmissionPayload
from handlers.listeners.private_notice import notify_privately
from handlers.listeners.reply import report_errors
from handlers.listeners.submission_cache import SubmissionCache
from handlers.listeners.submission_validation import Complaints, Confirmed
from handlers.routes import question_about

# The acknowledgement and the update that follows it reach Slack on different connections, and Slack has to show the
# acknowledgement first. It does not report when it has, so the update waits for this many seconds.
ACK_ARRIVES = 0.5

_ANY_CALLBACK = re.compile("")
_log = structlog.get_logger(__name__)


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Listen to every submission; an unknown one gets an answer too."""
    app.view(_ANY_CALLBACK)(Submissions(services, in_flight).on_submission)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome as the modal shows it, and as a private message for when the modal was closed."""

    view: View
    message: Message


class Submissions:
    """Answers submissions, and remembers the latest ones, because Slack may deliver one twice."""

    def __init__(self, services: Services, in_flight: InFlight) -> None:
        self._services = services
        self._under_way = in_flight
        self._cache = SubmissionCache()

    async def on_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge with a view that says the work is going on, then carry out the confirmed command. If a field
        has a mistake, the acknowledgement shows the mistake, and nothing is carried out. A submission that Slack
        delivers again only gets its latest view."""
        try:
            payload = submission_validation.submission(body)
        except BackfillBotError as exc:
            await ack(response_action="update", view=view_json(confirm.problem(exc)))
            return
        confirmed = self._cache.get(payload.delivery) or await self._read(payload)
        # Meanwhile another delivery of this submission may have been carried out, and may have changed what the
        # fields are compared with. So the view of that delivery takes precedence over mistakes found here.
        confirmed = self._cache.get(payload.delivery) or confirmed
        if isinstance(confirmed, View):
            await ack(response_action="update", view=view_json(confirmed))
        elif isinstance(confirmed, Confirmed | ConfirmedBulk):
            with self._under_way.track():
                await self._acknowledge_and_carry_out(ack, confirmed, payload)
        else:
            await ack(response_action="errors", errors=dict(confirmed))

    async def _read(self, payload: SubmissionPayload) -> Confirmed | ConfirmedBulk | Complaints | View:
        """The confirmation, what is wrong with the fields, or the view that says what is wrong with the dialog."""
        try:
            if payload.view.callback_id == CONFIRM_BULK:
                return await read_bulk(payload, self._services)
            return submission_validation.read(payload)
        except BackfillBotError as exc:
            return confirm.problem(exc)

    async def _acknowledge_and_carry_out(
        self, ack: AsyncAck, confirmed: Confirmed | ConfirmedBulk, payload: SubmissionPayload
    ) -> None:
        """Acknowledge the submission and carry it out. If the store tells that it was delivered before (perhaps to
        another bot process), only show a view that says the outcome is not known here. If the store does not answer
        in time, it counts as new."""
        word = confirmed.command.word()
        working = confirm.working(word)
        self._cache.put(payload.delivery, working, self._services.now())
        is_new = await is_new_delivery(f"submission {payload.delivery}", self._services, self._under_way)
        view = working if is_new else confirm.already_submitted(word)
        self._cache.put(payload.delivery, view, self._services.now())
        await ack(response_action="update", view=view_json(view))
        if is_new:
            await self._carry_out(confirmed, payload)

    async def _carry_out(self, confirmed: Confirmed | ConfirmedBulk, payload: SubmissionPayload) -> None:
        """Carry out the confirmed change. An error is shown like an outcome, so nothing is raised."""
        show_outcome = partial(self._show_outcome, payload, asyncio.get_running_loop().time() + ACK_ARRIVES)

        async def work() -> None:
            if isinstance(confirmed, ConfirmedBulk):
                await show_outcome(await _bulk_outcome(confirmed, payload, self._services))
            else:
                await show_outcome(await _outcome(confirmed, payload.actor, self._services))

        async def show_problem(exc: BackfillBotError) -> None:
            await show_outcome(Outcome(confirm.problem(exc), errors.render(exc)))

        await report_errors(work, show_problem)

    async def _show_outcome(self, payload: SubmissionPayload, not_before: float, outcome: Outcome) -> None:
        """Show the outcome in the modal, or in a private message if the modal was closed."""
        self._cache.put(payload.delivery, outcome.view, self._services.now())
        await asyncio.sleep(max(0.0, not_before - asyncio.get_running_loop().time()))
        try:
            await show(payload.view.id, outcome.view, self._services)
        except DependencyError as exc:
            _log.info("dialog cannot tell", why=str(exc))
            await notify_privately(payload.actor.user_id, self._services, outcome.message)


async def _outcome(confirmed: Confirmed, actor: Actor, services: Services) -> Outcome:
    """Carry out the confirmed command, if its new proposal is the same as the confirmed one. Otherwise the modal
    shows the new proposal and asks again."""
    await authorize(confirmed.command, actor, services)
    question = question_about(confirmed.command)

    async def propose(command: ControlRequest, services: Services) -> Proposal:
        """Make the proposal, then authorize again: clusters may take long to answer."""
        proposal = await question.propose(command, services)
        await authorize(command, actor, services, proposal.clusters)
        if not isinstance(proposal, Proposal):
            raise unknown_dialog()
        return proposal

    result = await confirm_proposal(propose, confirmed.command, confirmed.shown, confirmed.reason, actor, services)
    if isinstance(result, Changed):
        view = confirm.ask(result.proposal, confirm.after_change(result, confirmed.reason))
    else:
        view = confirm.done(result)
    return Outcome(view, confirm.outcome_message(result))


async def _bulk_outcome(confirmed: ConfirmedBulk, payload: SubmissionPayload, services: Services) -> Outcome:
    """Carry out the command for each customer whose new proposal is the same as the confirmed one. The modal then
    asks about the other customers."""
    bulk = question_about(confirmed.command).bulk
    if bulk is None:
        raise unknown_dialog()
    clusters = {chosen.kept.cluster for chosen in confirmed.chosen}
    check = partial(authorize, confirmed.command, payload.actor, services, clusters)
    await check()
    outcome = await confirm_bulk(bulk, confirmed, payload.actor, check, services)
    if outcome.changed:
        await keep(payload.view.id, outcome.changed, services)
    return Outcome(bulk_outcome.done(outcome, confirmed.reason), bulk_outcome.outcome_message(outcome))
