"""The [alerts] table of backfill.toml: which reasons open alerts, and how alerts are grouped and repeated."""

from datetime import timedelta
from typing import Self

from pydantic import Field

from bot.config.section import Section, Span
from bot.model import AlertReason


class ReasonSwitch(Section):
    """Whether one reason opens alerts."""

    on: bool = Field(default=True, description="true, or false where this opens no alerts")


class RetryingAlerts(ReasonSwitch):
    """Whether an activity that fails and is tried again causes an alert, and after how many failed attempts."""

    retries: int = Field(default=3, ge=1, le=1_000, description="how many attempts of one activity fail before, as 3")


class MismatchAlerts(ReasonSwitch):
    """Whether rows that differ from the source cause an alert, and how long they must have differed."""

    settle: Span = Field(default=timedelta(minutes=10), description="the time between two counts that differ, as 10m")


class ReasonAlerts(Section):
    """The tables of [alerts], one for each reason."""

    failed: ReasonSwitch = Field(default=ReasonSwitch(), description="a table with on")
    heartbeat_timeout: ReasonSwitch = Field(default=ReasonSwitch(), description="a table with on")
    blocked: ReasonSwitch = Field(default=ReasonSwitch(), description="a table with on")
    stalled: ReasonSwitch = Field(default=ReasonSwitch(), description="a table with on")
    no_worker: ReasonSwitch = Field(default=ReasonSwitch(), description="a table with on")
    retrying: RetryingAlerts = Field(default=RetryingAlerts(), description="a table with on and retries")
    mismatch: MismatchAlerts = Field(default=MismatchAlerts(), description="a table with on and settle")
    in_doubt: ReasonSwitch = Field(default=ReasonSwitch(), description="a table with on")

    @property
    def switched_on(self) -> frozenset[AlertReason]:
        """The reasons for which the configuration allows alerts."""
        switches = {reason: getattr(self, reason.value.replace(" ", "_")) for reason in AlertReason}
        return frozenset(reason for reason, switch in switches.items() if switch.on)

    def overridden_by(self, own: "ReasonAlerts") -> Self:
        """These tables, overridden by the keys that are set in ``own``, the tables of one cluster."""
        tables: dict[str, ReasonSwitch] = {}
        for name in own.model_fields_set:
            table = getattr(own, name)
            given = {key: getattr(table, key) for key in table.model_fields_set}
            tables[name] = getattr(self, name).model_copy(update=given)
        return self.model_copy(update=tables)


class Alerts(ReasonAlerts):
    """Which reasons open alerts (a cluster may override this), when alerts are grouped, and when an unacknowledged
    alert is repeated."""

    storm: int = Field(default=5, ge=1, description="of more customers than this together, look at the workers first")
    storm_within: Span = Field(default=timedelta(minutes=10), description="within this customers share a message")
    remind_after: Span = Field(default=timedelta(hours=4), description="repeat unacknowledged ones after, as 4h")
