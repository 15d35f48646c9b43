"""Families: which open workflows are below which runs, and whose alert has to be decided again."""

from dataclasses import replace

from bot.fleet.runs.children import DescribedChild
from bot.fleet.runs.families import Families
from bot.model import AlertReason, Child, ClosePolicy, Description, Ending, PendingChild, Ref
from tests.fleet.alerts.test_reconcile import described_run
from tests.fleet.builders import description, execution

PARENT = execution()
TOP = PARENT.ref


def ref(name: str, run: str = "1") -> Ref:
    return Ref("voice-prod", name, f"{name}-{run}")


def telling(*children: Ref, of: Ref = TOP) -> Description:
    pending = tuple(PendingChild(child, "CopyDay", ClosePolicy.TERMINATE) for child in children)
    return description(of=replace(PARENT, ref=of), children=pending)


def standing(
    child: Ref,
    *,
    well: bool = False,
    ending: Ending | None = None,
    attempt: int = 2,
    reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT,
) -> DescribedChild:
    run = described_run(ref=child, ending=ending, attempt=attempt, alert_reason=reason)
    return DescribedChild(Child(child.workflow_id), replace(run, alert_reason=None) if well else run)


def test_what_a_run_tells_is_new_once() -> None:
    families = Families()

    assert families.learn(telling(ref("a"), ref("b"))) == (ref("a"), ref("b"))
    assert families.learn(telling(ref("a"), ref("b"), ref("c"))) == (ref("c"),)
    assert families.refs == {ref("a"), ref("b"), ref("c")}


def test_a_child_that_has_not_started_yet_is_not_known() -> None:
    families = Families()

    assert families.learn(telling(replace(ref("a"), run_id=""))) == ()
    assert families.below(TOP).total == 0


def test_a_child_that_its_parent_tells_no_more_is_gone_with_what_is_below_it() -> None:
    families = Families()
    families.learn(telling(ref("a"), ref("b")))
    families.learn(telling(ref("a-1"), of=ref("a")))
    families.learn(telling(ref("b")))

    assert families.refs == {ref("b")}


def test_what_is_below_a_child_is_below_the_run_at_the_top() -> None:
    families = Families()
    families.learn(telling(ref("a")))
    families.learn(telling(ref("a-1"), of=ref("a")))
    families.update(ref("a-1"), standing(ref("a-1")))

    assert families.top_of("a-1") == TOP.workflow_id
    assert (families.below(TOP).total, families.below(TOP).undescribed) == (2, frozenset({"a"}))
    assert families.take_changed([TOP, ref("a")]) == {TOP}


def test_only_what_the_alert_tells_makes_its_run_due() -> None:
    families, child = Families(), ref("a")
    families.learn(telling(child))

    def changed(after: DescribedChild) -> bool:
        families.update(child, after)
        return families.take_changed([TOP]) == {TOP}

    assert not changed(standing(child, well=True, attempt=1))
    assert not changed(standing(child, well=True, attempt=2))
    assert changed(standing(child))
    assert not changed(standing(child))
    assert changed(standing(child, attempt=3))
    assert changed(standing(child, attempt=3, reason=AlertReason.RETRYING))
    assert changed(standing(child, ending=Ending.COMPLETED))


def test_a_closed_run_of_a_child_is_followed_once() -> None:
    families, first, second = Families(), ref("a"), ref("a", "2")
    families.learn(telling(first))

    assert families.update(first, standing(first, ending=Ending.CONTINUED))
    assert not families.update(first, standing(first, ending=Ending.CONTINUED))
    assert not families.update(second, standing(second))
    assert families.refs == {second}
    assert families.learn(telling(first)) == ()


def test_a_completed_child_counts_no_more_and_is_not_followed() -> None:
    families, child = Families(), ref("a")
    families.learn(telling(child))

    assert not families.update(child, standing(child, ending=Ending.COMPLETED))
    assert families.below(TOP).total == 0


def test_what_temporal_no_longer_knows_counts_no_more() -> None:
    families, child = Families(), ref("a")
    families.learn(telling(child))
    families.update(child, standing(child))
    families.decided(TOP)
    families.lose(child)

    assert families.below(TOP).total == 0
    assert families.take_changed([TOP]) == {TOP}


def test_the_next_link_of_a_parent_keeps_what_the_one_before_has_left_open() -> None:
    families, link = Families(), replace(TOP, run_id="run-2")
    families.learn(telling(ref("a")))
    families.learn(telling(ref("b"), of=link))

    assert families.below(link).total == 2


def test_the_end_of_a_run_and_that_of_its_workflow_id_leave_nothing_below() -> None:
    families, link = Families(), replace(TOP, run_id="run-2")
    families.learn(telling(ref("a")))
    families.learn(telling(ref("b"), of=link))
    families.end(TOP)
    left = families.refs
    families.forget(TOP.workflow_id)

    assert left == {ref("b")}
    assert families.refs == frozenset()
