"""The [workflow] table of backfill.toml: the team's own workflow, how to recognise its runs and how to start them."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, field_validator

from bot.config.section import Name, Section
from bot.model import WORKFLOW_TYPE

PLACEHOLDERS = ("{customer}", "{start}", "{end}")
# A text that looks like a template field. Braces of JSON inside a text do not match.
_PLACEHOLDER = re.compile(r"\{\w*\}")


def _template(value: str) -> str:
    for part in PLACEHOLDERS:
        if value.count(part) != 1:
            raise ValueError(f"{part} stands in it {value.count(part)} times")
    return value


def _input(value: Any) -> Any:
    """Checks that the arguments hold customer, start and end: without all three no workflow can do its work."""
    if not isinstance(value, dict | list | tuple):
        raise ValueError("neither a table nor a list")  # noqa: TRY004  (what pydantic takes for a mistake)
    texts = list(_texts(value))
    found = [placeholder for text in texts for placeholder in _PLACEHOLDER.findall(text)]
    for placeholder in found:
        if placeholder not in PLACEHOLDERS:
            raise ValueError(f"{placeholder} is unknown")
    for placeholder in PLACEHOLDERS:
        if placeholder not in found:
            raise ValueError(f"{placeholder} is not in it")
    return value


def _texts(value: Any) -> Iterator[str]:
    """Every text value at any depth. Keys are left out, because they are never templates."""
    if isinstance(value, date | time):
        raise ValueError(f"{value} has to be a text, in quotes")  # noqa: TRY004  (as above)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


Arguments = Annotated[Mapping[str, JsonValue] | tuple[JsonValue, ...], BeforeValidator(_input)]


class Keys(Section):
    """Names of the search attributes, or memo keys, that hold a run's customer and days."""

    customer: Name = Field(default="BackfillCustomer", description="the name of a search attribute or memo key")
    start: Name = Field(default="BackfillStart", description="the name of a search attribute or memo key")
    end: Name = Field(default="BackfillEnd", description="the name of a search attribute or memo key")


class WorkflowConfig(Section):
    """The team's own backfill workflow."""

    types: tuple[Name, ...] = Field(
        min_length=1, description="the workflow type names, at least one; the first is what the bot starts"
    )
    task_queue: Name = Field(description="the task queue its workers poll")
    id_template: Annotated[str, AfterValidator(_template)] = Field(
        default="backfill-{customer}-{start}-{end}",
        description="a workflow id with {customer}, {start} and {end} in it, once each",
    )
    keys: Keys = Field(default=Keys(), description="a table of the names customer, start and end")
    input: Arguments = Field(
        default={"customer": "{customer}", "start": "{start}", "end": "{end}"},
        description="a table (the one argument) or a list of arguments, with {customer}, {start} and {end} in texts",
    )

    @field_validator("types")
    @classmethod
    def _not_ours(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        if WORKFLOW_TYPE in types:
            raise ValueError(f"{WORKFLOW_TYPE} is the bot's own")
        return types
