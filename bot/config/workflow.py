"""A workflow definition in backfill.toml: the team's types, how to recognise their runs and how to start them."""

from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from bot.config.complete_when import CompleteWhenConfig
from bot.config.identity import DEFAULT_ID, FieldNames, IdentityConfig, SourceName, placeholder_names
from bot.config.section import Name, Section
from bot.config.start import DEFAULT_INPUT, WHAT_INPUT, Arguments, StartConfig, missing_placeholder
from bot.model import WORKFLOW_TYPE
from bot.model.queue import QUEUE_TYPE


def not_the_bots_own(types: tuple[str, ...]) -> tuple[str, ...]:
    """The type names themselves. Raises ValueError if one of the bot's own types is among them."""
    for own in (WORKFLOW_TYPE, QUEUE_TYPE):
        if own in types:
            raise ValueError(f"{own} is the bot's own")
    return types


def _template(value: str) -> str:
    names = placeholder_names(value)
    for name in ("customer", "start", "end"):
        if names.count(name) != 1:
            raise ValueError(f"{{{name}}} stands in it {names.count(name)} times")
    return value


class Keys(Section):
    """Names of the search attributes, or memo fields, that hold a run's customer and days."""

    customer: Name = Field(default="BackfillCustomer", description="the name of a search attribute or memo key")
    start: Name = Field(default="BackfillStart", description="the name of a search attribute or memo key")
    end: Name = Field(default="BackfillEnd", description="the name of a search attribute or memo key")


class WorkflowConfig(Section):
    """One definition. ``id_template``, ``keys`` and ``input`` are short forms of settings in ``identity`` and
    ``start``."""

    name: Name = Field(default="backfill", description="what to call this definition")
    types: tuple[Name, ...] = Field(
        min_length=1, description="the workflow type names, at least one; the first is what the bot starts"
    )
    task_queue: Name = Field(description="the task queue its workers poll")
    covers: bool = Field(default=True, description="false when its runs are watched and alerted on, and fill no days")
    child_types: Annotated[tuple[Name, ...], AfterValidator(not_the_bots_own)] = Field(
        default=(), description="types of children that cancel and split end although their parents abandon them"
    )
    complete_when: CompleteWhenConfig | None = Field(
        default=None, description='a condition on the result, as { path = "status", is = "done" }'
    )
    id_template: Annotated[str, AfterValidator(_template)] = Field(
        default=DEFAULT_ID,
        description="a workflow id with {customer}, {start} and {end} in it, once each",
    )
    keys: Keys = Field(default=Keys(), description="a table of the names customer, start and end")
    input: Arguments = Field(default=DEFAULT_INPUT, description=WHAT_INPUT)
    identity: IdentityConfig = Field(default=IdentityConfig(), description="a table: where customer and days are")
    start: StartConfig = Field(default=StartConfig(), description="a table: what a window is started with")

    @field_validator("types")
    @classmethod
    def _not_ours(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        return not_the_bots_own(types)

    @model_validator(mode="after")
    def _said_once(self) -> "WorkflowConfig":
        identity, short = self.identity, self.model_fields_set
        if "id_template" in short and (identity.id or identity.id_regex):
            raise ValueError("id_template and identity.id are both given")
        if "keys" in short and identity.attributes:
            raise ValueError("keys and identity.attributes are both given")
        if "input" in short and self.start.input is not None:
            raise ValueError("input and start.input are both given")
        if self.start.id is None and missing_placeholder(placeholder_names(self.id_written)):
            raise ValueError("the ids that the bot writes tell no customer and days: start.id is missing")
        self._check_shared_names()
        return self

    def _check_shared_names(self) -> None:
        """Refuse a search attribute and a memo field of the same name if their dates have different forms. Also
        refuse them if an end in one field is the last day, and an end in the other field is the day after the last.
        In a listing, the two fields cannot be told apart."""
        shared = {*self.attribute_names.model_dump().values()} & {*self.memo_names.model_dump().values()} - {None}
        pair, identity = (SourceName.ATTRIBUTES, SourceName.MEMO), self.identity
        differ = len({identity.is_included(source) for source in pair}) > 1
        differ |= len({identity.dates.get(source, "iso") for source in pair}) > 1
        if shared and differ:
            name = min(str(name) for name in shared)
            raise ValueError(f"{name} is an attribute and a memo field: their end and dates have to be the same")

    @property
    def attribute_names(self) -> FieldNames:
        """The search attributes that hold customer and days."""
        return self.identity.attributes or FieldNames(**self.keys.model_dump())

    @property
    def memo_names(self) -> FieldNames:
        """The memo fields that hold customer and days. They have the same names as the search attributes, unless the
        identity has names of its own for the memo."""
        return self.identity.memo or self.attribute_names

    @property
    def id_read(self) -> str | None:
        """The template that reads ids; None if the regular expression ``id_regex`` reads them."""
        return None if self.identity.id_regex else self.identity.id or self.id_template

    @property
    def id_written(self) -> str:
        """The template of the ids that the bot writes."""
        return self.start.id or self.identity.id or self.id_template

    @property
    def arguments(self) -> Arguments:
        """The arguments of the runs that the bot starts, with placeholders."""
        return self.input if self.start.input is None else self.start.input

    @property
    def sources(self) -> tuple[SourceName, ...]:
        """The sources in the order in which they are tried."""
        if self.identity.order is not None:
            return self.identity.order
        is_given = {SourceName.INPUT: self.identity.input, SourceName.PARENT: self.identity.parent}
        return tuple(source for source in SourceName if is_given.get(source, True))
