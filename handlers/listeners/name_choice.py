"""The modal in which a person chooses the name that their command lacks. A button in the bot's answer to the command
opens the modal.

Once the modal is submitted, the bot treats the command as if it had been typed with the chosen name, in the channel
or thread of that button. A command that needs confirmation is proposed in the same modal. Any other command is
answered in the channel or thread of the button.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.actions import ActionId
from bot.adapters.slack import view_json
from bot.blocks import choose_name, confirm, pickers
from bot.commands import ControlRequest, Request, Status
from bot.commands.campaign import Campaign, CampaignAction
from bot.commands.words import typed
from bot.confirmation import unknown_dialog
from bot.errors import BackfillBotError, CampaignMissing
from bot.fleet.name_search import name_of, search, search_names, targets_in
from bot.in_flight import InFlight
from bot.message import Message
from bot.model import Actor, Address
from bot.name_choice import CHOOSE_NAME, ChoiceInput, NameChoice, read_choice
from bot.services import Services
from bot.usecases.offered_names import gather_names, offered_names
from handlers.listeners.authorization import authorize
from handlers.listeners.conversation import Conversation, Question, shared_channels
from handlers.listeners.deduplication import is_new_delivery
from handlers.listeners.dialogs import fill_dialog, open_dialog, propose_in, show_if_open
from handlers.listeners.payloads import ClickPayload, SubmissionPayload, SuggestionPayload
from handlers.listeners.private_notice import notify_privately
from handlers.listeners.reply import Visibility, reply
from handlers.listeners.slash import visibility
from handlers.listeners.submission_validation import submission
from handlers.listeners.submissions import ACK_ARRIVES
from handlers.routes import answer, command_in

# Stands for the name in a command that lacks one.
_PLACEHOLDER = "?"
# The ids of direct messages begin with it (docs/slack-facts.md).
_DIRECT = "D"
_NOT_CHOSEN = "Choose one from the menu."

_log = structlog.get_logger(__name__)


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Listen to the button, to the menus of the modal, and to its submission."""
    app.action(ActionId.CHOOSE)(partial(on_button, services, in_flight))
    app.options(ChoiceInput.NAME)(partial(on_names, services))
    app.options(ChoiceInput.CAMPAIGN)(partial(on_campaigns, services))
    app.view(CHOOSE_NAME)(partial(on_submission, services, in_flight))


async def on_button(
    services: Services, in_flight: InFlight, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond
) -> None:
    """Open the modal. Everybody who may look may choose a name. Whether the person may carry out the command is
    decided afterwards."""
    with in_flight.track():
        await ack()
        payload = ClickPayload.read(body)
        fallback = partial(notify_privately, payload.actor.user_id, services)
        await reply(respond, Visibility.ASKER, partial(_open, payload, services), fallback)


async def _open(payload: ClickPayload, services: Services) -> None:
    choice = read_choice(payload.value).model_copy(update={"channel": payload.actor.channel_id})
    command = _unnamed(choice, services)

    async def fill(view_id: str) -> None:
        await authorize(Status(), payload.actor, services)
        book, unseen = await gather_names(view_id, command, services)
        await show_if_open(view_id, choose_name.ask(command, choice, book, unseen), services)

    await open_dialog(command.word(), payload.trigger_id, fill, services)


async def on_names(services: Services, ack: AsyncAck, body: dict[str, Any]) -> None:
    """Offer the names that match what is typed: campaigns if the command changes a campaign; otherwise customers, and
    also clusters if the command takes a cluster. Nobody is authorized again, because whoever has the modal open was
    allowed to see the names. A modal of another version of the bot is offered nothing, and the answer to its
    submission says why."""
    payload = SuggestionPayload.read(body)
    try:
        command = _unnamed(read_choice(payload.view.private_metadata), services)
    except BackfillBotError as exc:
        _log.info("nothing to offer", dialog=payload.view.id, why=str(exc))
        await ack(options=[])
        return
    names = await offered_names(payload.view.id, services)
    if isinstance(command, Campaign):
        campaigns = names.closed if command.action is CampaignAction.REOPEN else names.campaigns
        await ack(options=pickers.options_named(search_names(payload.value, campaigns)))
        return
    targets = targets_in(names.customers, with_clusters=command.takes_cluster())
    await ack(options=pickers.options(search(payload.value, targets)))


async def on_campaigns(services: Services, ack: AsyncAck, body: dict[str, Any]) -> None:
    """Offer the open campaigns that match what is typed."""
    payload = SuggestionPayload.read(body)
    names = await offered_names(payload.view.id, services)
    await ack(options=pickers.options_named(search_names(payload.value, names.campaigns)))


async def on_submission(services: Services, in_flight: InFlight, ack: AsyncAck, body: dict[str, Any]) -> None:
    """Continue with the chosen name."""
    try:
        chosen = _read(submission(body), services)
    except BackfillBotError as exc:
        await ack(response_action="update", view=view_json(confirm.problem(exc)))
        return
    if not chosen.name:
        await ack(response_action="errors", errors={ChoiceInput.NAME.value: _NOT_CHOSEN})
        return
    with in_flight.track():
        if isinstance(chosen.unnamed, ControlRequest):
            await ack(response_action="update", view=view_json(confirm.loading(chosen.unnamed.word())))
            await _propose(chosen, services)
        else:
            await ack()
            await _answer(chosen, services, in_flight)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The values of the options that a person has chosen in the modal ``view_id``. ``unnamed`` is the command with a
    placeholder for the name."""

    view_id: str
    delivery: str
    choice: NameChoice
    actor: Actor
    unnamed: Request
    name: str
    campaign: str

    async def command(self, services: Services) -> Request:
        """The command as if it had been typed with the chosen name and in the chosen campaign. Raises UsageError."""
        offered = await offered_names(self.view_id, services)
        targets = map(str, targets_in(offered.customers, with_clusters=True))
        name = name_of(self.name, (*targets, *offered.campaigns, *offered.closed))
        command = _command(self.choice, name, services)
        if not self.campaign:
            return command
        return command.model_copy(update={"campaign": name_of(self.campaign, offered.campaigns)})


def _read(payload: SubmissionPayload, services: Services) -> _Chosen:
    """What the person has chosen in the submitted modal. Raises UsageError for a modal that this version of the bot
    has not opened."""
    choice = read_choice(payload.view.private_metadata)
    actor = Actor(payload.actor.user_id, payload.actor.team_id, choice.channel)
    name, campaign = ("".join(payload.chosen(field, field) or ()) for field in ChoiceInput)
    return _Chosen(payload.view.id, payload.delivery, choice, actor, _unnamed(choice, services), name, campaign)


async def _propose(chosen: _Chosen, services: Services) -> None:
    """Show in the modal what the command would do. If Slack delivers the submission twice, the proposal is made and
    shown twice."""

    async def fill(view_id: str) -> None:
        command = await chosen.command(services)
        if not isinstance(command, ControlRequest):
            raise unknown_dialog()
        await propose_in(view_id, command, chosen.actor, services)

    # The acknowledgement has to arrive before what follows it.
    await asyncio.sleep(ACK_ARRIVES)
    await fill_dialog(chosen.view_id, fill, services)


async def _answer(chosen: _Chosen, services: Services, in_flight: InFlight) -> None:
    """Answer where the button was pressed, once for all deliveries of a submission."""
    if not await is_new_delivery(f"submission {chosen.delivery}", services, in_flight):
        return

    async def work() -> Message:
        return await answer(await chosen.command(services), chosen.actor, services)

    await Conversation(_question(chosen, services), services).answer(work)


def _question(chosen: _Chosen, services: Services) -> Question:
    """The command as a question, with the place of the answer and who sees it. If the button was in a thread, the
    answer goes to that thread, and is for the same people as the answer to a mention there. Otherwise the answer is
    for the same people as the answer to the slash command."""
    channel, ts = chosen.choice.channel, chosen.choice.thread
    thread = Address(channel, ts) if ts else None
    by_slash = visibility(chosen.unnamed, chosen.actor, services) is Visibility.CHANNEL
    return Question(
        text=chosen.choice.text,
        actor=chosen.actor,
        delivery=chosen.delivery,
        thread=thread,
        answers=thread,
        is_direct=channel.startswith(_DIRECT),
        is_shared=channel in shared_channels(services) if thread else by_slash,
    )


def _unnamed(choice: NameChoice, services: Services) -> Request:
    """The command with ``_PLACEHOLDER`` for the name that it lacks. Raises UsageError for a command that only another
    version of the bot knows."""
    return _command(choice, _PLACEHOLDER, services)


def _command(choice: NameChoice, name: str, services: Services) -> Request:
    try:
        return command_in(choice.text, services.today, name)
    except CampaignMissing:
        return command_in(f"{choice.text} {typed(name)}", services.today)
