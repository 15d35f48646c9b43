"""Findings: the worst of an answer decides, and equal failures of several clusters become one."""

from bot.fleet.diagnostics.facts import NoAnswer, SystemSays
from bot.fleet.diagnostics.findings import Advice, Answer, Finding, Level, exit_code, join_findings

OK = Finding("store", Answer((SystemSays("SQLite, 3 migrations"),)))
FAILED = Finding("Temporal", Answer(problems=(SystemSays("refused"),)), ("voice-prod",))
ODD = Finding("operators", Answer(warnings=(SystemSays("1 of 2 does not exist"),)))
UNASKED = Finding("operators", Answer((SystemSays("not asked"),), is_known=False))


def test_an_answer_is_as_bad_as_the_worst_of_it() -> None:
    odd, wrong = (SystemSays("1 is a guest"),), (SystemSays("nobody may"),)

    assert Answer(problems=wrong, warnings=odd).level is Level.FAILED
    assert [finding.level for finding in (OK, FAILED, ODD, UNASKED)] == [
        Level.OK,
        Level.FAILED,
        Level.WARNING,
        Level.UNKNOWN,
    ]


def test_only_a_failure_makes_the_exit_code_1() -> None:
    assert exit_code([OK, ODD, UNASKED]) == 0
    assert exit_code([OK, FAILED, ODD]) == 1


def failed(cluster: str, advice: Advice) -> Finding:
    return Finding("Temporal", Answer(problems=(NoAnswer(10),), advice=advice), (cluster,))


def test_equal_failures_are_joined_unless_each_cluster_has_its_own_section_to_correct() -> None:
    same = [failed("a", Advice.WORKFLOW), OK, failed("b", Advice.WORKFLOW)]
    own = [failed("a", Advice.TEMPORAL), failed("b", Advice.TEMPORAL)]

    assert [finding.clusters for finding in join_findings(same)] == [("a", "b"), ()]
    assert list(join_findings(own)) == own
