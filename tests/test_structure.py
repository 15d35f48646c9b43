"""Rules of the code that no linter checks. The parts of a command are in test_registry.py."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Alerts, Settings, Watch, load

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "local_slack", "sandbox")
MAX_LINES = 250
# The command that CONTRIBUTING.md adds step by step is not there.
EXAMPLE = "whois"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def sources(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_link_in_a_document_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", document.read_text())

    assert [link for link in targets if "://" not in link and not (document.parent / link).exists()] == []


def test_every_module_that_a_document_names_is_there() -> None:
    named = {
        (document.name, path)
        for document in DOCUMENTS
        for path in re.findall(
            r"`((?:bot|handlers|local_slack|sandbox|tests)/[a-z_/]+(?:\.py)?)`", document.read_text()
        )
    }

    assert named
    assert (
        sorted((document, path) for document, path in named if not (ROOT / path).exists() and EXAMPLE not in path)
        == []
    )


def test_every_setting_that_can_be_tuned_is_in_the_table_of_the_operations_page() -> None:
    page = (ROOT / "docs/operations.md").read_text().partition("## What can be tuned")[2].partition("\n## ")[0]
    of_watch = [name for name, field in Watch.model_fields.items() if not field.deprecated]
    spans = [*of_watch, *Alerts.model_fields, "parallel", "split_after", "cancel_patience"]

    assert [name for name in spans if not re.search(rf"[` ]{name}`", page)] == []


def example_environment() -> tuple[dict[str, str], list[str]]:
    """The variables of .env.example, and the line before each."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    before = [lines[i - 1] for i, line in enumerate(lines) if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines if not line.startswith("#")), before


def test_the_example_environment_has_exactly_the_settings_with_a_comment_each() -> None:
    variables, before = example_environment()

    assert list(variables) == [field.upper() for field in Settings.model_fields]
    assert all(line.startswith("# ") and line.endswith(".") for line in before)


def test_the_example_environment_shows_the_defaults() -> None:
    variables, _ = example_environment()
    required = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}
    tokens = {key: value for key, value in variables.items() if key in required}

    assert Settings.from_env(variables) == Settings.from_env(tokens)


def test_the_example_configuration_loads_with_the_example_environment() -> None:
    variables, _ = example_environment()

    loaded = load({**variables, "BACKFILL_CONFIG": str(ROOT / "backfill.example.toml")})

    assert len(loaded.config.clusters) == 8
    assert loaded.config.campaign.window.days == 51


def test_every_key_of_the_configuration_is_in_the_example() -> None:
    text = (ROOT / "backfill.example.toml").read_text()

    forms = ("{} =", "[{}]", "[{}.", ".{}]")
    assert [key for key in _keys() if not any(form.format(key) in text for form in forms)] == []


def _keys() -> Iterator[str]:
    for path in sources("bot/config"):
        if path.stem in ("env_file", "environment", "load", "toml_lines"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not _is_deprecated(node):
                yield _alias(node) or node.target.id


def _alias(field: ast.AnnAssign) -> str:
    """The name in the file, where that is no name in Python; else ""."""
    words = field.value.keywords if isinstance(field.value, ast.Call) else []
    return next((str(ast.literal_eval(word.value)) for word in words if word.arg == "alias"), "")


def _is_deprecated(field: ast.AnnAssign) -> bool:
    return isinstance(field.value, ast.Call) and any(word.arg == "deprecated" for word in field.value.keywords)


def test_modules_do_nothing_when_they_are_imported() -> None:
    """In a process of its own, without environment, where opening a socket or a file for writing is an error."""
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sources("bot", "handlers")]
    wanted = [module.removesuffix(".__init__") for module in modules if _is_importable(module)]
    checked = subprocess.run(
        [sys.executable, "-B", "-c", IMPORTER, *wanted],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def _is_importable(module: str) -> bool:
    """Alembic runs its env.py and reads its versions; importing them is not how they are meant. The program that
    draws loads matplotlib, which asks the system for its fonts."""
    return not {"migrations", "drawing"} & set(module.split("."))


IMPORTER = """
import importlib, os, sys, threading, warnings
warnings.simplefilter("ignore")

def refuse(event, args):
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.system"):
        raise RuntimeError(f"{event} at import")
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        raise RuntimeError(f"{args[0]} opened for writing at import")

sys.addaudithook(refuse)
for name in sys.argv[1:]:
    importlib.import_module(name)
assert threading.active_count() == 1, threading.enumerate()
"""


def uses(path: Path, *attributes: str) -> bool:
    """Whether the file reaches for one of these, written ``object.attribute``."""
    tree = ast.parse(path.read_text())
    found = (ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return any(text in attributes or text.endswith(tuple(f".{name}" for name in attributes)) for text in found)


def test_the_environment_is_read_in_one_place() -> None:
    reading = [name(path) for path in sources("bot", "handlers") if uses(path, "os.environ", "os.getenv")]

    assert set(reading) <= {"bot/__main__.py"}


def test_the_time_is_read_in_one_place() -> None:
    clocks = ("datetime.now", "datetime.utcnow", "date.today", "time.time")
    reading = [name(path) for path in sources("bot", "handlers") if uses(path, *clocks)]

    assert set(reading) <= {"bot/wiring.py"}


def broad_catches(path: Path) -> int:
    handlers = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler))
    return sum(node.type is None or ast.unparse(node.type) in ("Exception", "BaseException") for node in handlers)


def test_everything_is_caught_at_the_named_edges_only() -> None:
    catching = {name(path): broad_catches(path) for path in sources("bot", "handlers") if broad_catches(path)}

    assert catching == {
        "bot/usecases/watch/describe.py": 2,
        "bot/background/periodic.py": 1,
        "handlers/listeners/reply.py": 1,
        "handlers/transport/socket_mode.py": 1,
        "bot/outgoing/dispatcher.py": 1,
        "bot/outgoing/pages.py": 1,
        "bot/__main__.py": 1,
        # Each caller of a write gets its own error, and raises it.
        "bot/adapters/store/writer.py": 2,
    }


def test_files_stay_short() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in sources(*PACKAGES)}

    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_every_file_says_what_it_is_for() -> None:
    silent = [name(path) for path in sources(*PACKAGES) if not ast.get_docstring(ast.parse(path.read_text()))]

    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "misc", "manager"}

    assert [name(path) for path in sources(*PACKAGES) if path.stem in empty] == []
