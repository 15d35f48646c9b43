"""A campaign in backfill.toml: its name and days, and which customers, clusters and tables it is for."""

from datetime import date
from typing import Self

from pydantic import Field, ValidationInfo, field_validator

from bot.commands.words import RESERVED_NAMES
from bot.config.section import Name, Section, Zone
from bot.model import CampaignDefinition, Window


class Campaign(Section):
    """The range of days that is to be filled. If ``clusters`` and ``customers`` are empty, the campaign is for every
    customer; otherwise it is only for the clusters and customers that they name."""

    name: Name = Field(default="default", description="what {campaign} stands for in ids and inputs")
    start: date = Field(description="the first day, as 2026-01-01")
    end: date = Field(description="the day after the last, later than start, as 2026-02-21")
    timezone: Zone = Field(default="UTC", description="the time zone whose days are counted, as UTC or Europe/Berlin")
    workflow: Name | None = Field(default=None, description="the name of the definition that fills it")
    default: bool = Field(default=False, description="true for the one that commands mean when they name none")
    tables: tuple[Name, ...] = Field(default=(), description="names of [[verify.tables]] that it fills")
    clusters: tuple[Name, ...] = Field(default=(), description="the clusters that it is for")
    customers: tuple[Name, ...] = Field(default=(), description="the customers that it is for")

    @field_validator("name")
    @classmethod
    def _typeable(cls, name: str) -> str:
        if name.casefold() in RESERVED_NAMES:
            raise ValueError(f"{name} is a reserved word")
        return name

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

    @property
    def definition(self) -> CampaignDefinition:
        """The campaign as the other packages use it, without ``default``."""
        return CampaignDefinition(
            self.name, self.window, self.timezone, self.workflow or "", self.tables, self.clusters, self.customers
        )

    @classmethod
    def of(cls, definition: CampaignDefinition) -> Self:
        """The campaign of this definition, in the form that campaigns of the file have. People also open campaigns in
        Slack, so the file may not have this campaign."""
        return cls(
            name=definition.name,
            start=definition.window.start,
            end=definition.window.end,
            timezone=definition.timezone,
            workflow=definition.workflow or None,
            tables=definition.tables,
            clusters=definition.clusters,
            customers=definition.customers,
        )
