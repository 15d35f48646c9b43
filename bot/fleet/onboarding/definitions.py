"""Surveys the runs of each workflow type: how their customer and days can be read, and how a run is started. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo

from bot.fleet.diagnostics.field_roles import customer_field, is_clearly_customer
from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.lists import without_elements
from bot.fleet.diagnostics.mapping_proposal import propose_mappings
from bot.fleet.diagnostics.mapping_reading import identities
from bot.fleet.onboarding.date_signs import hold_dates
from bot.fleet.onboarding.identity_choice import IdentityChoice, choose_identity
from bot.fleet.onboarding.start_input import InputProposal, propose_input
from bot.fleet.runs.days import customer_name
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.mapping import IdentityMapping, Keys
from bot.model import Window
from bot.model.execution import PARENT_HINT

# Stands for the days of runs that tell none. Any window would do.
_ANY_DAYS = Window(date(1990, 1, 1), date(1991, 1, 1))


@dataclass(frozen=True, slots=True)
class TypeSurvey:
    """The sampled ``runs`` of one workflow type, the latest first, and the identity that can be read from them."""

    workflow_type: str
    runs: tuple[SampleRun, ...]
    choice: IdentityChoice | None = None
    # A mapping that reads only the customer. It is set if no field of the runs holds days.
    without_days: IdentityMapping | None = None

    @property
    def task_queue(self) -> str:
        """The task queue of most of these runs."""
        return Counter(run.execution.task_queue for run in self.runs).most_common(1)[0][0]

    def on(self, cluster: str) -> "TypeSurvey":
        """The survey of the runs on one cluster."""
        return replace(self, runs=tuple(run for run in self.runs if run.execution.ref.cluster == cluster))

    def queues(self) -> Mapping[str, str]:
        """The task queue of most runs on each cluster."""
        clusters = dict.fromkeys(run.execution.ref.cluster for run in self.runs)
        return {name: self.on(name).task_queue for name in clusters}

    def identities(self) -> list[Identity]:
        """The identities of the runs that are recognised."""
        return [identity for identity in self.identities_by_run() if identity]

    def start_input(self) -> InputProposal | None:
        """The arguments that a started run would get; None if they are not known. If the runs do not say which days
        they fill (``without_days``), the days are added. The arguments are derived from runs that do not continue an
        earlier run, because a run that continues another has arguments about how far the other had come. If every run
        continues another, they are derived from all runs."""
        began = [run for run in self.runs if not _is_continued(run, self.runs)]
        if began and len(began) < len(self.runs):
            return replace(self, runs=tuple(began)).start_input()
        read = zip(self.identities_by_run(), self.runs, strict=True)
        recognised = [(identity, run) for identity, run in read if identity]
        clusters = [run.execution.ref.cluster for _, run in recognised]
        if self.choice:
            arguments = [(identity, run.arguments) for identity, run in recognised]
            return propose_input(arguments, self.choice.mapping, clusters if len({*clusters}) > 1 else ())
        named = zip(self.customers_by_run(), self.runs, strict=True)
        whole = [(Identity(customer, _ANY_DAYS), run.arguments) for customer, run in named if customer]
        proposed = propose_input(whole, self.without_days) if self.without_days else None
        return proposed.with_days() if proposed else None

    def identities_by_run(self) -> list[Identity | None]:
        """The identity of each run; None for one that is not recognised."""
        return identities(self.choice.mapping, self.runs) if self.choice else [None] * len(self.runs)

    def customers_by_run(self) -> list[str]:
        """The customer of each run; "" if it is not recognised. A run may tell its customer and not its days."""
        mapping = self.choice.mapping if self.choice else self.without_days
        if mapping is None:
            return [""] * len(self.runs)
        any_days = replace(mapping, without_days=_ANY_DAYS) if self.choice is None else mapping
        return [identity.customer if identity else "" for identity in identities(any_days, self.runs)]


def survey_types(
    runs: Sequence[SampleRun], customers: Collection[str], registered: Collection[str] | None, zone: tzinfo
) -> tuple[TypeSurvey, ...]:
    """A survey of each type, the most frequent first. Leaves out a type whose runs only do parts of their parents'
    work. This is assumed if all runs of the type are children and one of them has a parent whose type tells the
    customer. Children of runs without a customer, such as one run for the whole campaign, stay, because they do the
    filling."""
    by_type: dict[str, list[SampleRun]] = {}
    for run in runs:
        by_type.setdefault(run.execution.workflow_type, []).append(run)
    ordered = sorted(by_type.items(), key=lambda item: -len(item[1]))
    surveys = [_survey(name, own, customers, registered, zone) for name, own in ordered]
    telling = {each.workflow_type: each.runs for each in surveys if each.choice or each.without_days}
    return tuple(each for each in surveys if not _are_children(each.workflow_type, each.runs, telling))


def _survey(
    name: str,
    runs: Sequence[SampleRun],
    customers: Collection[str],
    registered: Collection[str] | None,
    zone: tzinfo,
) -> TypeSurvey:
    """The survey of one type. If no table has any of the customers that were read from the runs, a person has to
    check these customers: either the tables use other names, or something else was taken for the customer."""
    proposals = propose_mappings(runs, customers, None, zone)
    if not proposals and customers:
        unknown = propose_mappings(runs, (), None, zone)
        proposals = [replace(proposal, is_customer_certain=False) for proposal in unknown]
    choice = choose_identity(proposals, runs, registered)
    whole = None if choice or hold_dates(runs, zone) else _customers_alone(runs, customers, registered, zone)
    return TypeSurvey(name, tuple(runs), choice, whole)


def _is_continued(run: SampleRun, runs: Sequence[SampleRun]) -> bool:
    own = run.execution
    others = (other.execution for other in runs if other.execution.ref.workflow_id == own.ref.workflow_id)
    return any(other.status.continues and other.started_at < own.started_at for other in others)


def _are_children(name: str, runs: Sequence[SampleRun], by_type: Mapping[str, Sequence[SampleRun]]) -> bool:
    parents = {run.execution.hints.get(PARENT_HINT, "") for run in runs}
    others = {run.execution.ref.workflow_id for other, own in by_type.items() if other != name for run in own}
    return "" not in parents and bool(parents & others)


def _customers_alone(
    runs: Sequence[SampleRun], customers: Collection[str], registered: Collection[str] | None, zone: tzinfo
) -> IdentityMapping | None:
    """A mapping of the customer alone; None unless exactly one field clearly holds the customer in all runs."""
    for source, values in (
        (Source.ATTRIBUTES, [run.hints for run in runs]),
        (Source.INPUT, [without_elements(run.inputs, zone) for run in runs]),
    ):
        names = set.intersection(*(set(fields) for fields in values)) if values else set()
        texts = {name: [customer_name(fields[name]) for fields in values] for name in sorted(names)}
        texts = {name: own for name, own in texts.items() if all(own)}
        name = customer_field(texts, customers)
        if not name or not (is_clearly_customer(name) or {*texts[name]} <= {*customers}):
            continue
        if source is Source.INPUT:
            return IdentityMapping((source,), zone, input=Keys(name))
        if registered is not None and name not in registered:
            return IdentityMapping((Source.MEMO,), zone, memo=Keys(name))
        return IdentityMapping((source,), zone, attributes=Keys(name))
    return None
