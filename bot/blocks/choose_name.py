"""Draws the modal in which a person chooses the customer, cluster or campaign that a typed command did not name, and
the button below the bot's answer that opens the modal."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ExternalDataSelectElement,
    InputBlock,
)

from bot.actions import ActionId
from bot.blocks import confirm, errors, kit, open_work, pickers
from bot.commands import SLASH, ControlRequest, Reach, Request
from bot.errors import BackfillBotError, CampaignMissing, NameMissing
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.runs.open_work import NamesNotSeen
from bot.message import Message, View
from bot.name_choice import CHOOSE_NAME, ChoiceInput, NameChoice

# The limit of a button's value (docs/slack-facts.md#limits). The modal adds the channel to it.
LONGEST_VALUE = 2_000
COMMAND_SHOWN = 200


def refusal(problem: BackfillBotError, choice: NameChoice) -> Message:
    """The problem. If only a name is missing, also a button that opens the modal for choosing the name."""
    message = errors.render(problem)
    if not isinstance(problem, NameMissing | CampaignMissing):
        return message
    return Message(message.text, (*message.blocks, *kit.message("", button(choice)).blocks))


def button(choice: NameChoice) -> list[Block]:
    """The button that opens the modal; none if the command is too long for a button."""
    value = choice.dump()
    if len(value) > LONGEST_VALUE:
        return []
    return [ActionsBlock(elements=[ButtonElement(action_id=ActionId.CHOOSE, text="Choose…", value=value)])]


def ask(command: Request, choice: NameChoice, book: CampaignBook, unseen: Sequence[NamesNotSeen]) -> View:
    """The modal for this ``command``: a menu of the names that it can be about, and a menu of campaigns if several
    are open and none was typed. The target in ``command`` is only a placeholder and is not shown. Notes about
    ``unseen`` say which clusters did not answer."""
    is_confirmed = isinstance(command, ControlRequest)
    word = command.word()
    as_typed = kit.code(kit.clip(" ".join([SLASH, *choice.text.removeprefix(SLASH).split()]), COMMAND_SHOWN))
    next_step = "Nothing is done yet: the next step shows what it would do." if is_confirmed else ""
    blocks: list[Block] = [
        kit.context(f"{as_typed} {next_step}".strip()),
        *(kit.context(kit.escape(open_work.note(each))) for each in unseen),
    ]
    form = kit.Form(
        submit="Next" if is_confirmed else word.capitalize(),
        inputs=(_name_input(command), *_campaign_input(command, book)),
        purpose=CHOOSE_NAME,
        memory=choice.dump(),
    )
    return kit.view(word.capitalize(), blocks, form, close="Back")


def _name_input(command: Request) -> InputBlock:
    label = "Customer or cluster" if command.takes_cluster() else "Customer"
    if command.reach is Reach.NONE:
        label = "Campaign"
    menu = pickers.single(ChoiceInput.NAME)
    menu.focus_on_load = True
    return InputBlock(block_id=ChoiceInput.NAME, label=confirm.plain_text(label), element=menu)


def _campaign_input(command: Request, book: CampaignBook) -> tuple[InputBlock, ...]:
    """The menu of campaigns; no menu if there is nothing to choose. For a command about one campaign, the default
    campaign is chosen at first. For a command about all campaigns, none is chosen at first, and the menu may stay
    empty."""
    if len(book.open) < 2 or command.campaign or command.reach is Reach.NONE:
        return ()
    is_for_all = command.reach is Reach.ALL
    menu: ExternalDataSelectElement = pickers.single(ChoiceInput.CAMPAIGN)
    if book.default and not is_for_all:
        menu.initial_option = pickers.option_named(book.default.name)
    return (
        InputBlock(
            block_id=ChoiceInput.CAMPAIGN,
            label=confirm.plain_text("Campaign"),
            element=menu,
            optional=is_for_all,
            hint=confirm.plain_text("Leave it empty for all campaigns.") if is_for_all else None,
        ),
    )
