"""Whether the configuration fits what has run lately: types, ids, and the keys that tell customer and days. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.fleet.diagnostics.findings import Answer
from bot.fleet.runs.identity import Recogniser
from bot.model import Execution
from bot.model.text import listed, plural
from bot.redaction import redact_line

# Of a workflow id or a value: enough to find it by.
SHOWN = 100
# Types of search attributes, as Temporal's tools name them.
HOLD_NAMES = ("Keyword", "Text", "KeywordList", "Int")
HOLD_DAYS = ("Keyword", "Text", "KeywordList", "Datetime")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the configuration says of a cluster's runs. ``keys_are_given``: they are the team's own, so they are
    meant to be found; ``customers`` may be none."""

    types: tuple[str, ...]
    task_queue: str
    recogniser: Recogniser
    keys_are_given: bool
    customers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecentRuns:
    """What a cluster tells: its last runs of the expected types, ``others`` of any type where there are none of
    these, and the registered search attributes with their types (None: the bot may not ask). ``never_run`` are the
    expected types of which there is no run."""

    latest: tuple[Execution, ...]
    others: tuple[Execution, ...]
    attributes: Mapping[str, str] | None
    never_run: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing has ever run there, as far as Temporal still knows."""
        return not self.latest and not self.others


def runs(lately: RecentRuns, expected: Expected) -> Answer:
    """What of the configuration cannot be right, and what looks odd."""
    if not lately.latest:
        return _without_runs(lately, expected)
    unrecognised = [run for run in lately.latest if expected.recogniser.identify(run) is None]
    last, known = f"the last {plural(len(lately.latest), 'run')}", len(lately.latest) - len(unrecognised)
    odd = (*_other_ids(lately, expected), *_never_run(lately, expected), *_key_mistakes(lately, expected))
    if not known:
        none = f"none of {last} is recognised, such as {_why(unrecognised[0], expected)}"
        return Answer(problems=(none,), warnings=odd)
    if unrecognised:
        some = f"{len(unrecognised)} of {last} not recognised, such as {_why(unrecognised[0], expected)}"
        odd = (some, *odd)
    line = f"recognised: {known} of {last}, such as {_example(lately, expected)}"
    return Answer(line, warnings=(*odd, *_strangers(lately, expected)))


def _without_runs(lately: RecentRuns, expected: Expected) -> Answer:
    """A new team has run nothing yet; a name that is misspelt shows in what others run on the same queue."""
    types = listed(expected.types)
    wrong = tuple(_wrong_types(lately, expected))
    if lately.is_empty:
        told = f"Temporal knows of no run in this namespace, so nothing shows whether type {types} is right"
        return Answer(warnings=(told, *wrong)) if expected.customers else Answer("no runs yet", warnings=wrong)
    beside = [run for run in lately.others if run.task_queue == expected.task_queue]
    if beside and expected.customers:
        there = f"on task queue {expected.task_queue} there ran {_counted(beside)}"
        told = f"no run of type {types} is known to Temporal: {there}"
        return Answer(problems=(told,), warnings=wrong)
    told = f"no run of type {types} is known to Temporal yet; the last runs are {_counted(lately.others)}"
    return Answer(warnings=(told, *wrong)) if expected.customers else Answer(told, warnings=wrong)


def _counted(executions: Sequence[Execution]) -> str:
    times = Counter(_shown(execution.workflow_type) for execution in executions)
    return listed([f"{name} ({number})" for name, number in times.most_common()])


def _other_ids(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    """Two runs of the same days are told by their id, also those that the bot starts."""
    template = expected.recogniser.template
    recognised = [run for run in lately.latest if expected.recogniser.identify(run)]
    if recognised and not any(template.parse(run.ref.workflow_id) for run in recognised):
        example = _shown(recognised[0].ref.workflow_id)
        yield f"no recent workflow id is of the form {_form(expected)}, as those are that the bot starts: {example}"


def _never_run(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    for name in lately.never_run:
        is_first = name == expected.types[0]
        yield f"no run of type {name} is known to Temporal{', which is what the bot starts' if is_first else ''}"


def _key_mistakes(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    """The usual keys are only asked for when runs carry some of them: an id may tell it all."""
    keys = _keys(expected)
    absent = [key for key in keys if not any(key in run.hints for run in lately.latest)]
    if absent and (expected.keys_are_given or len(absent) < len(keys)):
        others = f"{_registered(absent, lately.attributes)}{_carried(lately, keys)}"
        yield f"no recent run carries {_either(absent)}{others}"
    yield from _wrong_types(lately, expected)


def _wrong_types(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    customer, *days = _keys(expected)
    for key, fitting, what in ((customer, HOLD_NAMES, "name"), *((key, HOLD_DAYS, "day") for key in days)):
        kind = (lately.attributes or {}).get(key, "")
        if kind and kind not in fitting:
            yield f"search attribute {key} is of type {kind}, which holds no {what}: register one of type Keyword"


def _registered(absent: Sequence[str], attributes: Mapping[str, str] | None) -> str:
    """Whether those are search attributes at all; memo keys need no registration."""
    unknown = [key for key in absent if attributes is not None and key not in attributes]
    return f" ({_either(unknown)} is no search attribute of this namespace either)" if unknown else ""


def _carried(lately: RecentRuns, keys: Sequence[str]) -> str:
    """What runs carry that could have been meant."""
    others = Counter(name for run in lately.latest for name in run.hints if name not in keys)
    names = [_shown(name) for name, _ in others.most_common()]
    return f"; they carry {listed(names)}" if names else ""


def _strangers(lately: RecentRuns, expected: Expected) -> Iterator[str]:
    """Customers whom the configuration does not name are shown as well; when it names none of them, it is odd."""
    identities = [expected.recogniser.identify(run) for run in lately.latest]
    names = list(dict.fromkeys(identity.customer for identity in identities if identity))
    if names and expected.customers and not set(names) & set(expected.customers):
        shown = listed([_shown(name) for name in names])
        yield f"the last runs are for {shown}, who are not among the customers of this cluster"


def _example(lately: RecentRuns, expected: Expected) -> str:
    found = ((run, expected.recogniser.identify(run)) for run in lately.latest)
    run, identity = next((run, identity) for run, identity in found if identity)
    return f"{_shown(run.ref.workflow_id)}: {_shown(identity.customer)}, {identity.window} (end excluded)"


def _why(run: Execution, expected: Expected) -> str:
    """One run that was not recognised, and what is the matter with it."""
    keys = _keys(expected)
    absent = [key for key in keys if not run.hints.get(key, "").strip()]
    told = f"its id is not of the form {_form(expected)}"
    if absent:
        return f"{_shown(run.ref.workflow_id)}: {told}, and it carries no {_either(absent)}"
    _, start, end = (_shown(run.hints[key]) for key in keys)
    days = (
        f"{keys[1]} {start} and {keys[2]} {end} are no days in {expected.recogniser.zone}, the second after the first"
    )
    return f"{_shown(run.ref.workflow_id)}: {told}, and {days}"


def _form(expected: Expected) -> str:
    """The template as it is configured."""
    return "".join(f"{{{part}}}" if i % 2 else part for i, part in enumerate(expected.recogniser.template.parts))


def _keys(expected: Expected) -> tuple[str, str, str]:
    keys = expected.recogniser.keys
    return keys.customer, keys.start, keys.end


def _either(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _shown(text: str) -> str:
    return redact_line(text, SHOWN)
