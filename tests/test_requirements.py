"""The two requirements files: complete, pinned by hash, and silent about where packages come from."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
BOT, DEV = "requirements.lock", "requirements-dev.lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PYTHONS = [
    line.rpartition(" :: ")[2] for line in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d+$", line) is not None
]
MACHINES = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "x86_64"), ("darwin", "arm64")]
EVERYWHERE = list(product(PYTHONS, MACHINES))
BOTS_OWN = PROJECT["dependencies"]
EXTRAS = PROJECT["optional-dependencies"]
MAY_IMPORT = {
    "bot": BOTS_OWN,
    "handlers": BOTS_OWN,
    "local_slack": [*BOTS_OWN, *EXTRAS["sandbox"]],
    "sandbox": [*BOTS_OWN, *EXTRAS["sandbox"]],
    "tests": [*BOTS_OWN, *EXTRAS["sandbox"], *EXTRAS["dev"]],
    "benchmarks": [*BOTS_OWN, *EXTRAS["sandbox"], *EXTRAS["dev"]],
}
WANTED = {BOT: BOTS_OWN, DEV: MAY_IMPORT["tests"]}


@dataclass(frozen=True)
class Pinned:
    """A line of a requirements file."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def version(self) -> str:
        (exact,) = self.requirement.specifier
        return exact.version

    def is_for(self, environment: Mapping[str, str]) -> bool:
        return self.requirement.marker is None or self.requirement.marker.evaluate(dict(environment))


def lines(file: str) -> list[str]:
    """What pip reads: continued lines in one, without comments."""
    text = re.sub(r"\\\n", " ", (ROOT / file).read_text())
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def pinned(file: str) -> dict[str, Pinned]:
    found: dict[str, Pinned] = {}
    for line in lines(file):
        words, *hashes = re.split(r"\s+--hash=", line.strip())
        requirement = Requirement(words)
        name = canonicalize_name(requirement.name)
        assert name not in found, f"{name} is there twice"
        found[name] = Pinned(requirement, frozenset(hashes))
    return found


def environment(python: str, machine: tuple[str, str]) -> dict[str, str]:
    platform, processor = machine
    return {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "platform_system": platform.title(),
        "sys_platform": platform,
        "platform_machine": processor,
        "extra": "",
    }


def needed(wanted: list[str], where: Mapping[str, str]) -> Iterator[Requirement]:
    """Whatever these need there, and what that needs, as the installed packages say. Requirements may recur."""
    waiting, seen = [Requirement(line) for line in wanted], set[str]()
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        yield requirement
        try:
            further = metadata.requires(requirement.name) or []
        except metadata.PackageNotFoundError:
            continue  # not for this Python
        for below in map(Requirement, further):
            extras = [{**where, "extra": extra} for extra in ("", *requirement.extras)]
            if below.marker is None or any(below.marker.evaluate(each) for each in extras):
                waiting.append(below)


@pytest.mark.parametrize("file", [BOT, DEV])
def test_every_requirement_is_one_version_with_hashes(file: str) -> None:
    for name, pin in pinned(file).items():
        assert re.fullmatch(r"==[^*]+", str(pin.requirement.specifier)), name
        assert pin.requirement.url is None, name
        assert pin.hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in pin.hashes), name


@pytest.mark.parametrize("file", [BOT, DEV])
def test_no_index_no_host_and_no_path_is_named(file: str) -> None:
    text = (ROOT / file).read_text()

    assert [line for line in lines(file) if not re.match(r"[a-z0-9]", line)] == [], (
        "options belong to whoever installs"
    )
    assert re.findall(r".*(?:/|\\\S|@|\bindex\b|\bfind-links\b).*", text) == []


def test_the_bot_is_tested_with_the_very_packages_it_is_deployed_with() -> None:
    alone, tested = pinned(BOT), pinned(DEV)

    for name, pin in alone.items():
        assert (tested[name].version, tested[name].hashes) == (pin.version, pin.hashes), name


@pytest.mark.parametrize("file", [BOT, DEV])
def test_what_the_project_asks_for_is_pinned_in_a_version_it_takes(file: str) -> None:
    pins = pinned(file)

    for line in WANTED[file]:
        requirement = Requirement(line)
        assert pins[canonicalize_name(requirement.name)].version in requirement.specifier, line


@pytest.mark.parametrize("where", EVERYWHERE, ids=lambda where: "-".join((where[0], *where[1])))
@pytest.mark.parametrize("file", [BOT, DEV])
def test_each_python_and_machine_gets_what_it_needs_and_nothing_else(
    file: str, where: tuple[str, tuple[str, str]]
) -> None:
    """So --no-deps installs everything, and nothing is installed that one of them does not have."""
    there = environment(*where)
    pins = {name: pin for name, pin in pinned(file).items() if pin.is_for(there)}
    reached = list(needed(WANTED[file], there))

    assert set(pins) == {canonicalize_name(requirement.name) for requirement in reached}
    for requirement in reached:
        pin = pins[canonicalize_name(requirement.name)]
        assert pin.version in requirement.specifier, f"{requirement}, but {pin.requirement}"


def test_every_python_that_is_promised_is_one_that_make_installs_and_checks() -> None:
    makefile = (ROOT / "Makefile").read_text()

    assert PYTHONS == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    assert f"PYTHONS := {' '.join(PYTHONS)}\n" in makefile


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_what_a_package_imports_is_asked_for_by_name(package: str) -> None:
    """What another package happens to bring today may be gone tomorrow, or on another Python."""
    brought_by = metadata.packages_distributions()
    named = {canonicalize_name(Requirement(line).name) for line in MAY_IMPORT[package]}

    unnamed = {
        module
        for module in imported(ROOT / package) - sys.stdlib_module_names - set(MAY_IMPORT)
        if not {canonicalize_name(name) for name in brought_by.get(module, [])} & named
    }
    assert unnamed == set()


def imported(package: Path) -> set[str]:
    """The first names of all modules that it imports."""
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
                found.add(node.module.partition(".")[0])
    return found
