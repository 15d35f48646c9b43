"""The mapping of one workflow definition: where customer and days of its runs are read from, and in what form.

The same mapping writes what the bot starts (``bot.fleet.planning.start_request``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from typing import Self

from bot.fleet.runs.days import DayReading, Fields
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity, Recognised, Source
from bot.fleet.runs.input_hints import input_hint
from bot.model import Execution, Window
from bot.model.execution import PARENT_HINT
from bot.model.id_regex import groups_of
from bot.model.placeholders import ISO

# Memo fields of the runs that the bot starts: a token, and the customer and the days in the bot's own form.
ORDER_KEY = "BackfillBotToken"
_OWN_CUSTOMER, _OWN_START, _OWN_END = "BackfillBotCustomer", "BackfillBotStart", "BackfillBotEnd"
OWN_FIELDS = (_OWN_CUSTOMER, _OWN_START, _OWN_END)
# The name of the campaign for which the bot has started a run.
CAMPAIGN_FIELD = "BackfillBotCampaign"


@dataclass(frozen=True, slots=True)
class Keys:
    """Names of search attributes or memo fields, or paths into the arguments; "" if unused. Either ``end`` or
    ``days`` tells where the days end."""

    customer: str
    start: str = ""
    end: str = ""
    days: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All names that are used."""
        return tuple(filter(None, (self.customer, self.start, self.end, self.days)))


@dataclass(frozen=True, slots=True)
class IdRegex:
    """An expression with the named groups of ``bot.model.id_regex``."""

    expression: str

    def read(self, workflow_id: str, _zone: tzinfo) -> Fields | None:
        """The fields that the id holds; None if it has another form."""
        groups = groups_of(self.expression, workflow_id)
        return Fields(**groups) if groups else None

    def __str__(self) -> str:
        return self.expression


@dataclass(frozen=True, slots=True)
class IdentityMapping:
    """Where identities are read. The sources are tried in the order of ``sources``; the first one that tells customer
    and days decides.

    ``forms`` has the date form of each source that does not use ISO. ``end_included`` are the sources whose end is
    the last day. A run that tells its customer and nothing about days has those of ``without_days`` that were over
    when it started; if it is None, such a run is not recognised.
    """

    sources: tuple[Source, ...]
    zone: tzinfo
    attributes: Keys | None = None
    memo: Keys | None = None
    input: Keys | None = None
    id: IdTemplate | IdRegex | None = None
    parent: IdTemplate | IdRegex | None = None
    forms: Mapping[Source, str] = field(default_factory=dict)
    end_included: frozenset[Source] = frozenset()
    one_day: bool = False
    without_days: Window | None = None

    @classmethod
    def usual(cls, template: str, keys: Keys, zone: tzinfo) -> Self:
        """The mapping by search attributes or memo fields of the same names, or else by the workflow id, with ends
        excluded."""
        sources = (Source.ATTRIBUTES, Source.MEMO, Source.ID)
        return cls(sources, zone, attributes=keys, memo=keys, id=IdTemplate.of(template))

    def recognise(self, execution: Execution) -> Recognised | None:
        """The run's identity; None if it is not recognised, or if its arguments are needed and not read yet."""
        if ORDER_KEY in execution.hints:
            return self._own(execution) or self._written_earlier()._configured(execution)
        return self._configured(execution)

    def needs_input(self, execution: Execution) -> bool:
        """Whether the first event of this run has to be read to recognise it."""
        if self.input is None or Source.INPUT not in self.sources or _has_input(execution, self.input):
            return False
        if ORDER_KEY in execution.hints and self._own(execution):
            return False
        before = self.sources[: self.sources.index(Source.INPUT)]
        return not any(self._whole(source, execution) for source in before)

    def reading(self, source: Source) -> DayReading:
        """How days are read from this source."""
        if source is Source.OWN:
            return DayReading(ISO, self.zone)
        is_template = isinstance(self._reader(source), IdTemplate)
        form = ISO if is_template else self.forms.get(source, ISO)
        return DayReading(form, self.zone, source in self.end_included, self.one_day)

    def fields(self, source: Source, execution: Execution) -> Fields | None:
        """The fields that the run has in this source; None if it has none, or if its arguments are not read yet."""
        hints = execution.hints
        match source:
            case Source.ATTRIBUTES:
                return _named(self.attributes, hints)
            case Source.MEMO:
                return _named(self.memo, hints)
            case Source.INPUT:
                by_path = {path: hints.get(input_hint(path), "") for path in self.input.names} if self.input else {}
                return _named(self.input, by_path)
            case Source.OWN:
                return _named(Keys(_OWN_CUSTOMER, _OWN_START, _OWN_END), hints)
        reader = self._reader(source)
        text = execution.ref.workflow_id if source is Source.ID else hints.get(PARENT_HINT, "")
        return reader.read(text, self.zone) if reader and text else None

    def _named_keys(self, source: Source) -> Keys | None:
        return {Source.ATTRIBUTES: self.attributes, Source.MEMO: self.memo}.get(source)

    def _reader(self, source: Source) -> IdTemplate | IdRegex | None:
        return {Source.ID: self.id, Source.PARENT: self.parent}.get(source)

    def _configured(self, execution: Execution) -> Recognised | None:
        if self.needs_input(execution):
            return None
        for source in self.sources:
            if whole := self._whole(source, execution):
                return Recognised(whole, source)
        return self._without_days(execution)

    def _whole(self, source: Source, execution: Execution) -> Identity | None:
        if (keys := self._named_keys(source)) and keys.customer not in execution.hints:
            # This shortcut saves time: of thousands of runs, most have no value there.
            return None
        fields = self.fields(source, execution)
        if fields is None or not fields.customer:
            return None
        window = self.reading(source).window(fields)
        return Identity(fields.customer, window) if window else None

    def _without_days(self, execution: Execution) -> Recognised | None:
        """The identity of a run that tells no days; None if any source holds something about days. Days that cannot
        be read do not mean the whole campaign. Neither do days that were not over when the run started: a campaign
        may have been extended since, or a run may be older than its campaign."""
        if self.without_days is None:
            return None
        begun = execution.started_at.astimezone(self.zone).date()
        days = self.without_days.intersection(Window(date.min, begun))
        found = [(source, fields) for source in self.sources if (fields := self.fields(source, execution))]
        if any(fields.has_days for _, fields in found):
            return None
        named = ((fields.customer, source) for source, fields in found if fields.customer)
        customer, source = next(named, ("", Source.ID))
        return Recognised(Identity(customer, days), source) if customer and days else None

    def _own(self, execution: Execution) -> Recognised | None:
        identity = self._whole(Source.OWN, execution)
        return Recognised(identity, Source.OWN) if identity else None

    def _written_earlier(self) -> "IdentityMapping":
        """The mapping for runs that an earlier version of the bot has started. It wrote ISO dates, with ends
        excluded."""
        ids = replace(self.id, end_included=False) if isinstance(self.id, IdTemplate) else self.id
        return replace(self, id=ids, forms={}, end_included=frozenset(), without_days=None)


def own_memo(identity: Identity, campaign: str = "") -> Mapping[str, str]:
    """The memo fields by which the bot recognises the runs that it has started, even if the mapping changes; and the
    campaign for which it has started them."""
    window = identity.window
    values = (identity.customer, window.start.isoformat(), window.end.isoformat())
    return dict(zip(OWN_FIELDS, values, strict=True)) | ({CAMPAIGN_FIELD: campaign} if campaign else {})


def is_started_by_bot(execution: Execution) -> bool:
    """Whether the bot has started this run, as a window of a sequence."""
    return OWN_FIELDS[0] in execution.hints


def _has_input(execution: Execution, keys: Keys) -> bool:
    return all(input_hint(path) in execution.hints for path in keys.names)


def _named(keys: Keys | None, hints: Mapping[str, str]) -> Fields | None:
    if keys is None:
        return None
    customer, start, end, days = (
        hints.get(name, "").strip() if name else "" for name in (keys.customer, keys.start, keys.end, keys.days)
    )
    return Fields(customer, start, end, days=days) if customer or start or end or days else None
