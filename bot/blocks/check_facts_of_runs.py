"""What the check of recent runs finds, in plain text."""

from collections.abc import Sequence

from bot.blocks import words
from bot.fleet.diagnostics.run_facts import (
    AttributesUnregistered,
    EmptyNamespace,
    KeysAbsent,
    NoneRecognised,
    NoRunsYet,
    OtherIds,
    Recognised,
    RunsFact,
    SomeUnrecognised,
    StrangeCustomers,
    TypeNeverRan,
    TypesNotRunYet,
    TypesUnknownOnQueue,
    UnrecognisedRun,
    WrongAttributeType,
)
from bot.model.text import listed


def text(fact: RunsFact) -> str:  # noqa: C901, PLR0911, PLR0912  (one line a kind is the point)
    """The fact as a line of the report."""
    match fact:
        case NoneRecognised(number, example):
            return f"none of {_last(number)} is recognised, such as {_unrecognised(example)}"
        case SomeUnrecognised(unrecognised, number, example):
            return f"{unrecognised} of {_last(number)} not recognised, such as {_unrecognised(example)}"
        case Recognised(recognised, number, example):
            run = f"{example.workflow_id}: {example.customer}, {words.typed_range(example.window)}"
            return f"recognised: {recognised} of {_last(number)}, such as {run}"
        case EmptyNamespace(types):
            unknown = f"so nothing shows whether type {listed(types)} is right"
            return f"Temporal knows of no run in this namespace, {unknown}"
        case NoRunsYet():
            return "no runs yet"
        case TypesUnknownOnQueue(types, task_queue, counts):
            others = f"on task queue {task_queue} there ran {_counts(counts)}"
            return f"no run of type {listed(types)} is known to Temporal: {others}"
        case TypesNotRunYet(types, counts):
            return f"no run of type {listed(types)} is known to Temporal yet; the last runs are {_counts(counts)}"
        case OtherIds(form, example):
            return f"no recent workflow id is of the form {form}, as those are that the bot starts: {example}"
        case TypeNeverRan(name, is_started):
            suffix = ", which is what the bot starts" if is_started else ""
            return f"no run of type {name} is known to Temporal{suffix}"
        case KeysAbsent():
            return _keys_absent(fact)
        case WrongAttributeType(key, kind, what):
            return f"search attribute {key} is of type {kind}, which holds no {what}: register one of type Keyword"
        case AttributesUnregistered(names):
            unknown = f"{_either(names)} is no search attribute of this namespace"
            return f"{unknown}: what the bot starts goes without it"
        case StrangeCustomers(names):
            return f"the last runs are for {listed(names)}, who are not among the customers of this cluster"


def _last(number: int) -> str:
    return f"the last {words.plural(number, 'run')}"


def _counts(counts: Sequence[tuple[str, int]]) -> str:
    return listed([f"{name} ({number})" for name, number in counts])


def _keys_absent(fact: KeysAbsent) -> str:
    unknown = f" ({_either(fact.unregistered)} is no search attribute of this namespace either)"
    carried = f"; they carry {listed(fact.carried)}" if fact.carried else ""
    return f"no recent run carries {_either(fact.keys)}{unknown if fact.unregistered else ''}{carried}"


def _unrecognised(run: UnrecognisedRun) -> str:
    """The id of a run, and why it was not recognised."""
    reasons = [f"its id is not of the form {run.form}"] if run.form else []
    if run.absent:
        reasons.append(f"it carries no {_either(run.absent)}")
    elif run.days:
        days = " and ".join(f"{key} {value}" for key, value in run.days)
        reasons.append(f"{days} are no days in {run.zone}, the second after the first")
    if run.is_input_unread:
        reasons.append("its input could not be read in time")
    elif run.input:
        found = listed([f"{path} {value or 'nothing'}" for path, value in run.input])
        reasons.append(f"its input has {found}")
    return f"{run.workflow_id}: {', and '.join(reasons) or 'no place of the mapping tells its customer and days'}"


def _either(names: Sequence[str]) -> str:
    *others, last = names or [""]
    return f"{', '.join(others)} or {last}" if others else last
