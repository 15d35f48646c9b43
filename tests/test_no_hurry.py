"""Tests do not depend on how fast a machine is: no limit below a second, no pause in the hope that it is enough,
and no span that was measured and has to be short.

What may be short is a pause between two reads, inside a loop that ends when it has seen what it waits for.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
LIMITS = {"timeout", "wait_for", "wait"}
LIMIT_NAMES = {"timeout", "within"}
CLOCKS = {"monotonic", "perf_counter", "time", "clock"}
# In which the local Slack tells how long something took.
SPANS = {"acked_ms"}


def leisurely(tree: ast.AST) -> set[int]:
    """Nodes that may pause for a moment: in a loop that looks again, or where time passes by itself."""
    quiet = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.While)
        or (
            isinstance(node, ast.AsyncFunctionDef)
            and any(ast.unparse(decorator) == "on_idle_clock" for decorator in node.decorator_list)
        )
    )
    return {id(inner) for node in quiet for inner in ast.walk(node)}


def hurried(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that give up within a second, or pause outside of a loop."""
    unhurried = leisurely(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in unhurried and (_is_short_limit(node) or _is_pause(node)):
            yield node


def measured(tree: ast.AST) -> Iterator[ast.Assert]:
    """Assertions that a span by some clock was shorter than something; on an idle clock that is exact, and in a loop
    it is how the loop ends."""
    unhurried = leisurely(tree)
    spans = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_span(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and id(node) not in unhurried and _is_upper_bound(node.test, spans):
            yield node


def _is_upper_bound(test: ast.expr, spans: set[str]) -> bool:
    return any(
        isinstance(operator, ast.Lt | ast.LtE) and (_is_span(left) or getattr(left, "id", "") in spans)
        for node in ast.walk(test)
        if isinstance(node, ast.Compare)
        for left, operator in zip([node.left, *node.comparators], node.ops, strict=False)
    )


def _is_span(node: ast.expr) -> bool:
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value in SPANS
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Sub)
        and isinstance(node.left, ast.Call)
        and _name(node.left) in CLOCKS
    )


def _is_short_limit(call: ast.Call) -> bool:
    named = [keyword.value for keyword in call.keywords if keyword.arg in LIMIT_NAMES]
    return any(map(_is_short, [*named, *(call.args if _name(call) in LIMITS else [])]))


def _is_pause(call: ast.Call) -> bool:
    return _name(call) == "sleep" and any(map(_is_short, call.args))


def _is_short(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and 0 < node.value < 1


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_no_test_gives_up_within_a_second_or_hopes_that_a_pause_is_long_enough() -> None:
    found = dict[str, list[int]]()
    for path in sorted(TESTS.rglob("*.py")):
        for call in hurried(ast.parse(path.read_text())):
            found.setdefault(str(path.relative_to(TESTS)), []).append(call.lineno)

    assert found == {}


def test_no_test_asserts_that_something_took_less_than_some_time() -> None:
    found = dict[str, list[int]]()
    for path in sorted(TESTS.rglob("*.py")):
        for node in measured(ast.parse(path.read_text())):
            found.setdefault(str(path.relative_to(TESTS)), []).append(node.lineno)

    assert found == {}


def test_measured_spans_are_found_with_and_without_a_name() -> None:
    hasty = "took = time.monotonic() - began\nassert took < 5\nassert clock() - began <= limit\nassert took > 1"
    shown = 'assert delivery["acked_ms"] < 1_000\nassert delivery["acked"] < 1_000'

    assert [node.lineno for node in measured(ast.parse(hasty))] == [2, 3]
    assert [node.lineno for node in measured(ast.parse(shown))] == [1]
