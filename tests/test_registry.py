"""Nothing is missing for any command; and whatever part one takes away, a sentence says what and where."""

import ast
import re
from collections.abc import Callable

import pytest

from bot.commands import SLASH, Request
from handlers.routes import COMMANDS
from tests.registry import REFERENCE, ROUTES, Model, defined, house, missing, models, parts_of, row_of

HOUSE = house()
WORDS = [command.word() for command in COMMANDS]
Without = Callable[[Model], tuple[dict[str, str], str]]
"""The house without a part of this command, and the sentence to be read then."""


def test_nothing_is_missing_for_any_command() -> None:
    assert missing(HOUSE) == []


def test_the_commands_are_those_of_the_registry() -> None:
    assert {model.word for model in models(HOUSE)} == set(WORDS)


def cut(path: str, node: ast.stmt | ast.expr) -> dict[str, str]:
    """The house without these lines."""
    lines = HOUSE[path].splitlines(keepends=True)
    assert node.end_lineno
    return {**HOUSE, path: "".join([*lines[: node.lineno - 1], *lines[node.end_lineno :]])}


def without_row(model: Model) -> tuple[dict[str, str], str]:
    row = row_of(model, HOUSE)
    assert row
    return cut(ROUTES, row), f"{model.word} has no row: add {model.node.name} to ROUTES in {ROUTES}."


def without_help_line(model: Model) -> tuple[dict[str, str], str]:
    shown = f"give {model.node.name} in {model.path} a docstring of one sentence."
    return cut(model.path, model.node.body[0]), f"{model.word} has no help line: {shown}"


def without_field(field: str) -> Without:
    def without(model: Model) -> tuple[dict[str, str], str]:
        (node,) = (node for node in model.node.body if ast.unparse(node).startswith(f"{field} = "))
        shown = f"give {model.node.name} in {model.path} a line “{field} = …”."
        return cut(model.path, node), f"{model.word} has no {field}: {shown}"

    return without


def without_function(what: str) -> Without:
    def without(model: Model) -> tuple[dict[str, str], str]:
        row = row_of(model, HOUSE)
        assert row
        (part,) = (part for part in parts_of(row, HOUSE) if part.what == what)
        node = defined(part.name, part.path, HOUSE)
        assert node
        return cut(part.path, node), f"{model.word} has no {what}: write {part.name} in {part.path}."

    return without


def without_file(path: str, gap: str) -> Without:
    def without(model: Model) -> tuple[dict[str, str], str]:
        gone = path.format(model.word)
        return {name: text for name, text in HOUSE.items() if name != gone}, gap.format(model.word, gone)

    return without


def without_text(path: str, text: str, gap: str) -> Without:
    def without(model: Model) -> tuple[dict[str, str], str]:
        left = HOUSE[path].replace(text.format(model.word), "")
        return {**HOUSE, path: left}, gap.format(model.word)

    return without


def without_readme_line(model: Model) -> tuple[dict[str, str], str]:
    left = re.sub(rf"`/backfill {model.word}\b", "", HOUSE["README.md"])
    where = f"add a line `/backfill {model.word}` to README.md."
    return {**HOUSE, "README.md": left}, f"{model.word} is not in the table of commands: {where}"


OF_ALL: dict[str, Without] = {
    "row": without_row,
    "help line": without_help_line,
    "forms": without_field("forms"),
    "examples": without_field("examples"),
    "reader": without_function("reader"),
    "test of the drawing": without_file("tests/blocks/test_{}.py", "{} has no test of its drawing: write {}."),
    "reference": without_text(
        REFERENCE, "\n## {}\n", f"{{0}} is not in the reference: add a section “## {{0}}” to {REFERENCE}."
    ),
    "line in README": without_readme_line,
}
OF_THE_DRAWN: dict[str, Without] = {"drawing": without_function("drawing")}
OF_THE_CONFIRMED: dict[str, Without] = {"reason_example": without_field("reason_example")}
# Help is about the registry itself: its use-case is there, too.
OF_ALL_BUT_HELP: dict[str, Without] = {
    "use-case": without_function("use-case"),
    "test of the use-case": without_file("tests/usecases/test_{}.py", "{} has no test of its use-case: write {}."),
}
CASES = [
    pytest.param(model, without, id=f"{model.word}: {part}")
    for model in models(HOUSE)
    for part, without in {
        **OF_ALL,
        **(OF_THE_CONFIRMED if model.is_confirmed else OF_THE_DRAWN),
        **({} if model.word == "help" else OF_ALL_BUT_HELP),
    }.items()
]


@pytest.mark.parametrize(("model", "without"), CASES)
def test_a_part_that_is_missing_is_a_sentence_that_says_where_it_goes(model: Model, without: Without) -> None:
    files, sentence = without(model)

    assert missing(files) == [sentence]


def test_a_dialog_has_to_know_the_command_it_remembers() -> None:
    path = "bot/commands/control.py"
    files = {**HOUSE, path: HOUSE[path].replace("Run | Split | Pause |", "Run | Split |")}

    assert missing(files) == [
        "pause cannot be remembered by its dialog: add Pause to Control in bot/commands/control.py."
    ]


def test_a_row_that_leaves_a_part_out_says_what_a_row_is_made_of() -> None:
    files = {**HOUSE, ROUTES: HOUSE[ROUTES].replace("queries.read_audit, audit,", "audit,")}

    assert missing(files) == [
        "audit lacks a part in its row in handlers/routes.py: reads(command, reader, use-case, drawing)."
    ]


def test_what_a_row_names_has_to_be_imported() -> None:
    files = {**HOUSE, ROUTES: HOUSE[ROUTES].replace("from bot.usecases.audit import audit\n", "")}

    assert missing(files) == ["audit has a use-case that handlers/routes.py neither imports nor defines: audit."]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.word())
def test_the_reference_tells_a_command_as_help_does(command: type[Request]) -> None:
    _, _, rest = HOUSE[REFERENCE].partition(f"\n## {command.word()}\n")
    lines = [line.strip() for line in rest.partition("\n## ")[0].splitlines()]

    assert lines[1] == command.does()
    assert [f"{SLASH} {typed}" for typed in (*command.forms, *command.examples)] == [
        line for line in lines if line.startswith(SLASH)
    ]


def test_the_reference_tells_the_commands_of_the_registry_in_its_order() -> None:
    headings = [line.removeprefix("## ") for line in HOUSE[REFERENCE].splitlines() if line.startswith("## ")]

    assert headings == WORDS
