"""The latest answers of a cluster: which descriptions a listing leaves, and when workflows were described last."""

from bot.fleet.runs.latest import LatestAnswers
from bot.model import ClosePolicy, Description, Execution, PendingChild
from tests.fleet.builders import MINUTE, NOW, description, execution, window

TOP, BELOW, AT_THE_BOTTOM = (execution("hilton", window(day, day + 1)) for day in (1, 2, 3))


def above(run: Execution, child: Execution) -> Description:
    return description(of=run, children=(PendingChild(child.ref, "CopyDay", ClosePolicy.TERMINATE),))


def looks_after_listing(*listed: Execution) -> set[str]:
    """The workflow ids of those of the three whose description is kept."""
    latest = LatestAnswers()
    for each in (above(TOP, BELOW), above(BELOW, AT_THE_BOTTOM), description(of=AT_THE_BOTTOM)):
        latest.note(each, NOW)
    latest.note_listing(["CustomerBackfill"], listed, NOW + MINUTE)
    every = {each.ref.workflow_id for each in (TOP, BELOW, AT_THE_BOTTOM)}
    looks = latest.looks(every)
    assert set(looks.values()) <= {NOW}
    return set(looks)


def test_a_listing_leaves_the_descriptions_of_what_is_below_the_listed_runs() -> None:
    assert looks_after_listing(TOP) == {each.ref.workflow_id for each in (TOP, BELOW, AT_THE_BOTTOM)}


def test_what_is_below_a_run_that_is_listed_no_more_is_forgotten_with_it() -> None:
    assert looks_after_listing() == set()
    assert looks_after_listing(AT_THE_BOTTOM) == {AT_THE_BOTTOM.ref.workflow_id}
