"""Asks which workflow types fill days. Where their runs do not prove the customer and the days, asks about these
too."""

from collections.abc import Sequence
from dataclasses import replace

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.same_days import same_days
from bot.fleet.onboarding.definitions import TypeSurvey
from bot.fleet.onboarding.divisions import written_id
from bot.fleet.onboarding.draft import DefinitionDraft, draft_definitions
from bot.fleet.onboarding.facts import InputOpen, Reason, TypeLeftOut, TypeRead
from bot.fleet.onboarding.identity_choice import Doubt, IdentityChoice
from bot.fleet.onboarding.questions import Question, Topic
from bot.fleet.runs.identity import Source
from bot.model import Execution
from bot.redaction import redact_line
from bot.usecases.init.interview import NO, YES, Interview, ask, ask_yes

INCLUDED, EXCLUDED = "included", "excluded"
# How many examples of a type are shown.
SHOWN = 5
LONGEST_SHOWN = 60


def ask_definitions(surveys: Sequence[TypeSurvey], interview: Interview) -> tuple[list[TypeSurvey], list[str]]:
    """The types that fill days, with all doubts settled; and the names of the types that fill the whole campaign in
    one run."""
    chosen = _ask_types(surveys, interview)
    settled: list[TypeSurvey] = []
    whole: list[str] = []
    for survey in surveys:
        name = survey.workflow_type
        if survey.choice is None and survey.without_days is None:
            interview.tell(TypeLeftOut(name, Reason.NO_DAYS))
        elif name not in chosen:
            interview.tell(TypeLeftOut(name, Reason.NOT_CHOSEN))
        elif survey.choice is None:
            if ask_yes(interview, Question(Topic.WHOLE_CAMPAIGN, NO, (YES, NO), about=name)):
                settled.append(survey)
                whole.append(name)
            else:
                interview.tell(TypeLeftOut(name, Reason.NO_DAYS))
        elif known := _settled(survey, survey.choice, interview):
            settled.append(known)
        else:
            interview.tell(TypeLeftOut(name, Reason.NOT_CONFIRMED))
    return sorted(settled, key=lambda survey: chosen.index(survey.workflow_type)), whole


def tell_definitions(drafts: Sequence[DefinitionDraft], surveys: Sequence[TypeSurvey], interview: Interview) -> None:
    """Show how the runs are recognised. Also show which arguments of the runs that the bot would start have to be
    checked by a person."""
    for survey in surveys:
        if survey.choice:
            read = list(zip(survey.runs, survey.identities_by_run(), strict=True))
            examples = [
                (_shown(written_id(run)), _shown(identity.customer), identity.window)
                for run, identity in read
                if identity
            ]
            sources = tuple(source.value for source in survey.choice.sources)
            interview.tell(TypeRead(survey.workflow_type, len(examples), len(read), sources, tuple(examples[:SHOWN])))
            if shared := same_days((_as_written(run), identity) for run, identity in read if identity):
                interview.tell(shared)
    for draft in drafts[:1]:
        proposed = draft.input
        if proposed is None:
            interview.tell(InputOpen(draft.types[0], is_known=False))
        else:
            paths = proposed.differing, proposed.rewritten, proposed.hidden
            if any(paths) or draft.is_whole_campaign:
                interview.tell(InputOpen(draft.types[0], True, *paths, draft.is_whole_campaign))


def _ask_types(surveys: Sequence[TypeSurvey], interview: Interview) -> list[str]:
    """The names of the chosen types. The first of them is the one that the bot starts. If all types share one
    definition without doubts, the person may take them all with one answer."""
    names = [survey.workflow_type for survey in surveys if survey.choice or survey.without_days]
    if len(names) < 2:
        return names
    clear = [survey for survey in surveys if survey.choice and not survey.choice.doubts]
    is_safe = len(clear) == len(names) and len(draft_definitions(clear)) == 1
    question = Question(Topic.TYPES, ", ".join(names), tuple(names), is_safe)

    def read(text: str) -> list[str]:
        words = [word.strip() for word in text.split(",") if word.strip()]
        if not words or not {*words} <= {*names}:
            raise ValueError(text)
        return list(dict.fromkeys(words))

    return ask(interview, question, read)


def _settled(survey: TypeSurvey, choice: IdentityChoice, interview: Interview) -> TypeSurvey | None:
    """The survey with all doubts about its identity settled; None if the person says that the identity is wrong."""
    if Doubt.SOURCE in choice.doubts:
        sources = tuple(source.value for source in choice.sources)
        question = Question(Topic.IDENTITY_FROM, "", sources, about=survey.workflow_type, example=_example(survey))
        choice = choice.from_source(Source(ask(interview, question, str)))
    if Doubt.CUSTOMER in choice.doubts:
        names = ", ".join(sorted({identity.customer for identity in survey.identities()})[:SHOWN])
        question = Question(Topic.CUSTOMERS, NO, (YES, NO), about=_shown(names), example=_example(survey))
        if not ask_yes(interview, question):
            return None
        choice = choice.with_customers()
    if Doubt.END in choice.doubts:
        choice = choice.with_end(included=_ask_end(survey, choice, interview))
    return replace(survey, choice=choice)


def _ask_end(survey: TypeSurvey, choice: IdentityChoice, interview: Interview) -> bool:
    """Ask whether the runs name the last day or the day after it. Returns True for the last day. The default is the
    answer that more of the evidence supports, and it is used only if the person confirms it."""
    first = choice.proposals[0]
    leaning = INCLUDED if first.mapping.end_included else EXCLUDED
    read = replace(survey, choice=choice.with_end(included=True)).identities()
    written = f"{read[0].window.start} to {read[0].window.last}" if read else ""
    question = Question(Topic.END, leaning, (INCLUDED, EXCLUDED), about=survey.workflow_type, example=written)
    return ask(interview, question, str) == INCLUDED


def _example(survey: TypeSurvey) -> str:
    return _shown(written_id(survey.runs[0]))


def _as_written(run: SampleRun) -> Execution:
    """The run with the id that it has in Temporal."""
    return replace(run.execution, ref=replace(run.execution.ref, workflow_id=written_id(run)))


def _shown(text: str) -> str:
    return redact_line(text, LONGEST_SHOWN)
