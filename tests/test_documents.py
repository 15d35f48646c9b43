"""The documents at the door: they name what there is, lead somewhere, and their examples work."""

import re
import tomllib
from pathlib import Path

import pytest

from bot import __version__
from bot.config import load
from bot.manifest import REQUEST_PATH
from tests.test_requirements import pinned

ROOT = Path(__file__).parent.parent
PAGES = sorted(path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md")
DECISIONS = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
GLOSSARY = re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)


def links(document: Path) -> set[str]:
    """The paths in this repository that a document links to, without the part behind #."""
    targets = re.findall(r"\]\(([^)#\s]+)", document.read_text())
    return {target for target in targets if "://" not in target}


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "SECURITY.md", "docs/README.md"])
def test_every_link_at_the_door_leads_somewhere(name: str) -> None:
    document = ROOT / name

    assert sorted(link for link in links(document) if not (document.parent / link).exists()) == []


def headings(document: Path) -> set[str]:
    """The anchors of its headings."""
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", ["README.md", "SECURITY.md", *(f"docs/{page}" for page in PAGES), "docs/README.md"])
def test_every_link_to_a_heading_finds_it(name: str) -> None:
    document = ROOT / name
    targets = re.findall(r"\]\(([^)\s:]*\.md)?#([^)\s]+)\)", document.read_text())
    lost = [
        f"{path}#{heading}"
        for path, heading in targets
        if heading not in headings(document.parent / path if path else document)
    ]

    assert lost == []


@pytest.mark.parametrize("page", [*PAGES, *(f"decisions/{page}" for page in DECISIONS)])
def test_the_index_leads_to_every_page(page: str) -> None:
    assert page in links(ROOT / "docs" / "README.md"), f"docs/README.md does not lead to {page}"


def test_the_changelog_tells_of_this_version() -> None:
    assert f"\n## [{__version__}] - " in (ROOT / "CHANGELOG.md").read_text()


def test_the_configuration_in_the_readme_is_enough_to_begin_with(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert example is not None
    file = tmp_path / "backfill.toml"
    file.write_text(example.group(1))
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}

    assert list(load({**tokens, "BACKFILL_CONFIG": str(file)}).config.clusters) == ["prod"]


def test_every_target_of_make_in_the_readme_is_there() -> None:
    shown = set(re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text()))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert shown
    assert shown - targets == set()


def test_a_word_of_the_glossary_is_explained_once_in_two_sentences_at_most() -> None:
    words = [word for word, _ in GLOSSARY]
    long = [word for word, text in GLOSSARY if len(re.findall(r"[.!?](?= |$)", text)) > 2]

    assert len(words) >= 25
    assert len(set(words)) == len(words)
    assert long == []


def test_security_names_every_address_that_the_world_can_reach() -> None:
    text = (ROOT / "SECURITY.md").read_text()

    assert [path for path in (REQUEST_PATH, "/healthz") if f"`{path}`" not in text] == []


def test_the_hooks_run_the_ruff_that_is_pinned() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    found = re.search(r"ruff-pre-commit\n\s+rev: v(\S+)", hooks)

    assert found is not None
    assert found.group(1) == pinned("requirements-dev.lock")["ruff"].version, "write it into .pre-commit-config.yaml"


def test_the_license_that_is_declared_is_there() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert declared["license"] == "MIT"
    assert declared["license-files"] == ["LICENSE"]
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")
