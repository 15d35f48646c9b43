"""What every part of backfill.toml is made of: a frozen section, and the kinds of values that several parts share."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from bot.model import parse_duration


def _duration(value: Any) -> timedelta:
    """Text only: a bare number does not say of what, and may be none that can be waited for."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a duration such as 90s, 30m, 2h or 1d")  # noqa: TRY004  (what pydantic takes for a mistake)
    return parse_duration(value)


Span = Annotated[timedelta, BeforeValidator(_duration)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Section(BaseModel):
    """A part of the file: frozen, and nothing in it is ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
