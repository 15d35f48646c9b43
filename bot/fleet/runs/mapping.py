"""The mapping of one workflow definition: where it finds the customer and the days of its runs, and in what form.

The bot uses the same mapping to write the data of the runs that it starts (``bot.fleet.planning.start_request``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Self

from bot.fleet.runs.days import DayReading, Fields, customer_name, days_over
from bot.fleet.runs.id_template import IdRegex, IdTemplate
from bot.fleet.runs.identity import Identity, Recognised, Source
from bot.fleet.runs.input_hints import input_hint
from bot.model import Execution, Window
from bot.model.execution import PARENT_HINT
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
    ``days`` tells where the days end. A source may have only the customer, or only the days."""

    customer: str
    start: str = ""
    end: str = ""
    days: str = ""

    @property
    def by_field(self) -> Mapping[str, str]:
        """The names that are used, by the field that they hold."""
        named = {"customer": self.customer, "start": self.start, "end": self.end, "days": self.days}
        return {name: text for name, text in named.items() if text}

    @property
    def names(self) -> tuple[str, ...]:
        """All names that are used."""
        return tuple(self.by_field.values())

    @property
    def of_days(self) -> tuple[str, ...]:
        """The used names of the fields that hold days."""
        return tuple(name for name in (self.start, self.end, self.days) if name)


@dataclass(frozen=True, slots=True)
class IdentityMapping:
    """Where identities are read. The sources are tried in the order of ``sources``; the first one that tells customer
    and days decides.

    If no source tells both, two sources are joined: the customer comes from the first source that has one, among
    those configured without days; the days come from the first source in which they can be read, among those
    configured without a customer. A source that is configured with both is never joined with another one, even if the
    run has only the customer or only the days there, because the two parts might describe different runs.

    ``forms`` has the date form of each source that does not use ISO. ``end_included`` are the sources whose end is
    the last day. A run that tells its customer and nothing about days gets the days of ``without_days`` that were
    over when it started; if ``without_days`` is None, such a run is not recognised. With ``without_days_by_id``, such
    a run is recognised only if its id has the form of ``id``.
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
    without_days_by_id: bool = False

    @classmethod
    def usual(cls, template: str, keys: Keys, zone: tzinfo) -> Self:
        """Reads attributes, else memo fields of the same keys, else the id. An end is the day after the last day."""
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
        return not self._is_decided_before_input(execution)

    @property
    def customer_only(self) -> tuple[Source, ...]:
        """The sources that are configured with a customer and without days, in order."""
        return tuple(source for source in self.sources if self.configured_fields(source) == {"customer"})

    @property
    def days_only(self) -> tuple[Source, ...]:
        """The sources that are configured with days and without a customer, in order."""
        named = ((source, self.configured_fields(source)) for source in self.sources)
        return tuple(source for source, names in named if "start" in names and "customer" not in names)

    def configured_fields(self, source: Source) -> frozenset[str]:
        """The fields that this source is configured to hold, such as ``customer`` and ``start``."""
        if keys := self.input if source is Source.INPUT else self._named_keys(source):
            return frozenset(keys.by_field)
        reader = self._reader(source)
        return reader.names if reader else frozenset()

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
                return Recognised(whole, source, source)
        return self._joined(execution) or self._without_days(execution)

    def _is_decided_before_input(self, execution: Execution) -> bool:
        """Whether this run has the same identity whatever its arguments are. Arguments with only the customer, or
        only the days, matter only if no source tells both and no earlier source tells the same part."""
        before = self.sources[: self.sources.index(Source.INPUT)]
        of_customer, of_days = self.customer_only, self.days_only
        is_part = Source.INPUT in (*of_customer, *of_days)
        if any(self._whole(source, execution) for source in (self.sources if is_part else before)):
            return True
        if Source.INPUT in of_customer:
            return self._customer(of_customer[: of_customer.index(Source.INPUT)], execution) is not None
        if Source.INPUT in of_days:
            return self._days(of_days[: of_days.index(Source.INPUT)], execution) is not None
        return False

    def _joined(self, execution: Execution) -> Recognised | None:
        """The identity from a source with the customer alone and one with the days alone; None if one is missing."""
        customer = self._customer(self.customer_only, execution)
        days = self._days(self.days_only, execution) if customer else None
        return Recognised(Identity(customer[0], days[0]), customer[1], days[1]) if customer and days else None

    def _customer(self, sources: Iterable[Source], execution: Execution) -> tuple[str, Source] | None:
        """The customer in the first of these sources that has one."""
        for source in sources:
            if (fields := self.fields(source, execution)) and fields.customer:
                return fields.customer, source
        return None

    def _days(self, sources: Iterable[Source], execution: Execution) -> tuple[Window, Source] | None:
        """The days in the first of these sources in which they can be read."""
        for source in sources:
            fields = self.fields(source, execution)
            if fields and (window := self.reading(source).window(fields)):
                return window, source
        return None

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
        """The identity of a run that tells no days and therefore gets days of ``without_days``. None if any source
        holds something about days: the run then has days of its own, even if the bot cannot read them."""
        if self.without_days is None or (self.without_days_by_id and self.fields(Source.ID, execution) is None):
            return None
        found = filter(None, (self.fields(source, execution) for source in self.sources))
        if any(fields.has_days for fields in found):
            return None
        customer, days = self._customer(self.sources, execution), days_over(self.without_days, execution, self.zone)
        return Recognised(Identity(customer[0], days), customer[1], customer[1]) if customer else None

    def _own(self, execution: Execution) -> Recognised | None:
        identity = self._whole(Source.OWN, execution)
        return Recognised(identity, Source.OWN, Source.OWN) if identity else None

    def _written_earlier(self) -> "IdentityMapping":
        """The mapping for runs that an earlier version of the bot has started: with ISO dates and ends excluded."""
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
    is_any = customer or start or end or days
    return Fields(customer_name(customer), start, end, days=days) if is_any else None
