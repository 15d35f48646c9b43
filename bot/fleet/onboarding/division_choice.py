"""Judges the ways in which a namespace could be divided into clusters, by the customers and days of each part's runs.
Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.onboarding.definitions import TypeSurvey, survey_types
from bot.fleet.onboarding.divisions import TASK_QUEUE, WORKFLOW_ID, Division, divided, possible_divisions
from bot.fleet.onboarding.identity_choice import Doubt
from bot.model import Window

# Names of search attributes that say where a run belongs.
_PLACE = re.compile(
    r"region|cluster|cell|shard|environment|(?:^|_|[a-z])[Ee]nv(?:$|_|[A-Z])|stack|site|zone|datacent|(?:^|_)dc(?:$|_)",
    re.IGNORECASE,
)
# If each part has at least this many customers, and none in common with another part, that is no coincidence.
_ENOUGH_CUSTOMERS = 2
# A part with a single run may be anything.
_ENOUGH_RUNS = 2

_Days = Mapping[str, list[Window]]


@dataclass(frozen=True, slots=True)
class DivisionChoice:
    """The divisions of one namespace that fit the customers and days of its runs. The runs prove the first ``proven``
    of these divisions; the other divisions are only possible."""

    divisions: tuple[Division, ...] = ()
    proven: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a division is judged by: the known ``customers``, the ``registered`` search attributes (None if unknown),
    and the search attributes that hold a single text (``keywords``)."""

    customers: Collection[str]
    registered: Collection[str] | None
    keywords: Collection[str]
    zone: tzinfo


def choose_divisions(runs: Sequence[SampleRun], evidence: Evidence) -> DivisionChoice:
    """The divisions of one namespace that its runs allow, the proven ones first. Among the proven ones, and among the
    others, divisions by attribute come first, then those by queue, then those by id."""
    allowed = [
        (division, surveys)
        for division in possible_divisions(runs, evidence.keywords)
        if (surveys := _survey(runs, division, evidence)) and all(_is_apart(each, division) for each in surveys)
    ]
    proven = [division for division, surveys in allowed if _is_proven(division, surveys, runs)]
    others = [division for division, _ in allowed if division not in proven]
    ordered = sorted(proven, key=_rank), sorted(others, key=_rank)
    return DivisionChoice((*ordered[0], *ordered[1]), len(proven))


def _rank(division: Division) -> tuple[bool, bool]:
    return division.by == WORKFLOW_ID, division.by == TASK_QUEUE


def _survey(runs: Sequence[SampleRun], division: Division, evidence: Evidence) -> list[TypeSurvey]:
    """The surveys of the types whose customer and days can be read after the runs are divided like this."""
    surveys = survey_types(divided(runs, division), evidence.customers, evidence.registered, evidence.zone)
    return [survey for survey in surveys if survey.choice]


def _is_apart(survey: TypeSurvey, division: Division) -> bool:
    """Whether the parts may be clusters: each run is in a part, each part has enough runs, the parts are not
    customers or groups of customers, and no customer has some days in one part and the other days in another."""
    names = {part.name for part in division.parts}
    by_part = _days_by_part(survey)
    if not {*by_part} <= names or not all(by_part.values()) or _is_field(survey, division):
        return False
    if len(by_part) == 1:
        return True
    shared = _shared(by_part)
    if not shared and all(len(days) == 1 for days in by_part.values()):
        return False
    if all(customer.startswith(part) for part, days in by_part.items() for customer in days):
        return False
    if min(sum(map(len, days.values())) for days in by_part.values()) < _ENOUGH_RUNS:
        return False
    return all(_overlap(by_part, customer) for customer in shared)


def _is_field(survey: TypeSurvey, division: Division) -> bool:
    """Whether the field that divides the runs is one from which customer or days are read."""
    mapping = survey.choice.mapping if survey.choice else None
    keys = [keys for keys in (mapping.attributes, mapping.memo) if keys] if mapping else []
    return any(division.by in key.names for key in keys)


def _is_proven(division: Division, surveys: Sequence[TypeSurvey], runs: Sequence[SampleRun]) -> bool:
    if any(survey.choice and Doubt.CUSTOMER in survey.choice.doubts for survey in surveys):
        return False
    shares = any(_shared(_days_by_part(survey)) for survey in surveys)
    if division.by == TASK_QUEUE:
        return True
    if division.by == WORKFLOW_ID:
        return shares or all(
            len(days) >= _ENOUGH_CUSTOMERS for survey in surveys for days in _days_by_part(survey).values()
        )
    return shares or bool(_PLACE.search(division.by)) or _has_own_queues(division, runs)


def _has_own_queues(division: Division, runs: Sequence[SampleRun]) -> bool:
    """Whether no two parts share a task queue."""
    queues: dict[str, set[str]] = {}
    for run in runs:
        if part := division.of.get(run.execution.ref):
            queues.setdefault(part.name, set()).add(run.execution.task_queue)
    every = [queue for own in queues.values() for queue in own]
    return len(every) == len({*every})


def _days_by_part(survey: TypeSurvey) -> Mapping[str, _Days]:
    """The windows of each customer in each part."""
    found: dict[str, dict[str, list[Window]]] = {}
    for run, identity in zip(survey.runs, survey.identities_by_run(), strict=True):
        days = found.setdefault(run.execution.ref.cluster, {})
        if identity:
            days.setdefault(identity.customer, []).append(identity.window)
    return found


def _shared(by_part: Mapping[str, _Days]) -> list[str]:
    """The customers that are in several parts."""
    customers = [customer for days in by_part.values() for customer in days]
    return [customer for customer in dict.fromkeys(customers) if customers.count(customer) > 1]


def _overlap(by_part: Mapping[str, _Days], customer: str) -> bool:
    """Whether a day of the customer is in several parts. If not, each part has days of its own."""
    windows = [(part, window) for part, days in by_part.items() for window in days.get(customer, ())]
    return any(
        part != other and window.intersection(other_window)
        for part, window in windows
        for other, other_window in windows
    )
