"""Building blocks of backfill.toml: a frozen section, and types of values that several sections share."""

from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from bot.model import parse_duration


def _duration(value: Any) -> timedelta:
    """Parse a duration. Accepts only text, because a bare number has no unit."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a duration such as 90s, 30m, 2h or 1d")  # noqa: TRY004  (what pydantic takes for a mistake)
    return parse_duration(value)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise ValueError(f"no time zone {value!r}") from exc
    return value


Zone = Annotated[str, AfterValidator(_zone)]
Span = Annotated[timedelta, BeforeValidator(_duration)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Section(BaseModel):
    """A section of the file: frozen, and unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
