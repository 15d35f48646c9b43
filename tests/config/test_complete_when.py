"""complete_when: a condition on the result that a team can write, and mistakes told with the line."""

from pathlib import Path

import pytest

from bot.config import Config, load
from bot.errors import ConfigError
from bot.fleet.runs.complete_when import CompleteWhen
from bot.usecases.definitions import conditions, result_paths
from tests.config.test_backfill_toml import CLUSTER
from tests.config.test_load import GOOD, TOKENS

QUEUE = 'task_queue = "backfill"\n'


def loaded(tmp_path: Path, condition: str, cluster: str = "") -> Config:
    file = tmp_path / "backfill.toml"
    text = GOOD.replace(QUEUE, f"{QUEUE}complete_when = {condition}\n").replace(CLUSTER, CLUSTER + cluster)
    file.write_text(text)
    return load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config


@pytest.mark.parametrize(
    ("condition", "meaning"),
    [
        ('{ path = "status", is = "done" }', CompleteWhen("status", ("done",))),
        ('{ path = "counts.failed", is = 0 }', CompleteWhen("counts.failed", (0,))),
        ('{ path = "[0].state", is = ["ok", "empty"] }', CompleteWhen("[0].state", ("ok", "empty"))),
        ("{ is = true }", CompleteWhen("", (True,))),
    ],
)
def test_a_condition_is_a_path_and_one_value_or_several(
    tmp_path: Path, condition: str, meaning: CompleteWhen
) -> None:
    config = loaded(tmp_path, condition)
    found = conditions(config)["CustomerBackfill"]

    assert found == meaning
    assert [type(value) for value in found.values] == [type(value) for value in meaning.values]
    assert result_paths(config) == {"CustomerBackfill": (meaning.path,)}


def test_it_holds_for_the_types_that_a_cluster_has_instead(tmp_path: Path) -> None:
    assert "VoiceBackfill" in conditions(loaded(tmp_path, "{ is = true }", 'types = ["VoiceBackfill"]\n'))


@pytest.mark.parametrize(
    ("condition", "mistake"),
    [
        ('{ path = "status" }', "workflow.complete_when.is"),
        ('{ path = "a b", is = "done" }', "'a b' is no path into a result such as status or counts.rows"),
        ('{ path = "status", is = [] }', "neither a text, a number, true or false, nor a list of such values"),
        ('{ path = "status", is = { a = 1 } }', "neither a text, a number"),
        ('{ path = "status", is = "done", when = 1 }', "workflow.complete_when.when"),
        ('"done"', "workflow.complete_when"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, condition: str, mistake: str) -> None:
    with pytest.raises(ConfigError) as shown:
        loaded(tmp_path, condition)

    line = 1 + GOOD[: GOOD.index(QUEUE)].count("\n") + 1
    assert mistake in str(shown.value)
    assert f"{line}" in str(shown.value)
