"""Proposes the arguments of a start: those of the last run, with placeholders for customer and days. Pure.

A placeholder is used only if it gives the right value for every run. A value that differs between runs for another
reason stays as in the last run, and its path is reported.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from pydantic import JsonValue

from bot.fleet.runs.days import write_day
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.mapping import IdentityMapping
from bot.fleet.runs.placeholder_values import PlaceholderValues
from bot.model.input_path import parse_path, value_at
from bot.model.placeholders import END_FORMS, EPOCH, EPOCH_MS, ISO, Placeholder
from bot.redaction import HIDDEN, redact, redact_field

Path = tuple[int | str, ...]
RecognisedRun = tuple[Identity, Sequence[JsonValue]]

_COUNT = re.compile("days", re.IGNORECASE)
_TEXT_FORMS = (ISO, "%Y%m%d")
_NUMBER_FORMS = (EPOCH, EPOCH_MS)
# The sources that a start writes besides its arguments.
_WRITTEN = frozenset({Source.ATTRIBUTES, Source.MEMO, Source.ID})


@dataclass(frozen=True, slots=True)
class InputProposal:
    """The proposed arguments. ``differing`` are paths whose values differ between runs; the last run's values are
    used. ``rewritten`` are paths at which customer or days are written in another form than in the runs. ``hidden``
    are paths whose values look like secrets and are left out. ``elsewhere`` has "customer" or "days" if the workflow
    finds that part outside its arguments, in a source that a start by the bot writes too."""

    arguments: tuple[JsonValue, ...]
    differing: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    elsewhere: frozenset[str] = frozenset()

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of all placeholders in the arguments."""
        return frozenset(re.findall(r"\{(\w+)(?::[^{}]*)?\}", str(self.arguments)))

    @property
    def tells_window(self) -> bool:
        """Whether the arguments tell the workflow its customer and days. The arguments need not have what the
        workflow finds ``elsewhere``."""
        names = self.placeholders
        has_days = "start" in names and bool(names & {"end", "last", "days"})
        return "customer" in names | self.elsewhere and (has_days or "days" in self.elsewhere)

    def with_days(self) -> "InputProposal":
        """The proposal with the days added: to the argument that has the customer as one of its fields, or as further
        arguments if there is no such argument."""
        days: dict[str, JsonValue] = {"start": "{start}", "end": "{end}"}
        for n, argument in enumerate(self.arguments):
            if isinstance(argument, dict) and "{customer}" in argument.values():
                arguments = (*self.arguments[:n], {**argument, **days}, *self.arguments[n + 1 :])
                return replace(self, arguments=arguments)
        return replace(self, arguments=(*self.arguments, *days.values()))


def propose_input(
    recognised: Sequence[RecognisedRun], mapping: IdentityMapping, clusters: Sequence[str] = ()
) -> InputProposal | None:
    """The proposal; None if no arguments could be read. ``recognised`` begins with the latest run. ``clusters`` has
    the cluster of each run, if the name of the cluster may stand in its arguments."""
    named = zip(recognised, clusters or [""] * len(recognised), strict=True)
    readable = [_Sample(*run, cluster) for run, cluster in named if run[1] and None not in run[1]]
    if not readable:
        return None
    builder = _InputBuilder(readable, mapping)
    arguments = tuple(builder.filled(value, (n,)) for n, value in enumerate(readable[0].arguments))
    elsewhere = _written_elsewhere(mapping)
    return InputProposal(
        arguments, tuple(builder.differing), tuple(builder.rewritten), tuple(builder.hidden), elsewhere
    )


def _written_elsewhere(mapping: IdentityMapping) -> frozenset[str]:
    """The parts of the identity, "customer" or "days", that a start writes into another source than its arguments.
    Empty unless the mapping joins the customer of one source with the days of another."""
    parts = {"customer": mapping.customer_only, "days": mapping.days_only}
    return frozenset(part for part, sources in parts.items() if all(parts.values()) and _WRITTEN & {*sources})


@dataclass(frozen=True, slots=True)
class _Sample:
    identity: Identity
    arguments: Sequence[JsonValue]
    cluster: str


class _InputBuilder:
    """Makes a proposal from the arguments and identities of runs."""

    def __init__(self, recognised: Sequence[_Sample], mapping: IdentityMapping) -> None:
        self._recognised = recognised
        self._zone: tzinfo = mapping.zone
        self._form = mapping.forms.get(Source.INPUT, ISO)
        self._roles = _roles(mapping)
        self.differing: list[str] = []
        self.rewritten: list[str] = []
        self.hidden: list[str] = []

    def filled(self, value: JsonValue, path: Path) -> JsonValue:
        """The value with placeholders. Fields that are null are left out, because TOML has no null."""
        match value:
            case dict():
                return {name: self.filled(item, (*path, name)) for name, item in value.items() if item is not None}
            case list():
                if None in value:
                    self.differing.append(_written(path))
                return [self.filled(item, (*path, n)) for n, item in enumerate(value) if item is not None]
            case _:
                return self._leaf(value, path)

    def _leaf(self, value: JsonValue, path: Path) -> JsonValue:
        fitting = (candidate for candidate in self._candidates(path) if self._fits(candidate, path))
        found = next(fitting, value)
        if path in self._roles and not _has_placeholder(found):
            self.rewritten.append(_written(path))
            return f"{{{self._roles[path]}}}"
        if isinstance(found, str) and redact(redact_field(_last_name(path), found)) != found:
            self.hidden.append(_written(path))
            return HIDDEN
        if found == value and any(value_at(run.arguments, path) != value for run in self._recognised):
            self.differing.append(_written(path))
        return found

    def _fits(self, candidate: str, path: Path) -> bool:
        """Whether the candidate gives the value at this path for every run. Types have to be equal too: True is not
        1."""
        for run in self._recognised:
            value = value_at(run.arguments, path)
            given = self._values(run).fill_value(candidate)
            if given != value or type(given) is not type(value):
                return False
        return True

    def _values(self, run: _Sample) -> PlaceholderValues:
        return PlaceholderValues(run.identity.customer, run.identity.window, run.cluster, self._zone, self._form)

    def _candidates(self, path: Path) -> Iterator[str]:
        """Texts with placeholders to try at this path, made from the values that the runs have there. If the mapping
        reads this path, the texts with the placeholder for the path (``_roles``) come first."""
        role = self._roles.get(path, "")
        seen: dict[str, None] = {}
        for run in self._recognised:
            value = value_at(run.arguments, path)
            texts = [*self._of_run(value, run.identity, path, role)]
            if isinstance(value, str) and run.cluster:
                texts += [_with_name(text, run.cluster, "{cluster}") for text in (value, *texts)]
            seen |= dict.fromkeys(texts)
        yield from sorted(seen, key=lambda text: not role or f"{{{role}" not in text)

    def _of_run(self, value: JsonValue, identity: Identity, path: Path, role: str) -> Iterator[str]:
        names = [role] if role in ("start", "end", "last") else ["start", "last", "end"]
        match value:
            case str():
                for name in names:
                    yield from self._of_text(value, identity, name)
                yield from (str(Placeholder(name)) for name in names)
            case bool():
                return
            case int():
                if value == identity.window.days and self._is_count(path, role):
                    yield "{days}"
                yield from (f"{{{name}:{form}}}" for name in names for form in _NUMBER_FORMS)
                yield from (f"{{last:{form}}}" for form in END_FORMS if "last" in names)

    def _is_count(self, path: Path, role: str) -> bool:
        """Whether the number at this path may be a count of days. If the number differs between runs, it may be. If
        it is the same in all runs, only the mapping or the name of the field can show that it is a count."""
        is_named = role == "days" or _COUNT.search(_last_name(path)) is not None
        return is_named or len({str(value_at(run.arguments, path)) for run in self._recognised}) > 1

    def _of_text(self, text: str, identity: Identity, first: str) -> Iterator[str]:
        """Versions of the text in which placeholders replace the customer and the dates. ``first`` is the name of the
        placeholder to prefer where several stand for the same day, such as start and last of a window of one day."""
        window = identity.window
        days = {"start": window.start, "last": window.last, "end": window.end}
        names = dict.fromkeys([first, "start", "last", "end"])
        for form in _TEXT_FORMS:
            marked, found = text, False
            for name in names:
                written = write_day(days[name], form, self._zone)
                placeholder = str(Placeholder(name, "" if form == self._form else form))
                found = found or written in marked
                marked = marked.replace(written, placeholder)
            if found:
                yield _with_name(marked, identity.customer, "{customer}")
        if identity.customer in text:
            yield _with_name(text, identity.customer, "{customer}")


def _has_placeholder(value: JsonValue) -> bool:
    return isinstance(value, str) and "{" in value


def _with_name(text: str, name: str, placeholder: str) -> str:
    """The text with the name replaced, either as a whole or between separators."""
    if text == name:
        return placeholder
    return re.sub(rf"(?<![A-Za-z0-9{{]){re.escape(name)}(?![A-Za-z0-9}}])", placeholder, text)


def _roles(mapping: IdentityMapping) -> Mapping[Path, str]:
    """The placeholder for each path that the mapping reads."""
    keys = mapping.input
    if keys is None:
        return {}
    end = "last" if Source.INPUT in mapping.end_included else "end"
    named = {keys.customer: "customer", keys.start: "start", keys.end: end, keys.days: "days"}
    return {parse_path(path): name for path, name in named.items() if path}


def _last_name(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _written(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
