"""Whoever takes the # away from a key of backfill.example.toml gets a key that the bot knows, in that section."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.config.backfill_toml import Config

TEXT = (Path(__file__).parents[2] / "backfill.example.toml").read_text()


def commented_keys() -> Iterator[tuple[str, str]]:
    """Each commented key, behind the section that it would be read in."""
    section = ""
    for line in TEXT.splitlines():
        if header := re.match(r"(?:# )?\[+([\w.-]+)\]", line):
            section = header.group(1)
        elif key := re.match(r"# (\w+) = ", line):
            yield section, key.group(1)


def model_of(annotation: Any) -> type[BaseModel] | None:
    """The section inside an annotation such as ``tuple[RouteConfig, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := model_of(part))), None)


def section_named(path: str) -> type[BaseModel]:
    model: type[BaseModel] = Config
    for part in path.split("."):
        if field := model.model_fields.get(part):
            model = model_of(field.annotation) or model
    return model


@pytest.mark.parametrize(("section", "key"), list(commented_keys()))
def test_a_key_without_its_comment_sign_is_a_key_of_its_section(section: str, key: str) -> None:
    assert key in section_named(section).model_fields
