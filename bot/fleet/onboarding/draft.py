"""The configuration that `backfill-bot init` proposes, as values; ``bot.blocks.init_toml`` writes it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from pydantic import JsonValue

from bot.fleet.onboarding.definitions import TypeSurvey
from bot.fleet.onboarding.start_ids import read_id, started_id, template_text
from bot.fleet.onboarding.start_input import InputProposal
from bot.fleet.onboarding.tables import Candidate
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.mapping import IdentityMapping, Keys
from bot.model import Window
from bot.model.catalog import ListedTable

# Temporal may still list runs of an earlier campaign. A gap between campaigns is longer than any gap within one.
_GAP = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class DefinitionDraft:
    """One workflow definition. ``input`` is None if it is not known which arguments a start needs. ``read_id`` is the
    template by which the bot reads workflow ids; "" if it reads nothing from them. ``start_id`` is the template of
    the ids of runs that the bot starts; "" if the proposed backfill.toml needs none."""

    types: tuple[str, ...]
    task_queue: str
    mapping: IdentityMapping
    is_whole_campaign: bool
    input: InputProposal | None
    recognised: int
    total: int
    read_id: str = ""
    start_id: str = ""


@dataclass(frozen=True, slots=True)
class ClusterDraft:
    """One cluster. ``address`` is host:port, or "" if there is a ``profile``. ``task_queue`` is "" unless it differs
    from the definition's. ``codec`` is the endpoint of the cluster's codec server, and ``codec_auth`` the environment
    variable with the header for requests to that server; both are "" if there is no codec server.

    ``filter`` tells the cluster's runs from those of other clusters in the same namespace. ``attributes`` are the
    search attributes that a run has to carry when the bot starts it, so that ``filter`` finds the run. Both are empty
    if the cluster shares no namespace. ``workflow`` is the definition of the cluster's runs; "" if that is the first
    definition. ``input`` has the arguments of runs that the bot starts on the cluster; None if these are the
    definition's arguments.
    """

    name: str
    namespace: str
    address: str = ""
    profile: str = ""
    customers: tuple[str, ...] = ()
    task_queue: str = ""
    codec: str = ""
    codec_auth: str = ""
    filter: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    workflow: str = ""
    input: InputProposal | None = None


@dataclass(frozen=True, slots=True)
class WarehouseDraft:
    """The ClickHouse. ``tables`` are the tables that ``verify`` is to count, each with the table of its source rows,
    or with None. ``volume`` is the table whose rows give the volume of a customer."""

    url: str
    username: str
    tables: tuple[tuple[Candidate, Candidate | None], ...] = ()
    volume: Candidate | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole proposal. A field that is empty or None could not be found out, so the proposed backfill.toml lacks
    it. ``refused`` are definitions with mistakes, which a person has to correct."""

    timezone: str
    clusters: tuple[ClusterDraft, ...]
    channel: str
    operators: tuple[str, ...]
    campaign: Window | None = None
    definitions: tuple[DefinitionDraft, ...] = ()
    warehouse: WarehouseDraft | None = None
    refused: tuple[DefinitionDraft, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The sections that the bot needs and that the proposed backfill.toml would lack."""
        has_tables = self.warehouse and self.warehouse.tables
        present = {
            "[campaign]": self.campaign,
            "[workflow]": self.definitions,
            "[[verify.tables]]": has_tables,
            "[volume]": has_tables,
            "clickhouse": self.warehouse,
        }
        return tuple(name for name, value in present.items() if not value)

    @property
    def is_complete(self) -> bool:
        """Whether the proposed backfill.toml has everything that the bot needs."""
        return not self.missing

    def completed(self) -> "Draft":
        """The draft with stand-ins for all missing sections except definitions, so that the definitions can be
        checked."""
        table = ListedTable("db", "name", columns={"customer": "String", "day": "Date"})
        tables = ((Candidate(table, "customer", "day"), None),)
        warehouse = self.warehouse or WarehouseDraft("http://localhost:8123", "default")
        return replace(
            self,
            campaign=self.campaign or Window(date(2026, 1, 1), date(2026, 2, 21)),
            warehouse=replace(warehouse, tables=warehouse.tables or tables),
        )


def draft_definitions(
    surveys: Sequence[TypeSurvey], *, whole: Sequence[str] = (), beginning: str = ""
) -> tuple[DefinitionDraft, ...]:
    """A definition for each type. Types with the same identity and queue share one definition, and the bot starts the
    first of them. A run of a type in ``whole`` fills the whole campaign. If clusters share a namespace, ``beginning``
    is the beginning of the ids of starts. Raises ValueError for a type whose customer and days cannot be read."""
    drafts: list[DefinitionDraft] = []
    for survey in surveys:
        draft = _definition(survey, beginning, is_whole=survey.workflow_type in whole)
        same = next((n for n, other in enumerate(drafts) if _is_alike(other, draft)), None)
        if same is None:
            drafts.append(draft)
        else:
            drafts[same] = _joined(drafts[same], draft)
    return tuple(drafts)


def identity_table(definition: DefinitionDraft) -> dict[str, JsonValue]:
    """The keys and values of the section [workflow.identity]."""
    mapping = definition.mapping
    table: dict[str, JsonValue] = {"order": [source.value for source in mapping.sources]}
    for source in mapping.sources:
        table[source.value] = _place(source, definition)
    forms = {name: form for source, form in mapping.forms.items() for name in _names(source)}
    if forms:
        table["dates"] = dict(forms)
    ends = {name: "included" for source in mapping.end_included for name in _names(source)}
    ends = {name: end for name, end in ends.items() if name not in ("id", "parent")}
    if ends:
        table["end"] = dict(ends)
    if definition.is_whole_campaign:
        table["without_days"] = "the whole campaign"
    return table


def _definition(survey: TypeSurvey, beginning: str, *, is_whole: bool) -> DefinitionDraft:
    mapping = survey.without_days if is_whole else survey.choice.mapping if survey.choice else None
    if mapping is None:
        raise ValueError(survey.workflow_type)
    proposed = survey.start_input()
    known = proposed if proposed and proposed.tells_window else None
    total = len(survey.runs)
    recognised = total if is_whole else len(survey.identities())
    return DefinitionDraft(
        types=(survey.workflow_type,),
        task_queue=survey.task_queue,
        mapping=mapping,
        is_whole_campaign=is_whole,
        input=known,
        recognised=recognised,
        total=total,
        read_id=read_id(mapping, is_shared=bool(beginning)) if mapping.id else "",
        start_id=started_id(survey, mapping, beginning) if beginning else "",
    )


def _is_alike(draft: DefinitionDraft, other: DefinitionDraft) -> bool:
    return (draft.task_queue, draft.is_whole_campaign) == (
        other.task_queue,
        other.is_whole_campaign,
    ) and identity_table(draft) == identity_table(other)


def _joined(draft: DefinitionDraft, other: DefinitionDraft) -> DefinitionDraft:
    return replace(
        draft,
        types=(*draft.types, *other.types),
        recognised=draft.recognised + other.recognised,
        total=draft.total + other.total,
    )


def _place(source: Source, definition: DefinitionDraft) -> JsonValue:
    """What backfill.toml says about how to read this source: the template of an id, or the key of each field. In a
    template, an included end is ``{last}``."""
    mapping = definition.mapping
    if source is Source.ID:
        return definition.read_id
    if source is Source.PARENT:
        return template_text(mapping.parent, end_included=source in mapping.end_included)
    keys = {Source.INPUT: mapping.input, Source.MEMO: mapping.memo}.get(source, mapping.attributes) or Keys("")
    return dict(keys.by_field)


def _names(source: Source) -> tuple[str, ...]:
    """The keys for this source in the sections ``dates`` and ``end`` of backfill.toml. Attributes and memo both get
    the two keys ``attributes`` and ``memo``: fields of the same name look alike in the two sources, so the bot reads
    them in the same form."""
    shared = (Source.ATTRIBUTES, Source.MEMO)
    return tuple(place.value for place in (shared if source in shared else (source,)))


def propose_campaign(identities: Sequence[Identity]) -> Window | None:
    """The days of the latest campaign among the runs: those of all windows after the last gap of more than ``_GAP``.
    None if there are no runs."""
    windows = sorted({identity.window for identity in identities})
    group: Window | None = None
    for window in windows:
        if group is None or window.start - group.end > _GAP:
            group = window
        else:
            group = Window(group.start, max(group.end, window.end))
    return group
