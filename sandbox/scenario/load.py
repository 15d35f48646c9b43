"""Reads a scenario file and reports its mistakes together: first those of single keys; once there are none, those
that appear only when several keys are compared."""

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sandbox.errors import BadScenario
from sandbox.scenario import row_counts, runs
from sandbox.scenario.model import Scenario

BUILT_IN = ("monday", "morning", "evening", "foreign")


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario without mistakes, and the text it was read from."""

    name: str
    text: str
    scenario: Scenario

    @property
    def digest(self) -> str:
        """A digest of the content: comments and spaces do not change it."""
        return sha256(self.scenario.model_dump_json().encode()).hexdigest()


def load_scenario(name_or_path: str) -> ScenarioFile:
    """Reads a scenario: one of the built-in names, or the path of a TOML file. Raises BadScenario."""
    if name_or_path in BUILT_IN:
        text = resources.files("sandbox").joinpath("scenarios", f"{name_or_path}.toml").read_text("utf-8")
        return ScenarioFile(name_or_path, text, parse_scenario(text, f"{name_or_path}.toml"))
    try:
        text = Path(name_or_path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        known = ", ".join(BUILT_IN)
        raise BadScenario([f"{name_or_path}: cannot be read ({reason}); a scenario is {known} or a file"]) from error
    return ScenarioFile(Path(name_or_path).stem, text, parse_scenario(text, name_or_path))


def parse_scenario(text: str, source: str) -> Scenario:
    """Parses the text of a scenario. Raises BadScenario, in which each line about a mistake begins with `source`."""
    try:
        scenario = Scenario.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadScenario([f"{source}: not TOML: {error}"]) from error
    except ValidationError as error:
        raise BadScenario([_line(source, dict(mistake)) for mistake in error.errors()]) from error
    found = [
        f"{source}: {key}: {wrong}" for key, wrong in chain(runs.mistakes(scenario), row_counts.mistakes(scenario))
    ]
    if found:
        raise BadScenario(found)
    return scenario


def _line(source: str, mistake: dict[str, Any]) -> str:
    key = "".join(_shown(part) for part in mistake["loc"])
    sentence = str(mistake["msg"]).removeprefix("Value error, ")
    return f"{source}: {key.removeprefix('.') or 'the file'}: {sentence[:1].lower()}{sentence[1:]}"


def _shown(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    if part == "[key]":
        return " (the name)"
    return f".{part}" if part.isprintable() else f".{part!r}"
