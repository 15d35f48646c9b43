"""docs/sandbox.md says what is so."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from sandbox.options import read_options
from sandbox.scenario.load import parse_scenario
from sandbox.scenario.model import (
    Baseline,
    Campaign,
    Cluster,
    Customer,
    Language,
    Pace,
    Rows,
    Shape,
    Sizing,
    State,
    Submission,
    Tier,
)
from sandbox.scenario.runs import runs

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")


@pytest.mark.parametrize("model", [Campaign, Rows, Pace, Sizing, Tier, Baseline, Cluster, Customer, Submission])
def test_every_key_of_a_scenario_is_explained(model: type[BaseModel]) -> None:
    table = PAGE[PAGE.index("| Key | Meaning") :]

    assert [name for name in model.model_fields if not re.search(rf"[.`]{name}`", table)] == []


def test_every_state_shape_and_language_is_named() -> None:
    assert [value for value in (*State, *Shape, *Language) if f'`"{value}"`' not in PAGE] == []


def test_the_example_is_a_scenario() -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    scenario = parse_scenario(example.group(1), "docs/sandbox.md")

    assert len(runs(scenario)) == 7


def test_every_option_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_options(["--help"])

    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert {option for option in options if f"`{option}" not in PAGE and f" {option} " not in PAGE} == set()
