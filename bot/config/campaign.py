"""The campaign in backfill.toml: its name, its days and whose days they are."""

from datetime import date

from pydantic import Field, ValidationInfo, field_validator

from bot.config.section import Name, Section, Zone
from bot.model import Window


class Campaign(Section):
    """The range that is to be filled for every customer."""

    name: Name = Field(default="default", description="what {campaign} stands for in ids and inputs")
    start: date = Field(description="the first day, as 2026-01-01")
    end: date = Field(description="the day after the last, later than start, as 2026-02-21")
    timezone: Zone = Field(default="UTC", description="the time zone whose days are counted, as UTC or Europe/Berlin")
    workflow: Name | None = Field(default=None, description="the name of the definition that fills it")

    @field_validator("end")
    @classmethod
    def _ordered(cls, end: date, info: ValidationInfo) -> date:
        start = info.data.get("start")
        if start and end <= start:
            raise ValueError(f"{end} is not after start {start}")
        return end

    @property
    def window(self) -> Window:
        """The range as a Window."""
        return Window(self.start, self.end)
