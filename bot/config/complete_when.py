"""The condition on a workflow's result in backfill.toml: complete_when = { path = "status", is = "done" }."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from bot.config.section import Section
from bot.model.input_path import parse_result_path

Scalar = str | int | float | bool


def _path(value: str) -> str:
    parse_result_path(value)
    return value


def _values(value: object) -> tuple[object, ...]:
    """The values as a tuple, from one value or a list of them."""
    values = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not values or not all(isinstance(value, Scalar) for value in values):
        raise ValueError("neither a text, a number, true or false, nor a list of such values")
    return values


class CompleteWhenConfig(Section):
    """A condition on the result of a completed run. The days of the run are complete only if the result meets the
    condition."""

    path: Annotated[str, AfterValidator(_path)] = Field(
        default="", description="a place in the result, as status or counts.failed; all of it when left out"
    )
    wanted: Annotated[tuple[Scalar, ...], BeforeValidator(_values)] = Field(
        alias="is", strict=True, description='the value that means complete, as "done", or a list of such values'
    )
