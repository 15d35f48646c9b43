"""How a closed run ended, as the last event of its history tells it, without types of Temporal's SDK."""

from dataclasses import dataclass

from pydantic import JsonValue

from bot.model.failure import Failure


@dataclass(frozen=True, slots=True)
class Cause:
    """One link of a run's failure: the first is the workflow's own, each of the others caused the one before.

    ``activity`` and ``child`` name the type of the activity or child workflow that failed; at most one of them is
    not "".
    """

    failure: Failure
    activity: str = ""
    child: str = ""


@dataclass(frozen=True, slots=True)
class CloseEvent:
    """Why a run failed, or what it returned. ``causes`` are empty for a run that did not fail, and hold the reason
    that somebody gave for one that was terminated. ``is_readable`` is False for a result that is encrypted or no
    JSON; ``result`` is then None."""

    causes: tuple[Cause, ...] = ()
    result: JsonValue = None
    is_readable: bool = True
