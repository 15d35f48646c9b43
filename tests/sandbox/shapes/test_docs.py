"""The shapes in docs/your-workflow.md really run in the sandbox, and each is a configuration by itself."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from bot.config import load
from bot.usecases.mapping_mistakes import mapping_mistakes
from sandbox.bot_mappings import DEFINITIONS
from tests.config.test_load import GOOD, TOKENS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "your-workflow.md").read_text()
SECTION = PAGE[PAGE.index("## Five real shapes") : PAGE.index("## Encoded payloads")]
SHAPES = [
    dedent(block).strip("\n") for block in re.findall(r"(?:^(?:    .*)?\n)+", SECTION, re.MULTILINE) if block.strip()
]
SINGLE = '[workflow]\ntypes = ["CustomerBackfill"]\ntask_queue = "backfill"\n'


def without_comments(definition: str) -> str:
    lines = definition.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#")).strip("\n")


def test_there_are_five() -> None:
    assert len(SHAPES) == 5


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_of_the_page_is_what_the_sandbox_writes(shape: str) -> None:
    assert shape in map(without_comments, DEFINITIONS.values())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_of_the_page_is_a_configuration_by_itself(shape: str, tmp_path: Path) -> None:
    assert SINGLE in GOOD
    file = tmp_path / "backfill.toml"
    file.write_text(GOOD.replace(SINGLE, f"{shape}\n"))

    config = load({**TOKENS, "BACKFILL_CONFIG": str(file)}, check=mapping_mistakes).config
    assert config.definitions[0].types[0] in shape
