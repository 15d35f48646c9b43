"""Text from outside costs no more time than its length: each regular expression is tried on what is worst for it."""

import ast
import functools
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import bot
import handlers
import local_slack
from bot.redaction import LONGEST, redact

ROOT = Path(__file__).parent.parent
PACKAGES = (bot, handlers, local_slack)
SHORT, LONG = 4_000, 16_000
# What takes less cannot be measured. Of four times the text a linear one takes four times as long, others 16 times.
MEASURABLE = 0.001
WORST_GROWTH = 9
# The expressions are measured in so many tests.
SHARES = 16
MAKERS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}


def modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__") and ".migrations." not in found.name:
                yield importlib.import_module(found.name)


def held(value: Any, deep: int = 4) -> Iterator[re.Pattern[str]]:
    """Every expression that a module's value is made of."""
    parts: list[Any] = []
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        parts = [*value]
    elif isinstance(value, dict):
        parts = [*value.values()]
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        parts = [getattr(value, name, None) for name in value.__dataclass_fields__]
    for part in parts if deep else ():
        yield from held(part, deep - 1)


def written(path: Path) -> Iterator[re.Pattern[str]]:
    """Those made where they are used, of a text that stands there."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MAKERS):
            continue
        is_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        if is_re and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            flags = re.DOTALL if "DOTALL" in ast.unparse(node) else re.NOFLAG
            anchor = r"\A" if node.func.attr in ("match", "fullmatch") else ""
            yield re.compile(anchor + node.args[0].value, flags)


@functools.cache
def expressions() -> list[re.Pattern[str]]:
    """Each once: those that modules hold are as they are used, with all their flags. Finding them takes seconds, so
    the first test does it, and not whoever collects tests."""
    known = {pattern for module in modules() for value in vars(module).values() for pattern in held(value)}
    texts = {pattern.pattern for pattern in known}
    sources = [path for package in PACKAGES for path in Path(package.__path__[0]).rglob("*.py")]
    known |= {pattern for path in sources for pattern in written(path) if pattern.pattern not in texts}
    return sorted(known, key=lambda each: (each.pattern, each.flags))


def literals(pattern: str) -> list[str]:
    """What stands in an expression as it is read: its words, and the marks between them."""
    words = re.findall(
        r"[A-Za-z0-9_]{2,}|[^\w\\\s]", re.sub(r"\(\?P?[<=!:#-][A-Za-z]*>?|\\[bBdDsSwWZA]", " ", pattern)
    )
    return list(dict.fromkeys(words))[:40]


def pumps(pattern: str) -> list[tuple[str, str]]:
    """A beginning, and what is repeated after it; then something comes that ends nothing."""
    words = literals(pattern)
    repeated = [*words, "a", "1", " ", "\n", "a ", "a-", "a.a", "1a", "://a:", "=(", "('", "\\", "'", '"', "<", ":a"]
    beside = [first + second for first, second in product(words[:6], ("a", " ", "=", ":", "'", '"', "\\"))]
    beginnings = ["", *(word for word in words if len(word) > 1)][:12]
    endings = ("a", " ", "1", "\\", "'", "[", "=", "a.", "a-")
    return [*(("", more) for more in dict.fromkeys([*repeated, *beside])), *product(beginnings, endings)]


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """Of this process alone, whoever else is busy."""
    before = time.process_time()
    for _found in pattern.finditer(text):
        pass
    pattern.fullmatch(text)
    return time.process_time() - before


def growth(pattern: re.Pattern[str], begun: str, more: str) -> float:
    """How much longer four times the text takes; 0 where the shorter one does not take long enough to tell."""
    short, long = (begun + more * (size // len(more)) + "\0" for size in (SHORT, LONG))
    taken = seconds(pattern, short)
    return seconds(pattern, long) / taken if taken >= MEASURABLE else 0


def test_there_are_expressions_to_be_measured() -> None:
    assert len(expressions()) > 60


def is_slow(pattern: re.Pattern[str]) -> bool:
    """Three times, for whoever was interrupted."""
    return any(
        all(growth(pattern, begun, more) > WORST_GROWTH for _ in range(3)) for begun, more in pumps(pattern.pattern)
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("share", range(SHARES))
def test_no_expression_takes_longer_for_a_long_text_than_that_is_longer(share: int) -> None:
    assert [pattern.pattern for pattern in expressions()[share::SHARES] if is_slow(pattern)] == []


def test_an_expression_that_is_too_slow_would_be_found() -> None:
    assert growth(re.compile(r"\beyJ[\w-]{8,}\.[\w-]+"), "", "eyJaaaaaaaa-") > WORST_GROWTH


@pytest.mark.parametrize("more", ["eyJaaaaaaaa-", "password='", "://a:", "failed at position 1", "a", "\n", "xoxb-"])
def test_no_more_of_a_text_is_looked_at_than_is_kept(more: str) -> None:
    whole = more * (10_000_000 // len(more))

    assert redact(whole) == redact(whole[: 2 * LONGEST])
    assert len(redact(whole)) <= 2 * LONGEST
