"""What can be said to the bot: one frozen model a subcommand. Help, hints and docs/commands.md come from these.

A class docstring is the command's help line; ``forms`` are its usage, ``examples`` what a person might type.
"""

from datetime import timedelta
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from bot.commands.request import AlertRequest, By, ControlRequest, Purpose, Request, Which
from bot.model import Window

LONGEST_SNOOZE = timedelta(days=30)


class Help(Request):
    """Says what can be typed, or all about one command."""

    purpose = Purpose.LEARN
    forms = ("help [command]",)
    examples = ("help", "help verify")

    kind: Literal["help"] = "help"
    topic: str = ""


class Status(Request):
    """Shows how far the backfills are: the fleet, one cluster, or one customer window by window."""

    forms = ("status [cluster|customer] [start..end]",)
    examples = ("status", "status voice-prod", "status hilton", "status voice-prod/hilton 2026-01-01..2026-01-31")

    kind: Literal["status"] = "status"
    target: str = ""
    range: Window | None = None


class Struggling(Request):
    """Lists what is retrying, struggling, stalled, waiting or blocked on all clusters, worst first."""

    forms = ("struggling",)
    examples = ("struggling",)

    kind: Literal["struggling"] = "struggling"


class Verify(Request):
    """Counts the rows that arrived in ClickHouse and compares them with what was expected."""

    forms = ("verify <customer|cluster|all> [start..end] [by day|window]",)
    examples = ("verify hilton", "verify voice-prod 2026-01-01..2026-01-31", "verify hilton by day", "verify all")

    kind: Literal["verify"] = "verify"
    target: str = Field(min_length=1)
    range: Window | None = None
    by: By = By.SUMMARY


class Plan(Request):
    """Shows what would run for a customer: every window, why it has its size, and how long it takes."""

    forms = ("plan <customer> [start..end] [windows Nd]",)
    examples = ("plan hilton", "plan hilton windows 3d", "plan voice-prod/hilton 2026-01-01..2026-02-01 windows 10d")

    kind: Literal["plan"] = "plan"
    target: str = Field(min_length=1)
    range: Window | None = None
    days: int | None = Field(default=None, ge=1)


class Run(ControlRequest):
    """Runs a customer's windows one after the other, in order, until the range is complete."""

    forms = ("run <customer> [start..end] [windows Nd|whole] [missing|failed|all]",)
    examples = ("run hilton", "run hilton windows 3d", "run hilton whole", "run hilton 2026-01-01..2026-02-01 failed")

    kind: Literal["run"] = "run"
    range: Window | None = None
    days: int | None = Field(default=None, ge=1)
    whole: bool = False
    which: Which = Which.MISSING

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.whole and (self.days is not None or self.which is not Which.MISSING):
            raise ValueError("one workflow over all days has no windows to choose")
        return self


class Split(ControlRequest):
    """Cancels a customer's struggling workflow, waits until it is closed, and runs what is missing as windows."""

    forms = ("split <customer> [windows Nd]",)
    examples = ("split hilton", "split voice-prod/hilton windows 3d")

    kind: Literal["split"] = "split"
    days: int | None = Field(default=None, ge=1)


class Pause(ControlRequest):
    """Lets windows that run go on, and starts no others: of a customer, or of everybody on a cluster."""

    forms = ("pause <customer|cluster>",)
    examples = ("pause hilton", "pause voice-prod")

    kind: Literal["pause"] = "pause"


class Resume(ControlRequest):
    """Starts the next windows again: of a customer, or of everybody on a cluster, that was paused."""

    forms = ("resume <customer|cluster>",)
    examples = ("resume hilton", "resume voice-prod")

    kind: Literal["resume"] = "resume"


class Retry(ControlRequest):
    """Runs windows again that are missing or have failed: of a customer, or of everybody on a cluster."""

    forms = ("retry <customer|cluster> [start..end] [missing|failed|all]",)
    examples = ("retry hilton", "retry hilton failed", "retry hilton 2026-01-06..2026-01-11 all", "retry voice-prod")

    kind: Literal["retry"] = "retry"
    range: Window | None = None
    which: Which = Which.MISSING


class Cancel(ControlRequest):
    """Stops starting windows of a customer, or on a cluster, and cancels what runs; a range skips its days."""

    forms = ("cancel <customer|cluster> [start..end]",)
    examples = ("cancel hilton", "cancel hilton 2026-02-01..2026-02-06", "cancel voice-prod")

    kind: Literal["cancel"] = "cancel"
    range: Window | None = None


class Terminate(ControlRequest):
    """Ends what runs of a customer, or on a cluster, without asking it: for what does not react to cancel."""

    forms = ("terminate <customer|cluster>",)
    examples = ("terminate hilton", "terminate voice-prod")

    kind: Literal["terminate"] = "terminate"


class Ack(AlertRequest):
    """Acknowledges a customer's open alert: you have seen it, and reminders of it stop."""

    purpose = Purpose.CHANGE
    forms = ("ack <customer>",)
    examples = ("ack hilton", "ack voice-prod/hilton")

    kind: Literal["ack"] = "ack"


class Snooze(AlertRequest):
    """Silences a customer's open alert for a while, or until something about it changes."""

    purpose = Purpose.CHANGE
    forms = ("snooze <customer> [30m|2h|8h|…]",)
    examples = ("snooze hilton 2h", "snooze voice-prod/hilton 1h30m", "snooze hilton")

    kind: Literal["snooze"] = "snooze"
    span: timedelta | None = Field(default=None, gt=timedelta(0), le=LONGEST_SNOOZE)


class Digest(Request):
    """Shows the digest now: every cluster, what changed since the last one, and what struggles."""

    forms = ("digest",)
    examples = ("digest",)

    kind: Literal["digest"] = "digest"


class Audit(Request):
    """Shows who changed what, and when, or was refused, the latest first."""

    forms = ("audit [customer|cluster]",)
    examples = ("audit", "audit hilton", "audit voice-prod/hilton")

    kind: Literal["audit"] = "audit"
    target: str = ""


Command = Annotated[
    Help
    | Status
    | Struggling
    | Verify
    | Plan
    | Run
    | Split
    | Pause
    | Resume
    | Retry
    | Cancel
    | Terminate
    | Ack
    | Snooze
    | Digest
    | Audit,
    Field(discriminator="kind"),
]

COMMANDS: tuple[type[Request], ...] = get_args(get_args(Command)[0])
"""Every command, in the order help lists them."""
