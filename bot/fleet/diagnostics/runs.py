"""Checks whether the configuration fits recent runs: types, workflow ids, and keys for customer and days. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.fleet.diagnostics.findings import Answer
from bot.fleet.runs.identity import Source
from bot.fleet.runs.input_hints import input_hint, is_input_hint
from bot.fleet.runs.mapping import ORDER_KEY, OWN_FIELDS, IdentityMapping
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution
from bot.model.execution import PARENT_HINT
from bot.model.placeholders import NUMERIC_FORMS
from bot.model.text import listed, plural
from bot.redaction import redact_line

# How many characters of a workflow id or value a finding shows: enough to find it by.
SHOWN = 100
# Types of search attributes, as Temporal's tools name them.
HOLD_NAMES = ("Keyword", "Text", "KeywordList", "Int")
HOLD_DAYS = ("Keyword", "Text", "KeywordList", "Datetime")


@dataclass(frozen=True, slots=True)
class Expected:
    """The configuration of a cluster's runs; ``customers`` may be empty.

    ``keys_are_given``: the configuration sets the keys, so runs should carry them. ``written`` are the search
    attributes that starts name besides.
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
    """The recent runs of a cluster: ``latest`` of the expected types, and ``others`` of any type if there are none.

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
    last, recognised = f"the last {plural(len(lately.latest), 'run')}", len(lately.latest) - len(unrecognised)
    of_keys = (*_key_mistakes(lately, expected), *_unregistered(lately, expected))
    odd = (*_other_ids(lately, expected), *_never_run(lately, expected), *of_keys)
    if not recognised:
        none = f"none of {last} is recognised, such as {_why(unrecognised[0], expected)}"
        return Answer(problems=(none,), warnings=odd)
    if unrecognised:
        some = f"{len(unrecognised)} of {last} not recognised, such as {_why(unrecognised[0], expected)}"
        odd = (some, *odd)
    line = f"recognised: {recognised} of {last}, such as {_example(lately, expected)}"
    return Answer(line, warnings=(*odd, *_strangers(lately, expected)))


def _without_runs(lately: RecentRuns, expected: Expected) -> Answer:
    """The answer without a run of the expected types. A new team has none yet; when other types run on the configured
    task queue, the configured name is probably misspelt."""
    types = listed(expected.types)
    wrong = tuple(_wrong_types(lately, expected))
    if lately.is_empty:
        line = f"Temporal knows of no run in this namespace, so nothing shows whether type {types} is right"
        return Answer(warnings=(line, *wrong)) if expected.customers else Answer("no runs yet", warnings=wrong)
    beside = [run for run in lately.others if run.task_queue == expected.task_queue]
    if beside and expected.customers:
        others = f"on task queue {expected.task_queue} there ran {_count_types(beside)}"
        line = f"no run of type {types} is known to Temporal: {others}"
        return Answer(problems=(line,), warnings=wrong)
    line = f"no run of type {types} is known to Temporal yet; the last runs are {_count_types(lately.others)}"
    return Answer(warnings=(line, *wrong)) if expected.customers else Answer(line, warnings=wrong)


def _count_types(executions: Sequence[Execution]) -> str:
    times = Counter(_shown(execution.workflow_type) for execution in executions)
    return listed([f"{name} ({number})" for name, number in times.most_common()])


def _other_ids(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    """A warning when recent ids differ from the configured form: the bot starts runs with ids of that form."""
    recognised = [run for run in lately.latest if expected.recogniser.identify(run)]
    is_read = Source.ID in expected.mapping.sources
    if is_read and recognised and not any(expected.mapping.fields(Source.ID, run) for run in recognised):
        example = _shown(recognised[0].ref.workflow_id)
        yield f"no recent workflow id is of the form {_form(expected)}, as those are that the bot starts: {example}"


def _never_run(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    for name in lately.never_run:
        suffix = ", which is what the bot starts" if name == expected.types[0] else ""
        yield f"no run of type {name} is known to Temporal{suffix}"


def _key_mistakes(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    """Warnings about keys. The default keys are expected only when runs carry some of them, because a workflow id may
    hold the customer and the days."""
    keys = _keys(expected)
    absent = [key for key in keys if not any(key in run.hints for run in lately.latest)]
    if absent and (expected.keys_are_given or len(absent) < len(keys)):
        others = f"{_registered(absent, lately.attributes)}{_carried(lately, keys)}"
        yield f"no recent run carries {_either(absent)}{others}"
    yield from _wrong_types(lately, expected)


def _wrong_types(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    is_number = expected.mapping.forms.get(Source.ATTRIBUTES) in NUMERIC_FORMS
    of_days = (*HOLD_DAYS, "Int") if is_number or _counts_days(expected) else HOLD_DAYS
    nouns = [(HOLD_NAMES, "name"), (of_days, "day"), (of_days, "day")]
    for key, (fitting, noun) in zip(_keys(expected), nouns, strict=False):
        kind = (lately.attributes or {}).get(key, "")
        if kind and kind not in fitting:
            yield f"search attribute {key} is of type {kind}, which holds no {noun}: register one of type Keyword"


def _counts_days(expected: Expected) -> bool:
    return bool(expected.mapping.attributes and expected.mapping.attributes.days)


def _unregistered(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    """A warning about attributes that starts name and Temporal would refuse: the bot leaves them out."""
    unknown = [name for name in expected.written if lately.attributes is not None and name not in lately.attributes]
    if unknown:
        yield f"{_either(unknown)} is no search attribute of this namespace: what the bot starts goes without it"


def _registered(absent: Sequence[str], attributes: Mapping[str, str] | None) -> str:
    """A phrase naming the keys that are not registered as search attributes; a memo needs no registration."""
    unknown = [key for key in absent if attributes is not None and key not in attributes]
    return f" ({_either(unknown)} is no search attribute of this namespace either)" if unknown else ""


def _carried(lately: RecentRuns, keys: Sequence[str]) -> str:
    """A phrase that lists the other search attribute and memo keys found on recent runs, since one of them may be
    the key the configuration should name."""
    ours = {*keys, *OWN_FIELDS, ORDER_KEY, PARENT_HINT}
    carried = (name for run in lately.latest for name in run.hints if not is_input_hint(name))
    others = Counter(name for name in carried if name not in ours)
    names = [_shown(name) for name, _ in others.most_common()]
    return f"; they carry {listed(names)}" if names else ""


def _strangers(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    """A warning when none of the customers of recent runs is configured; some that are not are usual."""
    identities = [expected.recogniser.identify(run) for run in lately.latest]
    names = list(dict.fromkeys(identity.customer for identity in identities if identity))
    if names and expected.customers and not set(names) & set(expected.customers):
        shown = listed([_shown(name) for name in names])
        yield f"the last runs are for {shown}, who are not among the customers of this cluster"


def _example(lately: RecentRuns, expected: Expected) -> str:
    identified = ((run, expected.recogniser.identify(run)) for run in lately.latest)
    run, identity = next((run, identity) for run, identity in identified if identity)
    return f"{_shown(run.ref.workflow_id)}: {_shown(identity.customer)}, {identity.window} (end excluded)"


def _why(run: Execution, expected: Expected) -> str:
    """One run that was not recognised, with the reason of each place that the mapping names."""
    places = (Source.ID, *(source for source in expected.mapping.sources if source is not Source.ID))
    reasons = (_reason(source, run, expected) for source in places if source in expected.mapping.sources)
    why = ", and ".join(filter(None, reasons)) or "no place of the mapping tells its customer and days"
    return f"{_shown(run.ref.workflow_id)}: {why}"


def _reason(source: Source, run: Execution, expected: Expected) -> str:
    """Why this place does not tell the run, "" where another place says the same."""
    match source:
        case Source.ID:
            return f"its id is not of the form {_form(expected)}"
        case Source.ATTRIBUTES:
            return _reason_of_keys(run, expected)
        case Source.INPUT:
            if expected.recogniser.needs_input(run):
                return "its input could not be read in time"
            paths = expected.mapping.input.names if expected.mapping.input else ()
            found = [f"{path} {_shown(text) or 'nothing'}" for path, text in _at(paths, run)]
            return f"its input has {listed(found)}" if found else "its input could not be read"
    return ""


def _at(paths: Sequence[str], run: Execution) -> Iterator[tuple[str, str]]:
    return ((path, run.hints[name]) for path in paths if (name := input_hint(path)) in run.hints)


def _reason_of_keys(run: Execution, expected: Expected) -> str:
    keys = _keys(expected)
    absent = [key for key in keys if not run.hints.get(key, "").strip()]
    if absent:
        return f"it carries no {_either(absent)}"
    told = " and ".join(f"{key} {_shown(run.hints[key])}" for key in keys[1:])
    return f"{told} are no days in {expected.mapping.zone}, the second after the first"


def _form(expected: Expected) -> str:
    """The configured form of workflow ids."""
    return str(expected.mapping.id)


def _keys(expected: Expected) -> tuple[str, ...]:
    """The names of attributes or memo fields that the mapping reads."""
    keys = expected.mapping.attributes
    return keys.names if keys and Source.ATTRIBUTES in expected.mapping.sources else ()


def _either(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _shown(text: str) -> str:
    return redact_line(text, SHOWN)
