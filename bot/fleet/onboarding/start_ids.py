"""The workflow ids of starts. Where several clusters share a namespace, each id names its cluster. Pure."""

from dataclasses import replace

from bot.fleet.diagnostics.id_proposal import propose_id
from bot.fleet.diagnostics.mapping_reading import identities
from bot.fleet.onboarding.definitions import TypeSurvey
from bot.fleet.onboarding.divisions import CLUSTER_MARK
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Source
from bot.fleet.runs.mapping import IdentityMapping
from bot.model.placeholders import WILDCARD

CLUSTER = "{cluster}"
USUAL_BEGINNING = f"backfill-{CLUSTER}-"
_ANYTHING = f"{{{WILDCARD}}}"


def template_text(template: object, *, end_included: bool) -> str:
    """The template as it is written in backfill.toml: ``{cluster}`` instead of ``CLUSTER_MARK``, and ``{last}``
    instead of ``{end}`` if the end is included."""
    text = str(template).replace(CLUSTER_MARK, CLUSTER)
    return text.replace("{end", "{last") if end_included else text


def read_id(mapping: IdentityMapping, *, is_shared: bool) -> str:
    """The template by which ids are read. If clusters share a namespace and the ids of their runs do not name the
    cluster, the bot adds the cluster's name at the end of the ids of its own starts. The template then ends with a
    wildcard, so that it reads these ids, too."""
    text = template_text(mapping.id, end_included=Source.ID in mapping.end_included)
    if not is_shared or CLUSTER in text or text.endswith(_ANYTHING):
        return text
    return f"{text}{_ANYTHING}"


def started_id(survey: TypeSurvey, mapping: IdentityMapping, beginning: str) -> str:
    """The template of the ids that starts get; "" if it is the same as the template by which ids are read.
    ``beginning`` is the beginning of all ids if that names the cluster, or else ``USUAL_BEGINNING``."""
    if mapping.id is None:
        return _as_in_runs(survey, mapping, beginning) or f"{beginning}{{customer}}-{{start}}-{{end}}"
    text = read_id(mapping, is_shared=True)
    return "" if CLUSTER in text else f"{text.removesuffix(_ANYTHING)}-{CLUSTER}"


def _as_in_runs(survey: TypeSurvey, mapping: IdentityMapping, beginning: str) -> str:
    """The template of the runs' ids, if it names the cluster, reads the same customers and days as ``mapping``, and
    fits ``beginning``; otherwise ""."""
    read = [(run, known) for run, known in zip(survey.runs, survey.identities_by_run(), strict=True) if known]
    ids = [run.execution.ref.workflow_id for run, _ in read]
    text = propose_id(ids, {known.customer for _, known in read}, mapping.zone)
    for included in (False, True):
        if CLUSTER_MARK in text and _reads(text, survey, mapping, included=included):
            written = template_text(text, end_included=included).removesuffix(_ANYTHING)
            return written if beginning == USUAL_BEGINNING or written.startswith(beginning) else ""
    return ""


def _reads(text: str, survey: TypeSurvey, mapping: IdentityMapping, *, included: bool) -> bool:
    try:
        template = IdTemplate.of(text, end_included=included)
    except ValueError:
        return False
    by_id = replace(mapping, sources=(Source.ID,), id=template)
    return identities(by_id, survey.runs) == survey.identities_by_run()
