"""Divides each namespace into the clusters that its runs show, and drafts these clusters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from bot.config import TemporalAddress
from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.onboarding.definitions import TypeSurvey
from bot.fleet.onboarding.division_choice import DivisionChoice, Evidence, choose_divisions
from bot.fleet.onboarding.divisions import CLUSTER_MARK, Division, Part, divided
from bot.fleet.onboarding.draft import ClusterDraft, DefinitionDraft
from bot.fleet.onboarding.questions import Question, Topic
from bot.fleet.onboarding.start_ids import CLUSTER, USUAL_BEGINNING
from bot.fleet.onboarding.start_input import InputProposal
from bot.usecases.init.interview import Interview, ask
from bot.usecases.init.survey import RunSurvey

ONE = "one"


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters: the address of each, and the runs with the cluster of each run. ``parts`` says which part of a
    namespace a cluster is, if clusters share the namespace. ``beginning`` is a template for the beginning of the ids
    of the workflows that the bot starts in a shared namespace; "" if no namespace is shared."""

    addresses: Mapping[str, TemporalAddress]
    runs: tuple[SampleRun, ...]
    parts: Mapping[str, Part] = field(default_factory=dict)
    beginning: str = ""


def ask_clusters(
    addresses: Mapping[str, TemporalAddress],
    survey: RunSurvey,
    customers: Collection[str],
    zone: tzinfo,
    interview: Interview,
) -> Clusters:
    """The clusters of all namespaces. If the runs of a namespace fit a division into clusters (``choose_divisions``),
    asks whether and how to divide the namespace."""
    evidence = Evidence(customers, survey.registered, survey.keywords, zone)
    known, runs, parts, beginnings = dict[str, TemporalAddress](), list[SampleRun](), dict[str, Part](), list[str]()
    for namespace, address in addresses.items():
        own = [run for run in survey.runs if run.execution.ref.cluster == namespace]
        division = _ask(namespace, choose_divisions(own, evidence), interview)
        if division is None or {part.name for part in division.parts} & ({*addresses} - {namespace} | {*known}):
            known[namespace], runs = address, [*runs, *own]
            continue
        runs += divided(own, division)
        parts |= {part.name: part for part in division.parts}
        known |= dict.fromkeys((part.name for part in division.parts), address)
        beginnings.append(division.id_beginning.replace(CLUSTER_MARK, CLUSTER) or USUAL_BEGINNING)
    return Clusters(known, tuple(runs), parts, beginnings[0] if beginnings else "")


def _ask(namespace: str, choice: DivisionChoice, interview: Interview) -> Division | None:
    """The division that the person chooses; None if the namespace stays one cluster. The default is the first
    division if the runs prove it, and otherwise one cluster."""
    by = {division.by: division for division in reversed(choice.divisions)}
    if not by:
        return None
    default = choice.divisions[0].by if choice.proven else ONE
    shown = "; ".join(f"{name}: {', '.join(part.name for part in by[name].parts)}" for name in sorted(by))
    question = Question(
        Topic.CLUSTERS_BY, default, (*sorted(by), ONE), is_safe=True, about=namespace, example=f"({shown})"
    )
    return by.get(ask(interview, question, str))


def draft_cluster(
    name: str, clusters: Clusters, surveys: Sequence[TypeSurvey], drafts: Sequence[DefinitionDraft]
) -> ClusterDraft:
    """One cluster with the customers of its runs. It names a definition, a task queue and an input only if these
    differ from the usual ones."""
    address, part = clusters.addresses[name], clusters.parts.get(name)
    customers = {
        customer
        for survey in surveys
        for run, customer in zip(survey.runs, survey.customers_by_run(), strict=True)
        if customer and run.execution.ref.cluster == name
    }
    filling = _filling(name, surveys, drafts)
    survey = next((each for each in surveys if filling and each.workflow_type == filling.types[0]), None)
    queue = survey.queues().get(name, "") if survey else ""
    return ClusterDraft(
        name,
        address.namespace or "",
        address.address or "",
        address.profile or "",
        tuple(sorted(customers)),
        queue if filling and queue != filling.task_queue else "",
        filter=part.filter if part else "",
        attributes=part.attributes if part else {},
        workflow=filling.types[0] if filling and filling != drafts[0] else "",
        input=_own_input(survey.on(name), filling) if survey and filling and name in survey.queues() else None,
    )


def _filling(
    cluster: str, surveys: Sequence[TypeSurvey], drafts: Sequence[DefinitionDraft]
) -> DefinitionDraft | None:
    """The first of ``drafts`` that covers a type of which the cluster has runs; otherwise the first of all. None if
    there are no drafts."""
    types = {survey.workflow_type for survey in surveys if cluster in survey.queues()}
    return next((draft for draft in drafts if types & {*draft.types}), next(iter(drafts), None))


def _own_input(survey: TypeSurvey, definition: DefinitionDraft) -> InputProposal | None:
    """The input of the runs on this cluster, if it names the customer and the days, and if it varies less than the
    definition's input; otherwise None. It varies less if its ``differing`` has only some of the paths that the
    ``differing`` of the definition's input has."""
    usual = definition.input
    if usual is None or not usual.differing:
        return None
    own = survey.start_input()
    return own if own and own.tells_window and {*own.differing} < {*usual.differing} else None
