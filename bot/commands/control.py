"""The commands that start, stop or steer backfills: a model and a reader each. Options may come in any order."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.commands.activities import Reset, Timeout
from bot.commands.campaign import Campaign
from bot.commands.names import reject_extra_words, reject_options, required_names
from bot.commands.options import check_whole_with, take_order, take_which, take_whole, take_windows
from bot.commands.ranges import take_range
from bot.commands.request import SLASH, ControlRequest, Group, Reach, Selection
from bot.commands.words import Quoted, shown, typed
from bot.errors import UsageError
from bot.model import Window
from bot.model.queue import QueueOrder

# Words that are a choice of run by themselves. Right after run, each is a name.
_CHOICES = frozenset({"missing", "failed", "whole", "smallest", "largest"})
_CUSTOMER = "a customer"
_CUSTOMER_OR_CLUSTER = "a customer or a cluster"


class Run(ControlRequest):
    """Runs the windows of a customer, or of every incomplete customer, in order until the range is complete."""

    forms = (
        "run <customer …> [start..end] [windows Nd|whole] [missing|failed|all]",
        "run <cluster|all> [start..end] [windows Nd] [missing|failed] [smallest|largest|by name]",
    )
    examples = (
        "run hilton",
        "run hilton windows 3d",
        "run hilton whole",
        "run hilton spirit",
        "run hilton 2026-01-01..2026-02-01 failed",
        "run voice-prod largest",
        "run all",
    )
    reason_example = "new customer, first backfill"

    kind: Literal["run"] = "run"
    range: Window | None = None
    days: int | None = Field(default=None, ge=1)
    whole: bool = False
    which: Selection = Selection.MISSING
    order: QueueOrder | None = None

    @model_validator(mode="after")
    def _check_whole_alone(self) -> Self:
        if self.whole and (self.days is not None or self.which is not Selection.MISSING):
            raise ValueError("one workflow over all days has no windows to choose")
        return self


def run_incomplete(command: Run, cluster: str) -> Run:
    """The same command for all incomplete customers of a cluster, or of all clusters if ``cluster`` is "". If the
    command names no order, the smallest customers come first."""
    order = command.order or QueueOrder.SMALLEST
    return command.model_copy(update={"group": Group.INCOMPLETE, "cluster": cluster, "names": (), "order": order})


def _read_run_all(words: Sequence[str], today: date) -> Run:
    """Reads ``run all``, where ``words`` are the words after ``all``."""
    names, window = take_range(words, today)
    names, days = take_windows(names)
    names, which = take_which(names)
    names, order = take_order(names)
    names, whole = take_whole(names)
    if names:
        raise _target_first("all", names)
    if whole:
        raise UsageError(
            "whole is one workflow over all days of a customer: it does not go with all.",
            f"Name the customers: {SLASH} run hilton spirit whole.",
        )
    if which is Selection.ALL:
        raise UsageError(
            "This would run completed days again.", f"Name the customers: {SLASH} run hilton spirit all."
        )
    command = Run(target="all", range=window, days=days, which=which or Selection.MISSING, order=order)
    return run_incomplete(command, "")


def _target_first(first: str, names: Sequence[str]) -> UsageError:
    """The error for words as in ``run all hilton``: ``first`` may be an option or a customer. The bot does not guess,
    as ``all`` would run completed days again. Raises another UsageError if one of ``names`` looks like an option."""
    reject_options(Run, names)
    return UsageError(
        f"The word after run says who runs: {shown(first)} does not go with {shown(' '.join(names))}.",
        f"Type {SLASH} run {' '.join(map(typed, names))} {first}, or put a customer of that name in double quotes.",
    )


def read_run(words: Sequence[str], today: date) -> Run:
    first = words[0] if words and not isinstance(words[0], Quoted) else ""
    if first.lower() == "all":
        return _read_run_all(words[1:], today)
    is_choice = first.lower() in _CHOICES
    rest, order = take_order(words[1:])
    words = [*([Quoted(first)] if is_choice else words[:1]), *rest]
    names, window = take_range(words, today)
    names, days = take_windows(names)
    names, whole = take_whole(names)
    names, which = take_which(names)
    if is_choice and len(names) > 1:
        raise _target_first(first, names[1:])
    target, customers = required_names(Run, names, _CUSTOMER, words)
    if whole:
        check_whole_with(target if customers else typed(target), days, which)
    which = which or Selection.MISSING
    return Run(target=target, names=customers, range=window, days=days, whole=whole, which=which, order=order)


class Split(ControlRequest):
    """Cancels a customer's struggling workflow, waits until it is closed, and runs what is missing as windows."""

    forms = ("split <customer …> [windows Nd]", "split struggling [cluster]")
    examples = (
        "split hilton",
        "split hilton spirit",
        "split struggling",
        "split struggling voice-prod",
        "split voice-prod/hilton windows 3d",
    )
    reason_example = "times out on heartbeat"

    kind: Literal["split"] = "split"
    days: int | None = Field(default=None, ge=1)


def read_split(words: Sequence[str], _today: date) -> Split:
    names, days = take_windows(words)
    if names and not isinstance(names[0], Quoted) and names[0].lower() == Group.STRUGGLING:
        reject_extra_words(Split, names[2:])
        return split_struggling("".join(names[1:]), days)
    target, customers = required_names(Split, names, _CUSTOMER, words)
    return Split(target=target, names=customers, days=days)


def split_struggling(cluster: str = "", days: int | None = None, campaign: str = "") -> Split:
    """``split`` for all customers that struggle on a cluster; on all clusters if ``cluster`` is ""."""
    target = f"{Group.STRUGGLING} {typed(cluster)}".strip() if cluster else Group.STRUGGLING.value
    return Split(target=target, group=Group.STRUGGLING, cluster=cluster, days=days, campaign=campaign)


class Pause(ControlRequest):
    """Pauses a customer or a cluster: no new window begins; for a customer without a sequence, no new attempt."""

    reach = Reach.ALL
    forms = ("pause <customer …|cluster>",)
    examples = ("pause hilton", "pause hilton spirit", "pause voice-prod")
    reason_example = "the warehouse is upgraded tonight"

    kind: Literal["pause"] = "pause"


def read_pause(words: Sequence[str], _today: date) -> Pause:
    target, customers = required_names(Pause, words, _CUSTOMER_OR_CLUSTER, words)
    return Pause(target=target, names=customers)


class Resume(ControlRequest):
    """Continues a paused customer, or everybody who is paused on a cluster."""

    reach = Reach.ALL
    forms = ("resume <customer …|cluster>",)
    examples = ("resume hilton", "resume hilton spirit", "resume voice-prod")
    reason_example = "the upgrade is done"

    kind: Literal["resume"] = "resume"


def read_resume(words: Sequence[str], _today: date) -> Resume:
    target, customers = required_names(Resume, words, _CUSTOMER_OR_CLUSTER, words)
    return Resume(target=target, names=customers)


class Retry(ControlRequest):
    """Runs missing or failed windows again: those of a customer, or of everybody on a cluster."""

    forms = ("retry <customer …|cluster> [start..end] [missing|failed|all]",)
    examples = (
        "retry hilton",
        "retry hilton failed",
        "retry hilton spirit",
        "retry hilton 2026-01-06..2026-01-11 all",
        "retry voice-prod",
    )
    reason_example = "the workers have more memory now"

    kind: Literal["retry"] = "retry"
    range: Window | None = None
    which: Selection = Selection.MISSING


def read_retry(words: Sequence[str], today: date) -> Retry:
    names, window = take_range(words, today)
    names, which = take_which(names)
    target, customers = required_names(Retry, names, _CUSTOMER_OR_CLUSTER, words)
    return Retry(target=target, names=customers, range=window, which=which or Selection.MISSING)


def retry_several(names: tuple[str, ...], campaign: str = "") -> Retry:
    """``retry`` for these customers."""
    return Retry(target=" ".join(map(typed, names)), names=names, campaign=campaign)


class Cancel(ControlRequest):
    """Cancels the runs of a customer or cluster and starts no more windows; with a range, only skips these days."""

    reach = Reach.ALL
    forms = ("cancel <customer …|cluster> [start..end]",)
    examples = ("cancel hilton", "cancel hilton 2026-02-01..2026-02-06", "cancel hilton spirit", "cancel voice-prod")
    reason_example = "the source is to be corrected first"

    kind: Literal["cancel"] = "cancel"
    range: Window | None = None


def read_cancel(words: Sequence[str], today: date) -> Cancel:
    names, window = take_range(words, today)
    target, customers = required_names(Cancel, names, _CUSTOMER_OR_CLUSTER, words)
    return Cancel(target=target, names=customers, range=window)


class Terminate(ControlRequest):
    """Ends the workflows of a customer or a cluster at once, for example if they do not react to cancel."""

    reach = Reach.ALL
    forms = ("terminate <customer …|cluster>",)
    examples = ("terminate hilton", "terminate hilton spirit", "terminate voice-prod")
    reason_example = "has not reacted to cancel for an hour"
    asks_for_name = True

    kind: Literal["terminate"] = "terminate"


def read_terminate(words: Sequence[str], _today: date) -> Terminate:
    target, customers = required_names(Terminate, words, _CUSTOMER_OR_CLUSTER, words)
    return Terminate(target=target, names=customers)


Control = Annotated[
    Run | Split | Pause | Resume | Retry | Cancel | Terminate | Timeout | Reset | Campaign,
    Field(discriminator="kind"),
]
"""Any command that a dialog confirms. The dialog keeps it as JSON until somebody submits."""
