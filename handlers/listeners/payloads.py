"""The parts of Slack's payloads that are used, as values. Whatever else a payload holds is ignored."""

import uuid
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.model import Actor
from bot.wellformed import well_formed


def _well_formed(value: object) -> object:
    # A null character is a blank here, like others that cannot be printed: nobody has typed anything by it.
    return well_formed(value.replace("\0", " ")) if isinstance(value, str) else value


def _like_no_other(mark: str) -> str:
    return mark or f"none {uuid.uuid4()}"


# What people type and what Slack repeats of it may be cut anywhere.
Text = Annotated[str, BeforeValidator(_well_formed)]
# What tells one delivery from another. One that has none is like no other: better answered twice than not at all.
Mark = Annotated[Text, AfterValidator(_like_no_other), Field(default="", validate_default=True)]


class Payload(BaseModel):
    """Common part: frozen, other fields ignored. Reading one raises pydantic's ValidationError.

    Errors do not repeat the payload: its response_url lets whoever reads the log speak in the channel.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nothing(cls, told: Any) -> Any:
        """What is null is as if it were not there: with an app that is installed for a whole organisation team and
        channel may be (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload)."""
        if not isinstance(told, Mapping):
            return told
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """From the body as Bolt hands it over."""
        return cls.model_validate(body)


class SlashPayload(Payload):
    """A slash command (slack-contract.md §4.1)."""

    user_id: Text
    team_id: Text = ""
    channel_id: Text = ""
    text: Text = ""
    trigger_id: Mark

    @property
    def actor(self) -> Actor:
        """Who typed it, and where."""
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
    """A click in a message (slack-contract.md §4.2); one is sent for one element."""

    user: _User
    channel: _Channel = _Channel()
    actions: tuple[_Element, ...] = Field(min_length=1)
    trigger_id: Mark

    @property
    def actor(self) -> Actor:
        """Who clicked, and where; never whom the button was drawn for."""
        return Actor(self.user.id, self.user.team_id, self.channel.id)

    @property
    def action_id(self) -> str:
        """What was clicked."""
        return self.actions[0].action_id

    @property
    def value(self) -> str:
        """The button's value, or that of the chosen option."""
        element = self.actions[0]
        chosen = element.selected_option.value if element.selected_option else ""
        return element.value or chosen


class _Entered(Payload):
    value: Text | None = None


class _State(Payload):
    values: Mapping[Text, Mapping[Text, _Entered]] = {}


class _View(Payload):
    id: Text
    hash: Mark
    callback_id: Text = ""
    private_metadata: Text = ""
    state: _State = _State()


class SubmissionPayload(Payload):
    """A modal that was submitted (slack-contract.md §4.3)."""

    user: _User
    view: _View

    @property
    def actor(self) -> Actor:
        """Who submitted it; a modal is in no channel."""
        return Actor(self.user.id, self.user.team_id, "")

    @property
    def delivery(self) -> str:
        """The same for every delivery of one submission: a view that is shown again has another hash."""
        return f"{self.view.id} {self.view.hash}"

    def entered(self, field: str) -> str | None:
        """What stands in a field whose block and action id are both ``field``; None when there is no such field."""
        elements = self.view.state.values.get(field, {})
        return (elements[field].value or "") if field in elements else None
