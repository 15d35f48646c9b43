"""How the bot starts the team's workflow, in backfill.toml: id, input, search attributes, memo and options."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, time
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue

from bot.config.section import Name, Section, Span
from bot.model.placeholders import Placeholder, check_placeholders, split_template

_ENDS = ("end", "last", "days")


def missing_placeholder(names: Collection[str], *, customer: bool = True, days: bool = True) -> str:
    """The text of the mistake if a required placeholder is not among ``names``; "" if none is missing. ``customer``
    and ``days`` say whether the placeholders of each are required. A workflow needs both to do its work."""
    for name in (*("customer",) * customer, *("start",) * days):
        if name not in names:
            return f"{{{name}}} is not in it"
    return "{end} is not in it, nor {last} or {days}" if days and not {*_ENDS} & {*names} else ""


def placeholders_in(value: Any) -> list[str]:
    """The names of all placeholders in the texts inside ``value``. Raises ValueError for an unknown placeholder, and
    for a date or time."""
    return [placeholder.name for text in _texts(value) for placeholder in check_placeholders(text)]


def _input(value: Any) -> Any:
    if not isinstance(value, dict | list | tuple):
        raise ValueError("neither a table nor a list")  # noqa: TRY004  (what pydantic takes for a mistake)
    placeholders_in(value)
    return value


def _texts(value: Any) -> Iterator[str]:
    """Every text inside ``value``, at any depth. Keys are left out, because they are never templates. Raises
    ValueError for a date or time."""
    if isinstance(value, date | time):
        raise ValueError(f"{value} has to be a text, in quotes")  # noqa: TRY004  (as above)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _id(value: str) -> str:
    names = [part.name for part in split_template(value) if isinstance(part, Placeholder)]
    if "*" in names:
        raise ValueError("{*} is for ids that are read, not for those that are written")
    if missing := missing_placeholder(names):
        raise ValueError(missing)
    return value


def _filled(value: str) -> str:
    """Return the text unchanged. Raises ValueError if it has an unknown placeholder."""
    tuple(check_placeholders(value))
    return value


Arguments = Annotated[Mapping[str, JsonValue] | tuple[JsonValue, ...], BeforeValidator(_input)]
Filled = Annotated[str, AfterValidator(_filled)]
DEFAULT_INPUT = {"customer": "{customer}", "start": "{start}", "end": "{end}"}
WHAT_INPUT = "a table (the one argument) or a list of arguments, with {customer}, {start} and {end} in texts"


class Retry(Section):
    """The retry policy of the workflow itself."""

    attempts: int = Field(ge=1, le=1000, description="a number from 1 to 1000; 1 is without retries")


class Priority(Section):
    """Temporal's task queue priority and fairness (https://docs.temporal.io/develop/task-queue-priority-fairness). A
    server that does not know these ignores them."""

    key: int | None = Field(default=None, ge=1, le=5, description="a number from 1, the most urgent, to 5")
    fairness: Filled | None = Field(default=None, description='whose turn it is among equals, as "{customer}"')


# Windows run after other work of the same workers, whose priority is 3 unless the team sets another. Among windows,
# customers take turns.
BEHIND_LIVE_WORK = Priority(key=4, fairness="{customer}")


class StartConfig(Section):
    """The options with which the bot starts the run of a window."""

    id: Annotated[str, AfterValidator(_id)] | None = Field(
        default=None, description="a workflow id with {customer}, {start}, and {end}, {last} or {days}"
    )
    input: Arguments | None = Field(default=None, description=WHAT_INPUT)
    execution_timeout: Span | None = Field(default=None, description="the longest time with all its retries, as 3d")
    run_timeout: Span | None = Field(default=None, description="the longest time of one run, as 1d")
    retry: Retry | None = Field(default=None, description="a table with attempts")
    priority: Priority = Field(default=BEHIND_LIVE_WORK, description="a table with key and fairness")
    search_attributes: Mapping[Name, Filled] = Field(default={}, description="a table of search attributes")
    memo: Mapping[Name, Filled] = Field(default={}, description="a table of memo fields")
