"""Tests do not depend on how fast a machine is: no limit below a second, and no pause in the hope that it is enough.

What may be short is a pause between two looks, inside a loop that ends when it has seen what it waits for.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
LIMITS = {"timeout", "wait_for", "wait"}
LIMIT_NAMES = {"timeout", "within"}


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
