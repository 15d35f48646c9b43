"""Dialogs that are submitted: acknowledged at once, carried out for whoever submits and may, and told of."""

import asyncio
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.adapters.slack import view_json
from bot.blocks import confirm, errors
from bot.commands import ControlRequest
from bot.errors import BackfillBotError, DependencyError, UsageError
from bot.fleet.proposals.proposal import Changed, Proposal
from bot.in_flight import InFlight
from bot.message import Message, View
from bot.model import Actor
from bot.services import Services
from bot.usecases.control.confirm import confirm_proposal
from handlers.listeners import confirmation
from handlers.listeners.authorization import admit
from handlers.listeners.confirmation import Confirmed
from handlers.listeners.deduplication import is_first
from handlers.listeners.dialogs import show
from handlers.listeners.payloads import SubmissionPayload
from handlers.listeners.private_notice import tell_alone
from handlers.listeners.reply import guarded
from handlers.listeners.submission_cache import Shown
from handlers.routes import question_about

# The acknowledgement travels by another way than the update that follows it, and must be shown first. Nothing tells
# when it is: so this many seconds lie between them, in which the work goes on.
ACK_ARRIVES = 0.5

_ANY = re.compile("")
_log = structlog.get_logger(__name__)


def register(app: AsyncApp, services: Services, under_way: InFlight) -> None:
    """Listen to every submission: one that is not understood gets an answer as well."""
    app.view(_ANY)(Submissions(services, under_way).on_submission)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, for the dialog, and for the channel when nobody has the dialog open any more."""

    view: View
    message: Message


class Submissions:
    """Answers submissions; it remembers those of the last minutes, for Slack may deliver one twice."""

    def __init__(self, services: Services, under_way: InFlight) -> None:
        self._services = services
        self._under_way = under_way
        self._shown = Shown()

    async def on_submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge with what is to be seen meanwhile, then do it."""
        try:
            payload = confirmation.submission(body)
            given = confirmation.read(payload)
        except UsageError as exc:
            await ack(response_action="update", view=view_json(confirm.problem(exc)))
            return
        if not isinstance(given, Confirmed):
            await ack(response_action="errors", errors=dict(given))
            return
        shown = self._shown.now_of(payload.delivery)
        if shown is not None:
            await ack(response_action="update", view=view_json(shown))
            return
        with self._under_way.counted():
            await self._take(ack, given, payload)

    async def _take(self, ack: AsyncAck, confirmed: Confirmed, payload: SubmissionPayload) -> None:
        """Carry it out, unless another bot does, or has: this one cannot tell what came of it."""
        word = confirmed.command.word()
        working = confirm.working(word)
        self._shown.put(payload.delivery, working, self._services.now())
        is_ours = await is_first(f"submission {payload.delivery}", self._services, self._under_way)
        view = working if is_ours else confirm.already_submitted(word)
        self._shown.put(payload.delivery, view, self._services.now())
        await ack(response_action="update", view=view_json(view))
        if is_ours:
            await self._carry_out(confirmed, payload)

    async def _carry_out(self, confirmed: Confirmed, payload: SubmissionPayload) -> None:
        """Nothing escapes: whatever goes wrong is shown like an outcome."""
        tell = partial(self._tell, payload, asyncio.get_running_loop().time() + ACK_ARRIVES)

        async def work() -> None:
            await tell(await _outcome(confirmed, payload.actor, self._services))

        async def problem(exc: BackfillBotError) -> None:
            await tell(Outcome(confirm.problem(exc), errors.render(exc)))

        await guarded(work, problem)

    async def _tell(self, payload: SubmissionPayload, not_before: float, outcome: Outcome) -> None:
        """In the dialog, or to the person alone when it is closed."""
        self._shown.put(payload.delivery, outcome.view, self._services.now())
        await asyncio.sleep(max(0.0, not_before - asyncio.get_running_loop().time()))
        try:
            await show(payload.view.id, outcome.view, self._services)
        except DependencyError as exc:
            _log.info("dialog cannot tell", why=str(exc))
            await tell_alone(payload.actor.user_id, self._services, outcome.message)


async def _outcome(confirmed: Confirmed, actor: Actor, services: Services) -> Outcome:
    """Do what was confirmed, if it is still what would be done."""
    await admit(confirmed.command, actor, services)
    question = question_about(confirmed.command)

    async def propose(command: ControlRequest, services: Services) -> Proposal:
        """And ask again who may: clusters may have taken their time."""
        proposal = await question.propose(command, services)
        await admit(command, actor, services)
        return proposal

    result = await confirm_proposal(propose, confirmed.command, confirmed.shown, confirmed.reason, actor, services)
    if isinstance(result, Changed):
        view = confirm.ask(result.proposal, confirm.after_change(result, confirmed.reason))
    else:
        view = confirm.done(result)
    return Outcome(view, confirm.outcome_message(result))
