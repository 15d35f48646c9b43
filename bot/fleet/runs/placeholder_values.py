"""Fills placeholders into texts and JSON values: ids, inputs, search attributes and memo fields of a start."""

from dataclasses import dataclass
from datetime import tzinfo

from pydantic import JsonValue

from bot.fleet.runs.days import write_day
from bot.model import Window
from bot.model.placeholders import ISO, NUMERIC_FORMS, Placeholder, fill_pattern

_PLACEHOLDER = fill_pattern()


@dataclass(frozen=True, slots=True)
class PlaceholderValues:
    """The values of the placeholders for one start. ``form`` is the date form of a placeholder that names none."""

    customer: str
    window: Window
    cluster: str
    zone: tzinfo
    form: str = ISO
    campaign: str = ""

    def text(self, placeholder: Placeholder) -> str:
        """The value of one placeholder as text. A day is written in the placeholder's own form, or else in
        ``form``."""
        match placeholder.name:
            case "customer":
                return self.customer
            case "cluster":
                return self.cluster
            case "campaign":
                return self.campaign
            case "days":
                return str(self.window.days)
            case "start":
                day = self.window.start
            case "last":
                day = self.window.last
            case _:
                day = self.window.end
        return write_day(day, placeholder.form or self.form, self.zone)

    def fill(self, text: str) -> str:
        """The text with all placeholders replaced, in one pass, so that a customer named ``{start}`` is not replaced
        again."""
        return _PLACEHOLDER.sub(lambda match: self.text(Placeholder(match[1], match[2] or "")), text)

    def fill_value(self, value: JsonValue) -> JsonValue:
        """The value with all texts filled, at any depth, except the keys of tables. A text that consists of a
        placeholder for a number becomes that number."""
        match value:
            case str():
                number = self._number(value)
                return self.fill(value) if number is None else number
            case list():
                return [self.fill_value(item) for item in value]
            case dict():
                return {key: self.fill_value(item) for key, item in value.items()}
            case _:
                return value

    def _number(self, text: str) -> int | None:
        match = _PLACEHOLDER.fullmatch(text)
        if match is None:
            return None
        placeholder = Placeholder(match[1], match[2] or "")
        is_number = placeholder.name == "days" or placeholder.form in NUMERIC_FORMS
        return int(self.text(placeholder)) if is_number else None
