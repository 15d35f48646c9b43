"""The parts of Slack's payloads that the bot uses. Anything else in a payload is ignored.

Their contents are described in docs/slack-facts.md#payloads.
"""

import uuid
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.model import Actor, Address
from bot.wellformed import well_formed


def _well_formed(value: object) -> object:
    # A null character becomes a blank, because nobody types a null on purpose.
    return well_formed(value.replace("\0", " ")) if isinstance(value, str) else value


def _or_unique(identifier: str) -> str:
    return identifier or f"none {uuid.uuid4()}"


# Text that people type, or that Slack repeats and may have cut anywhere.
Text = Annotated[str, BeforeValidator(_well_formed)]
# The id of a delivery. Where it is absent, a unique one takes its place, so that the delivery counts as new: better
# answered twice than not at all.
Identifier = Annotated[Text, AfterValidator(_or_unique), Field(default="", validate_default=True)]


class Payload(BaseModel):
    """The base of all payloads. ``read`` raises pydantic's ValidationError.

    The errors do not repeat the payload, because it contains a response_url, with which anybody who reads the log
    could post in the channel.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, payload: Any) -> Any:
        """A null counts as absent. In an app that is installed for a whole organisation, team and channel may be null
        (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload)."""
        if not isinstance(payload, Mapping):
            return payload
        return {name: value for name, value in payload.items() if value is not None}

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Parse the body that Bolt hands over."""
        return cls.model_validate(body)


class SlashPayload(Payload):
    """A slash command (docs/slack-facts.md#slash-commands)."""

    user_id: Text
    team_id: Text = ""
    channel_id: Text = ""
    text: Text = ""
    trigger_id: Identifier

    @property
    def actor(self) -> Actor:
        """Who typed the command, and where."""
        return Actor(self.user_id, self.team_id, self.channel_id)


class _User(Payload):
    id: Text
    team_id: Text = ""


class _Channel(Payload):
    id: Text = ""


class _Option(Payload):
    value: Text = ""


class _Element(Payload):
    action_id: Text
    value: Text | None = None
    selected_option: _Option | None = None


class ClickPayload(Payload):
    """A click on one element of a message or of the Home tab (docs/slack-facts.md#clicks)."""

    user: _User
    channel: _Channel = _Channel()
    actions: tuple[_Element, ...] = Field(min_length=1)
    trigger_id: Identifier

    @property
    def actor(self) -> Actor:
        """Who clicked, and where. This may be somebody else than the person for whom the button was drawn."""
        return Actor(self.user.id, self.user.team_id, self.channel.id)

    @property
    def action_id(self) -> str:
        """The action id of the element that was clicked."""
        return self.actions[0].action_id

    @property
    def value(self) -> str:
        """The value of the button, or of the option that was chosen."""
        element = self.actions[0]
        chosen = element.selected_option.value if element.selected_option else ""
        return element.value or chosen


class _Entered(Payload):
    value: Text | None = None
    selected_option: _Option | None = None
    selected_options: tuple[_Option, ...] | None = None


class _State(Payload):
    values: Mapping[Text, Mapping[Text, _Entered]] = {}


class _View(Payload):
    id: Text
    hash: Identifier
    callback_id: Text = ""
    private_metadata: Text = ""
    state: _State = _State()


class SubmissionPayload(Payload):
    """A submitted modal (docs/slack-facts.md#submitted-modals)."""

    user: _User
    view: _View

    @property
    def actor(self) -> Actor:
        """Who submitted the modal. The channel is "", because a modal belongs to no channel."""
        return Actor(self.user.id, self.user.team_id, "")

    @property
    def delivery(self) -> str:
        """An id that all deliveries of one submission share. It contains the hash of the view. When the view is shown
        again, Slack gives it another hash, so the next submission has another id."""
        return f"{self.view.id} {self.view.hash}"

    def entered(self, field: str) -> str | None:
        """The text in the field whose block id and action id are both ``field``; None if there is no such field."""
        elements = self.view.state.values.get(field, {})
        return (elements[field].value or "") if field in elements else None

    def chosen(self, block: str, action: str) -> tuple[str, ...] | None:
        """The values of the options that are chosen in a menu or among check boxes; None if there is no such
        field."""
        element = self.view.state.values.get(block, {}).get(action)
        if element is None:
            return None
        single = (element.selected_option,) if element.selected_option else ()
        return tuple(option.value for option in (element.selected_options or single))


class _SuggestingView(Payload):
    id: Text = ""
    private_metadata: Text = ""


class SuggestionPayload(Payload):
    """What a person has typed into a menu of a modal (docs/slack-facts.md#menus-that-ask-the-app)."""

    value: Text = ""
    view: _SuggestingView = _SuggestingView()


class _Message(Payload):
    ts: Text = ""
    app_id: Text = ""
    blocks: tuple[Any, ...] = ()


class ShortcutPayload(Payload):
    """A message shortcut: the message in whose menu it was chosen, and by whom (docs/slack-facts.md#shortcuts)."""

    user: _User
    callback_id: Text
    channel: _Channel = _Channel()
    message: _Message = _Message()
    api_app_id: Text = ""
    trigger_id: Identifier

    @property
    def actor(self) -> Actor:
        """Who chose the shortcut, and where."""
        return Actor(self.user.id, self.user.team_id, self.channel.id)

    @property
    def address(self) -> Address:
        """The message."""
        return Address(self.channel.id, self.message.ts)

    @property
    def own_blocks(self) -> tuple[Any, ...]:
        """The blocks of the message if the bot has posted it; empty for any other message."""
        is_own = bool(self.api_app_id) and self.message.app_id == self.api_app_id
        return self.message.blocks if is_own else ()
