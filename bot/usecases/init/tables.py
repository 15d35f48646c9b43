"""Asks which tables ``verify`` counts."""

from collections.abc import Collection, Sequence

from bot.config import ClickHouseAddress
from bot.fleet.onboarding.draft import WarehouseDraft
from bot.fleet.onboarding.facts import VolumeUnknown
from bot.fleet.onboarding.questions import Question, Topic
from bot.fleet.onboarding.tables import Candidate, source_of, targets
from bot.usecases.init.interview import Interview, ask


def ask_warehouse(
    address: ClickHouseAddress, candidates: Sequence[Candidate], customers: Collection[str], interview: Interview
) -> WarehouseDraft:
    """The tables to count, with the source of each. Volumes are read from the first of these sources."""
    picked = _ask_tables(candidates, customers, interview)
    pairs = tuple((target, source_of(target, candidates)) for target in picked)
    volume = next((source for _, source in pairs if source), None)
    if picked and volume is None:
        interview.tell(VolumeUnknown())
    return WarehouseDraft(address.url, address.username, pairs, volume)


def _ask_tables(
    candidates: Sequence[Candidate], customers: Collection[str], interview: Interview
) -> tuple[Candidate, ...]:
    """The tables to count. If every table has customers of the runs, the person may take them all with one answer."""
    offered = {each.place: each for each in targets(candidates, customers)}
    if not offered:
        return ()
    is_safe = all(each.customers & {*customers} for each in offered.values())
    question = Question(Topic.TABLES, ", ".join(offered), tuple(offered), is_safe)

    def read(text: str) -> tuple[Candidate, ...]:
        words = [word.strip() for word in text.split(",") if word.strip()]
        if not words or not {*words} <= {*offered}:
            raise ValueError(text)
        return tuple(offered[word] for word in dict.fromkeys(words))

    return ask(interview, question, read)
