"""The identity of a run in backfill.toml: where its customer and days are read from, and in what form."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config.section import Name, Section
from bot.model.id_regex import check_id_regex
from bot.model.input_path import parse_path
from bot.model.placeholders import END_FORMS, Placeholder, check_date_form, split_template

DEFAULT_ID = "backfill-{customer}-{start}-{end}"


class SourceName(StrEnum):
    """The sources of an identity, by their keys in the file."""

    ATTRIBUTES = "attributes"
    MEMO = "memo"
    INPUT = "input"
    ID = "id"
    PARENT = "parent"


class EndDay(StrEnum):
    """What the end of the days of a run means: the day after the last day, or the last day itself."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


def _dates(value: Any) -> Any:
    """The form of dates for each source. If ``value`` is a text, it is the form for all sources. Any other value is
    returned unchanged."""
    return dict.fromkeys(SourceName, _date_form(value)) if isinstance(value, str) else value


def _date_form(value: str) -> str:
    if value in END_FORMS:
        raise ValueError(f"{value} is for what is written: read {value.removesuffix('_end')}, with ends included")
    return check_date_form(value)


def _ends(value: Any) -> Any:
    """For each source, whether an end is the last day or the day after it. If ``value`` is a text, it applies to all
    sources. Any other value is returned unchanged."""
    return dict.fromkeys(SourceName, EndDay(value)) if isinstance(value, str) else value


def _id_template(value: str) -> str:
    names = placeholder_names(value)
    if names.count("customer") > 1:
        raise ValueError(f"{{customer}} stands in it {names.count('customer')} times")
    if not {"customer", "start"} & {*names}:
        raise ValueError("neither {customer} nor {start} is in it")
    return value


def placeholder_names(template: str) -> list[str]:
    """The names of the placeholders in a template, in order."""
    return [part.name for part in split_template(template) if isinstance(part, Placeholder)]


def _path(value: str) -> str:
    parse_path(value)
    return value


DateForm = Annotated[str, AfterValidator(_date_form)]
DateForms = Annotated[Mapping[SourceName, DateForm], BeforeValidator(_dates)]
EndDays = Annotated[Mapping[SourceName, EndDay], BeforeValidator(_ends)]
IdPattern = Annotated[str, AfterValidator(_id_template)]
Path = Annotated[str, AfterValidator(_path)]


class FieldNames(Section):
    """Names of search attributes or memo fields."""

    customer: Name | None = Field(default=None, description="the name of the one that holds the customer")
    start: Name | None = Field(default=None, description="the name of the one that holds the first day")
    end: Name | None = Field(default=None, description="the name of the one that holds the end of the days")
    days: Name | None = Field(default=None, description="the name of the one that holds the number of days")

    @model_validator(mode="after")
    def _one_end(self) -> "FieldNames":
        _check_fields(self.customer, self.start, self.end, self.days)
        return self


class InputPaths(Section):
    """Paths into the arguments of a workflow, as [0].range.from."""

    customer: Path | None = Field(default=None, description="the path to the customer, as [0].tenant.slug")
    start: Path | None = Field(default=None, description="the path to the first day, as [0].range.from")
    end: Path | None = Field(default=None, description="the path to the end of the days, as [0].range.to")
    days: Path | None = Field(default=None, description="the path to the number of days, as [0].days")

    @model_validator(mode="after")
    def _one_end(self) -> "InputPaths":
        _check_fields(self.customer, self.start, self.end, self.days)
        return self


def _check_fields(customer: str | None, start: str | None, end: str | None, days: str | None) -> None:
    if end and days:
        raise ValueError("end and days both say where the days end")
    if (end or days) and not start:
        raise ValueError("an end, and no start")
    if not customer and not start:
        raise ValueError("neither customer nor start is in it")


class IdentityConfig(Section):
    """Where the customer and the days of a run are read from."""

    order: tuple[SourceName, ...] | None = Field(
        default=None,
        min_length=1,
        description="a list of attributes, memo, input, id, parent: the first that tells customer and days wins",
    )
    attributes: FieldNames | None = Field(
        default=None, description="a table of search attributes: customer, start, and end or days"
    )
    memo: FieldNames | None = Field(
        default=None, description="a table of memo fields: customer, start, and end or days"
    )
    input: InputPaths | None = Field(
        default=None, description="a table of paths into the arguments: customer, start, and end or days"
    )
    id: IdPattern | None = Field(
        default=None, description="a workflow id with {customer}, {start}, and {end}, {last} or {days}"
    )
    id_regex: Annotated[str, AfterValidator(check_id_regex)] | None = Field(
        default=None, description="an RE2 expression with groups named customer, start, and end, last or days"
    )
    parent: IdPattern | None = Field(default=None, description="the same for the workflow id of a run's parent")
    dates: DateForms = Field(
        default={}, description="iso, epoch, epoch_ms or a form as %Y-%m-%d; or a table of those by source"
    )
    end: EndDays = Field(default={}, description='"excluded" or "included"; or a table of those by source')
    without_end: Literal["not recognised", "one day"] = Field(
        default="not recognised", description='"not recognised" or "one day": what a start without an end is'
    )
    without_days: Literal["not recognised", "the whole campaign"] = Field(
        default="not recognised", description='"not recognised" or "the whole campaign"'
    )

    @model_validator(mode="after")
    def _is_consistent(self) -> "IdentityConfig":
        if self.id and self.id_regex:
            raise ValueError("id and id_regex are both given")
        for source in self.order or ():
            if source is SourceName.INPUT and self.input is None:
                raise ValueError("order names input, and no input is given")
        if self.input and self.order and SourceName.INPUT not in self.order:
            raise ValueError("input is given, and order does not name it")
        return self

    def is_included(self, source: SourceName) -> bool:
        """Whether an end that is read from this source is the last day itself, and not the day after it."""
        return self.end.get(source) is EndDay.INCLUDED
