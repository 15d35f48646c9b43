"""Checks whether the configuration fits recent runs: types, workflow ids, and keys for customer and days. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.fleet.diagnostics.findings import Answer
from bot.fleet.diagnostics.run_facts import (
    AttributesUnregistered,
    EmptyNamespace,
    ExampleRun,
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
from bot.fleet.runs.close_facts import is_fact_hint
from bot.fleet.runs.identity import Source
from bot.fleet.runs.input_hints import found_nothing, input_hint
from bot.fleet.runs.mapping import ORDER_KEY, OWN_FIELDS, IdentityMapping
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution
from bot.model.placeholders import NUMERIC_FORMS
from bot.redaction import redact_line

# How many characters of a workflow id or value a finding shows: enough to find it by.
SHOWN = 100
# The types of search attributes, as Temporal's tools name them, that can hold a name or a day.
HOLD_NAMES = ("Keyword", "Text", "KeywordList", "Int")
HOLD_DAYS = ("Keyword", "Text", "KeywordList", "Datetime")


@dataclass(frozen=True, slots=True)
class Expected:
    """The configuration of a cluster's runs; ``customers`` may be empty.

    ``keys_are_given``: the configuration sets the keys, so runs should carry them. ``written`` are the other search
    attributes that the bot writes when it starts a run.
    """

    types: tuple[str, ...]
    task_queue: str
    recogniser: Recogniser
    mapping: IdentityMapping
    keys_are_given: bool
    customers: tuple[str, ...]
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecentRuns:
    """The recent runs of a cluster: ``latest`` of the expected types, and ``others`` of any type if there is none of
    the expected types.

    ``attributes`` are the registered search attributes with their types, None when the bot may not read them.
    ``never_run`` are the expected types without any run.
    """

    latest: tuple[Execution, ...]
    others: tuple[Execution, ...]
    attributes: Mapping[str, str] | None
    never_run: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether Temporal knows of no run in the namespace."""
        return not self.latest and not self.others


def runs(lately: RecentRuns, expected: Expected) -> Answer:
    """The answer: problems when the configuration cannot be right, and warnings when it looks odd."""
    if not lately.latest:
        return _without_runs(lately, expected)
    unrecognised = [run for run in lately.latest if expected.recogniser.identify(run) is None]
    number, recognised = len(lately.latest), len(lately.latest) - len(unrecognised)
    odd: tuple[RunsFact, ...] = (
        *_other_ids(lately, expected),
        *_never_run(lately, expected),
        *_key_mistakes(lately, expected),
        *_left_out(lately, expected),
    )
    if not recognised:
        return Answer(problems=(NoneRecognised(number, _why(unrecognised[0], expected)),), warnings=odd)
    if unrecognised:
        odd = (SomeUnrecognised(len(unrecognised), number, _why(unrecognised[0], expected)), *odd)
    line = Recognised(recognised, number, _example(lately, expected))
    return Answer((line,), warnings=(*odd, *_strangers(lately, expected)))


def _without_runs(lately: RecentRuns, expected: Expected) -> Answer:
    """The answer if no run has one of the expected types. A new team has none yet. But if other types run on the
    configured task queue, the configured type is probably misspelt."""
    wrong = tuple(_wrong_types(lately, expected))
    if lately.is_empty:
        empty = EmptyNamespace(expected.types)
        return Answer(warnings=(empty, *wrong)) if expected.customers else Answer((NoRunsYet(),), warnings=wrong)
    beside = [run for run in lately.others if run.task_queue == expected.task_queue]
    if beside and expected.customers:
        unknown = TypesUnknownOnQueue(expected.types, expected.task_queue, _count_types(beside))
        return Answer(problems=(unknown,), warnings=wrong)
    not_yet = TypesNotRunYet(expected.types, _count_types(lately.others))
    return Answer(warnings=(not_yet, *wrong)) if expected.customers else Answer((not_yet,), warnings=wrong)


def _count_types(executions: Sequence[Execution]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(_shown(execution.workflow_type) for execution in executions).most_common())


def _other_ids(lately: RecentRuns, expected: Expected) -> Iterator[OtherIds]:
    """A warning when no recognised run has an id of the configured form, although the mapping reads ids. The bot
    would give ids of the configured form to the runs that it starts, and these ids would differ from the team's."""
    recognised = [run for run in lately.latest if expected.recogniser.identify(run)]
    is_read = Source.ID in expected.mapping.sources
    if is_read and recognised and not any(expected.mapping.fields(Source.ID, run) for run in recognised):
        yield OtherIds(_form(expected), _shown(recognised[0].ref.workflow_id))


def _never_run(lately: RecentRuns, expected: Expected) -> Iterator[TypeNeverRan]:
    for name in lately.never_run:
        yield TypeNeverRan(name, is_started=name == expected.types[0])


def _key_mistakes(lately: RecentRuns, expected: Expected) -> Iterator[KeysAbsent | WrongAttributeType]:
    """Warnings about keys that no run carries or that have the wrong type. If the configuration does not set the
    keys, and runs carry none of the default keys, these are not missed: the workflow ids may hold the customer and
    the days."""
    keys = _keys(expected)
    absent = tuple(key for key in keys if not any(key in run.hints for run in lately.latest))
    if absent and (expected.keys_are_given or len(absent) < len(keys)):
        yield KeysAbsent(absent, _unregistered(absent, lately.attributes), _carried(lately, keys))
    yield from _wrong_types(lately, expected)


def _wrong_types(lately: RecentRuns, expected: Expected) -> Iterator[WrongAttributeType]:
    is_number = expected.mapping.forms.get(Source.ATTRIBUTES) in NUMERIC_FORMS
    of_days = (*HOLD_DAYS, "Int") if is_number or _counts_days(expected) else HOLD_DAYS
    attributes = expected.mapping.attributes
    for key in _keys(expected):
        is_customer = attributes is not None and key == attributes.customer
        fitting, noun = (HOLD_NAMES, "name") if is_customer else (of_days, "day")
        kind = (lately.attributes or {}).get(key, "")
        if kind and kind not in fitting:
            yield WrongAttributeType(key, kind, noun)


def _counts_days(expected: Expected) -> bool:
    return bool(expected.mapping.attributes and expected.mapping.attributes.days)


def _left_out(lately: RecentRuns, expected: Expected) -> Iterator[AttributesUnregistered]:
    """A warning about search attributes that the bot would write when it starts a run, but that are not registered:
    Temporal would refuse them."""
    unknown = _unregistered(expected.written, lately.attributes)
    if unknown:
        yield AttributesUnregistered(unknown)


def _unregistered(absent: Sequence[str], attributes: Mapping[str, str] | None) -> tuple[str, ...]:
    """The keys that are not registered as search attributes; a memo needs no registration."""
    return tuple(key for key in absent if attributes is not None and key not in attributes)


def _carried(lately: RecentRuns, keys: Sequence[str]) -> tuple[str, ...]:
    """The other search attribute and memo keys found on recent runs, since one of them may be the key that the
    configuration should name."""
    ours = {*keys, *OWN_FIELDS, ORDER_KEY}
    carried = (name for run in lately.latest for name in run.hints if not is_fact_hint(name))
    others = Counter(name for name in carried if name not in ours)
    return tuple(_shown(name) for name, _ in others.most_common())


def _strangers(lately: RecentRuns, expected: Expected) -> Iterator[StrangeCustomers]:
    """A warning if none of the customers of recent runs is configured. It is usual that some are not."""
    identities = [expected.recogniser.identify(run) for run in lately.latest]
    names = list(dict.fromkeys(identity.customer for identity in identities if identity))
    if names and expected.customers and not set(names) & set(expected.customers):
        yield StrangeCustomers(tuple(_shown(name) for name in names))


def _example(lately: RecentRuns, expected: Expected) -> ExampleRun:
    identified = ((run, expected.recogniser.identify(run)) for run in lately.latest)
    run, identity = next((run, identity) for run, identity in identified if identity)
    return ExampleRun(_shown(run.ref.workflow_id), _shown(identity.customer), identity.window)


def _why(run: Execution, expected: Expected) -> UnrecognisedRun:
    """The details of a run that was not recognised: for each source that the mapping reads, what the run has or lacks
    there."""
    keys, mapping = _keys(expected), expected.mapping
    absent = tuple(key for key in keys if not run.hints.get(key, "").strip())
    of_days = mapping.attributes.of_days if mapping.attributes and keys and not absent else ()
    days = tuple((key, _shown(run.hints[key])) for key in of_days)
    paths = mapping.input.names if mapping.input and Source.INPUT in mapping.sources else ()
    return UnrecognisedRun(
        _shown(run.ref.workflow_id),
        _form(expected) if _is_of_other_form(run, mapping) else "",
        absent,
        days,
        str(mapping.zone) if days else "",
        tuple((path, _shown(_readable(run.hints.get(input_hint(path), "")))) for path in paths),
        expected.recogniser.needs_input(run),
    )


def _readable(text: str) -> str:
    """The customer or day that was found in the input of a run; "" if ``text`` says that none was found."""
    return "" if found_nothing([text]) else text


def _is_of_other_form(run: Execution, mapping: IdentityMapping) -> bool:
    """Whether the id of an unrecognised run lacks what the mapping reads from ids; False if the mapping reads nothing
    from ids. If the mapping reads both the customer and the days from ids, the result is always True: a run with both
    in its id would have been recognised. If the mapping reads only one of the two from ids, the id is examined: it
    may have that one, and the run is unrecognised because the other one is missing elsewhere."""
    if Source.ID not in mapping.sources:
        return False
    is_part = Source.ID in (*mapping.customer_only, *mapping.days_only)
    return not is_part or mapping.fields(Source.ID, run) is None


def _form(expected: Expected) -> str:
    """The configured form of workflow ids."""
    return str(expected.mapping.id)


def _keys(expected: Expected) -> tuple[str, ...]:
    """The names of the search attributes that the mapping reads; () if it reads none."""
    keys = expected.mapping.attributes
    return keys.names if keys and Source.ATTRIBUTES in expected.mapping.sources else ()


def _shown(text: str) -> str:
    return redact_line(text, SHOWN)
