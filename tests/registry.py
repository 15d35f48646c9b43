"""What belongs to a command, found in the text of the files: each part that is missing is a sentence that says where
it goes. Nothing is imported, so that a part that is missing cannot keep the others from being looked at."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUTES = "handlers/routes.py"
REFERENCE = "docs/commands.md"
# The file with the union of all commands that a dialog confirms.
UNION = "bot/commands/control.py"
# The parts of a row after its command, by the function that makes it.
PARTS = {
    "reads": ("reader", "use-case", "drawing"),
    "lists": ("reader", "use-case", "drawing"),
    "records": ("reader", "use-case", "drawing"),
    "asks": ("reader", "use-case"),
}
Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Model:
    """A command's class, and the file it is in."""

    node: ast.ClassDef
    path: str

    @property
    def word(self) -> str:
        """The word that is typed."""
        (kind,) = (node for node in self.node.body if _target(node) == "kind")
        assert isinstance(kind, ast.AnnAssign)
        assert isinstance(kind.value, ast.Constant)
        return str(kind.value.value)

    @property
    def is_confirmed(self) -> bool:
        """Whether a dialog asks before it is done."""
        return [ast.unparse(base) for base in self.node.bases] == ["ControlRequest"]


@dataclass(frozen=True, slots=True)
class Part:
    """A function that a row names: what it is for, its name, and the file it should be in ("" where none is said)."""

    what: str
    name: str
    path: str


def house() -> dict[str, str]:
    """The text of every file in which a command has a part."""
    globs = ("bot/commands/*.py", "bot/usecases/**/*.py", "bot/blocks/*.py", "handlers/**/*.py")
    tests = ("tests/usecases/**/test_*.py", "tests/blocks/test_*.py", "tests/handlers/**/test_*.py")
    found = (path for glob in (*globs, *tests, REFERENCE, "README.md") for path in ROOT.glob(glob))
    return {str(path.relative_to(ROOT)): path.read_text() for path in found}


def missing(files: Files) -> list[str]:
    """A sentence for everything that a command lacks; none when the house is whole."""
    return [sentence for model in models(files) for sentence in _missing_of(model, files)]


def models(files: Files) -> list[Model]:
    """All commands."""
    nodes = ((node, path) for path in files if path.startswith("bot/commands/") for node in parsed(files[path]).body)
    classes = ((node, path) for node, path in nodes if isinstance(node, ast.ClassDef))
    return [Model(node, path) for node, path in classes if any(_target(part) == "kind" for part in node.body)]


def row_of(model: Model, files: Files) -> ast.Call | None:
    """The command's row in the registry."""
    calls = (node for node in ast.walk(parsed(files[ROUTES])) if isinstance(node, ast.Call) and node.args)
    rows = (call for call in calls if ast.unparse(call.func) in PARTS)
    return next((row for row in rows if ast.unparse(row.args[0]).rpartition(".")[2] == model.node.name), None)


def parts_of(row: ast.Call, files: Files) -> Iterator[Part]:
    """The functions that a row joins."""
    for what, given in zip(PARTS[ast.unparse(row.func)], row.args[1:], strict=False):
        owner, _, name = ast.unparse(given).rpartition(".")
        yield Part(what, name, _imported(owner or name, files))


def defined(name: str, path: str, files: Files) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function of that name in that file."""
    body = parsed(files.get(path, "")).body
    functions = (node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return next((node for node in functions if node.name == name), None)


@lru_cache(maxsize=2_000)
def parsed(text: str) -> ast.Module:
    """The same text comes again and again."""
    return ast.parse(text)


def _missing_of(model: Model, files: Files) -> Iterator[str]:
    word, name = model.word, model.node.name
    yield from _missing_of_model(model, files)
    row = row_of(model, files)
    if row is None:
        yield f"{word} has no row: add {name} to ROUTES in {ROUTES}."
    else:
        yield from _missing_of_row(word, row, files)
        yield from _missing_tests(word, row, files)
    if f"\n## {word}\n" not in files[REFERENCE]:
        yield f"{word} is not in the reference: add a section “## {word}” to {REFERENCE}."
    if not re.search(rf"`/backfill {word}\b", files["README.md"]):
        yield f"{word} is not in the table of commands: add a line `/backfill {word}` to README.md."


def _missing_of_model(model: Model, files: Files) -> Iterator[str]:
    word, where = model.word, f"{model.node.name} in {model.path}"
    if not ast.get_docstring(model.node):
        yield f"{word} has no help line: give {where} a docstring of one sentence."
    needed = ("forms", "examples", *(("reason_example",) if model.is_confirmed else ()))
    given = {_target(node) for node in model.node.body}
    yield from (
        f"{word} has no {field}: give {where} a line “{field} = …”." for field in needed if field not in given
    )
    if model.is_confirmed and not any(
        isinstance(node, ast.Assign) and _target(node) == "Control" and model.node.name in ast.unparse(node.value)
        for node in parsed(files[UNION]).body
    ):
        yield f"{word} cannot be remembered by its dialog: add {model.node.name} to Control in {UNION}."


def _missing_of_row(word: str, row: ast.Call, files: Files) -> Iterator[str]:
    kind = ast.unparse(row.func)
    needed, parts = PARTS[kind], list(parts_of(row, files))
    if len(parts) < len(needed):
        yield f"{word} lacks a part in its row in {ROUTES}: {kind}(command, {', '.join(needed)})."
        return
    for part in parts:
        if not part.path:
            yield f"{word} has a {part.what} that {ROUTES} neither imports nor defines: {part.name}."
        elif not defined(part.name, part.path, files):
            yield f"{word} has no {part.what}: write {part.name} in {part.path}."


def _missing_tests(word: str, row: ast.Call, files: Files) -> Iterator[str]:
    usecase = next((part.path for part in parts_of(row, files) if part.what == "use-case"), "")
    needed = {f"tests/blocks/test_{word}.py": "drawing"}
    if usecase.startswith("bot/"):
        needed[f"tests/usecases/test_{word}.py"] = "use-case"
    for path, what in needed.items():
        if path not in files:
            yield f"{word} has no test of its {what}: write {path}."


def _imported(name: str, files: Files) -> str:
    """The file that a name in the registry comes from; "" when it is not imported."""
    if defined(name, ROUTES, files):
        return ROUTES
    imports = (node for node in parsed(files[ROUTES]).body if isinstance(node, ast.ImportFrom))
    for module, alias in ((node.module or "", alias) for node in imports for alias in node.names):
        if name == (alias.asname or alias.name):
            # A module of a package, or a function of a module.
            path = module.replace(".", "/")
            return f"{path}/{alias.name}.py" if (ROOT / path).is_dir() else f"{path}.py"
    return ""


def _target(node: ast.stmt) -> str:
    """The name that a statement binds, if it binds one."""
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return ""
