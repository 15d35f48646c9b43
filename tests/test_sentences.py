"""No sentence is in ``bot/fleet`` or ``bot/usecases``: ``bot/blocks`` words what people read.

docs/decisions/sentences.md says why.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WORDLESS = ("bot/fleet", "bot/usecases")
# A text of so many words is read by a person; a shorter one is a name, a key or a state.
WORDS = 4
_WORD = re.compile(r"[^\W\d_][\w’'-]*")

STORED = "the store keeps this text, so it never changes"
REJECTION = "the text of a rejected workflow update, which Temporal keeps in the history"
REASON = "a reason why something is unknown, told and logged like the text of a system's error"
MISTAKE = "the mistake of a configuration, which ConfigError collects"
EXCEPTIONS = {
    "bot/fleet/alerts/handed_over.py": "the text of a ValueError, which is a bug of the bot",
    "bot/fleet/audit.py": STORED,
    "bot/fleet/notifications/stale.py": STORED,
    "bot/fleet/planning/plan.py": "a value of an enum",
    "bot/fleet/planning/round_trip.py": MISTAKE,
    "bot/fleet/proposals/retry.py": REASON,
    "bot/fleet/runs/days.py": MISTAKE,
    "bot/fleet/runs/id_template.py": MISTAKE,
    "bot/fleet/runs/identity.py": "a value of an enum",
    "bot/fleet/sequence/cancellation.py": STORED,
    "bot/fleet/sequence/instructions.py": REJECTION,
    "bot/usecases/board.py": REASON,
    "bot/usecases/control/below.py": REASON,
    "bot/usecases/drive": REASON,
    "bot/usecases/observe": REASON,
    "bot/usecases/queue/standing.py": REASON,
    "bot/usecases/mapping_mistakes.py": MISTAKE,
    "bot/usecases/outbox_backlog.py": STORED,
    "bot/usecases/watch/listing.py": "events of the log, passed to the function that logs them",
}


def sentences(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the text of each literal that a person would read: no docstring, no regular expression, and
    nothing in a call of the log."""
    if _is_docstring(node) or _is_call_of(node, "_log.", "re.compile", "re2.compile"):
        return
    if isinstance(node, ast.Constant | ast.JoinedStr):
        text = _text(node)
        if _is_sentence(text):
            yield node.lineno, text
    parts = node.values if isinstance(node, ast.JoinedStr) else ast.iter_child_nodes(node)
    for child in parts:
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from sentences(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_call_of(node: ast.AST, *functions: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith(functions)


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    """The text of a literal, with ``{}`` for what is filled in; "" for a number."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _is_sentence(text: str) -> bool:
    # A part of a regular expression.
    if "(?" in text:
        return False
    return (" " in text.strip() and text.rstrip().endswith(".")) or len(_WORD.findall(text)) >= WORDS


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def exception_for(module: str) -> str | None:
    """The entry of EXCEPTIONS that covers the module."""
    return next((entry for entry in EXCEPTIONS if module == entry or module.startswith(f"{entry}/")), None)


def found(path: Path) -> list[str]:
    module = path.relative_to(ROOT)
    return [f"{module}:{line}: {text}" for line, text in sentences(ast.parse(path.read_text()))]


def test_fleet_and_usecases_hold_no_sentence_for_people() -> None:
    lines = [
        line for path in modules(*WORDLESS) if not exception_for(str(path.relative_to(ROOT))) for line in found(path)
    ]

    assert not lines, "\n".join(
        [
            "These texts are read by people. Return or raise a value that holds the facts, and word it in",
            "bot/blocks, as bot/fleet/refusals and bot/blocks/refusals.py do (docs/decisions/sentences.md):",
            *lines,
        ]
    )


@pytest.mark.parametrize("entry", EXCEPTIONS)
def test_every_exception_is_still_needed(entry: str) -> None:
    paths = modules(entry) if (ROOT / entry).is_dir() else [ROOT / entry]

    assert any(found(path) for path in paths), f"{entry} has no sentence any more: remove it from EXCEPTIONS"


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('raise Error("It failed.")', ["It failed."]),
        ('why = f"{name} runs on {cluster} already"', []),
        ('why = f"what {name} runs on {cluster} already"', ["what {} runs on {} already"]),
        ('"""A docstring is read by programmers."""', []),
        ('_log.info("an event of several words", why="a reason of several words")', []),
        ('_DAYS = re.compile("from|to|since|until")', []),
        ('KEYS = ("being cancelled", "a.b.c", "sequence window")', []),
        ("LINE = f\"{count('one of the many lines')} x\"", ["one of the many lines"]),
    ],
)
def test_a_sentence_is_told_from_names_events_and_docstrings(source: str, texts: list[str]) -> None:
    assert [text for _, text in sentences(ast.parse(source))] == texts
