"""Several workflow definitions, and what is different on a cluster."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.config import Config, load
from bot.errors import ConfigError
from bot.fleet.planning.start_request import start_order
from bot.fleet.runs.identity import Identity
from bot.model import Ref, Window
from bot.usecases.definitions import recogniser, start_template
from bot.usecases.mapping_mistakes import mapping_mistakes
from tests.config.test_load import GOOD, TOKENS
from tests.fleet.builders import CAMPAIGN, execution

SINGLE = """[workflow]
types = ["CustomerBackfill"]
task_queue = "backfill"
"""
SEVERAL = """[[workflows]]
name = "reindex"
types = ["Reindex"]
task_queue = "reindex"
covers = false

[[workflows]]
name = "fills"
types = ["CustomerBackfill", "CustomerBackfillV2"]
task_queue = "backfill"
"""
CLUSTER = "[clusters.voice-prod]\n"
OVERRIDES = """types = ["VoiceBackfill"]
task_queue = "voice"
input = ["{customer}", "{start}", "{last}", "{cluster}"]
start = { search_attributes = { Region = "voice" } }
"""


def loaded(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "backfill.toml"
    file.write_text(text)
    return load({**TOKENS, "BACKFILL_CONFIG": str(file)}, check=mapping_mistakes).config


def several(campaign: str = "fills") -> str:
    named = GOOD.replace("end = 2026-02-21", f'end = 2026-02-21\nworkflow = "{campaign}"')
    return named.replace(SINGLE, SEVERAL)


def test_the_definition_that_the_campaign_names_is_the_one_that_is_started(tmp_path: Path) -> None:
    config = loaded(tmp_path, several())

    assert [workflow.name for workflow in config.definitions] == ["fills", "reindex"]
    assert start_template(config, "voice-prod").workflow_type == "CustomerBackfill"
    assert config.counted_types("voice-prod") == ("CustomerBackfill", "CustomerBackfillV2")
    assert config.watched_types("voice-prod") == ("CustomerBackfill", "CustomerBackfillV2", "Reindex")


def test_each_definition_recognises_its_own_runs(tmp_path: Path) -> None:
    text = several().replace("covers = false", 'covers = false\nid_template = "re-{customer}-{start}-{end}"')
    known = recogniser(loaded(tmp_path, text))

    assert known.identify(execution("hilton"))
    assert known.identify(execution("hilton", workflow_type="Reindex")) is None
    assert known.identify(execution("hilton", workflow_type="Billing")) is None


def test_a_cluster_has_types_a_queue_an_input_and_attributes_of_its_own(tmp_path: Path) -> None:
    text = several().replace(CLUSTER, CLUSTER + OVERRIDES)
    config = loaded(tmp_path, text)
    template = start_template(config, "voice-prod")

    assert (template.workflow_type, template.task_queue) == ("VoiceBackfill", "voice")
    assert template.arguments == ("{customer}", "{start}", "{last}", "{cluster}")
    assert template.search_attributes == {"Region": "voice"}
    assert config.watched_types("voice-prod") == ("VoiceBackfill", "Reindex")


def test_the_name_of_the_campaign_is_written_into_ids_and_inputs_and_only_its_runs_are_read(tmp_path: Path) -> None:
    names = 'id_template = "{campaign}-{customer}-{start}-{end}"\n'
    names += 'input = ["{campaign}", "{customer}", "{start}", "{end}"]\n'
    text = (
        several()
        .replace("[campaign]\n", '[campaign]\nname = "spring"\n')
        .replace('task_queue = "backfill"\n', f'task_queue = "backfill"\n{names}')
    )
    config = loaded(tmp_path, text)
    order = start_order(start_template(config, "voice-prod"), "acme", Window(date(2026, 1, 1), date(2026, 1, 6)), "")
    own, other = (
        execution("acme", ref=Ref("voice-prod", f"{name}-acme-2026-01-01-2026-01-06", "run-1"))
        for name in ("spring", "autumn")
    )

    assert (order.workflow_id, order.arguments[0]) == ("spring-acme-2026-01-01-2026-01-06", "spring")
    assert recogniser(config).identify(own)
    assert recogniser(config).identify(other) is None


def test_a_cluster_may_be_filled_by_another_definition_than_the_campaigns(tmp_path: Path) -> None:
    text = several().replace("covers = false\n", "").replace(CLUSTER, CLUSTER + 'workflow = "reindex"\n')
    config = loaded(tmp_path, text)
    template = start_template(config, "voice-prod")

    assert (template.workflow_type, template.task_queue) == ("Reindex", "reindex")
    assert config.watched_types("voice-prod") == ("Reindex", "CustomerBackfill", "CustomerBackfillV2")


def test_a_definition_that_one_of_several_campaigns_names_comes_before_that_of_a_cluster(tmp_path: Path) -> None:
    march = '[[campaigns]]\nname = "march"\nstart = 2026-03-01\nend = 2026-04-01\n'
    april = march.replace("march", "april").replace("04-01", "05-01").replace("03-01", "04-01")
    text = several().replace("covers = false\n", "").replace(CLUSTER, CLUSTER + 'workflow = "reindex"\n')
    text = text.replace("[slack]", f'{march}workflow = "fills"\n{april}\n[slack]')
    config = loaded(tmp_path, text)
    views = [config.for_campaign(campaign.definition) for campaign in config.file_campaigns]

    assert [view.filling_workflow("voice-prod").name for view in views] == ["reindex", "fills", "reindex"]


def test_overrides_of_a_cluster_hold_for_the_definition_that_fills_it(tmp_path: Path) -> None:
    own = f'workflow = "reindex"\n{OVERRIDES}'
    config = loaded(tmp_path, several().replace("covers = false\n", "").replace(CLUSTER, CLUSTER + own))

    assert start_template(config, "voice-prod").workflow_type == "VoiceBackfill"
    assert config.watched_types("voice-prod") == ("VoiceBackfill", "CustomerBackfill", "CustomerBackfillV2")


def test_a_mapping_that_is_not_read_back_is_told_at_the_definition_that_has_it(tmp_path: Path) -> None:
    broken = 'task_queue = "reindex"\nstart = { id = "re-{customer}-{start}-{last}" }\n'
    text = several().replace('task_queue = "reindex"\ncovers = false\n', broken)

    loaded(tmp_path, text)  # nothing is started by it
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text.replace(CLUSTER, CLUSTER + 'workflow = "reindex"\n'))
    (line,) = caught.value.mistakes
    assert ": workflows.0.start.id: " in line


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (GOOD.replace(SINGLE, SINGLE + SEVERAL), "workflows: [workflow] and [[workflows]] are both given"),
        (GOOD.replace(SINGLE, ""), "workflows: no [workflow] is given"),
        (several("filling"), "workflows: campaign.workflow is filling, which is none of reindex, fills"),
        (several("reindex"), "workflows: reindex fills the campaign, so covers cannot be false"),
        (several().replace('"fills"\ntypes', '"reindex"\ntypes'), "workflows: two definitions have the name reindex"),
        (several().replace('"Reindex"', '"CustomerBackfill"'), "two definitions have the type CustomerBackfill"),
        (
            several().replace(CLUSTER, CLUSTER + 'workflow = "fill"\n'),
            "clusters.voice-prod.workflow: fill is none of reindex, fills",
        ),
        (
            several().replace(CLUSTER, CLUSTER + 'workflow = "reindex"\n'),
            "clusters.voice-prod.workflow: reindex fills this cluster, so covers cannot be false",
        ),
        (
            several().replace(CLUSTER, CLUSTER + 'types = ["VoiceBackfill", "Reindex"]\n'),
            "clusters.voice-prod.types: Reindex is a type of the definition reindex: name that in workflow instead",
        ),
        (
            GOOD.replace(CLUSTER, CLUSTER + 'types = ["SequentialBackfill"]\n'),
            "clusters.voice-prod.types: SequentialBackfill is the bot's own",
        ),
        (
            GOOD.replace(CLUSTER, CLUSTER + 'types = ["BackfillQueue"]\n'),
            "clusters.voice-prod.types: BackfillQueue is the bot's own",
        ),
        (
            GOOD.replace(
                'task_queue = "backfill"\n',
                'task_queue = "backfill"\nidentity = { input = { customer = "[0]", start = "[1]", end = "[2]" } }\n'
                'start = { input = ["{customer}", "{start}", "{end}"] }\n',
            ).replace(CLUSTER, CLUSTER + OVERRIDES),
            "clusters.voice-prod.input: for acme, 2026-01-01..2026-01-02 it writes",
        ),
    ],
)
def test_definitions_that_do_not_fit_together_are_refused(tmp_path: Path, text: str, mistake: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)

    assert any(mistake in line for line in caught.value.mistakes)


OTHER = """
[clusters.apac]
customers = ["hilton"]
filter = "Region = 'apac'"
start = { search_attributes = { Region = "apac" } }
temporal = { address = "127.0.0.1:7233", namespace = "voice-prod" }
clickhouse = { url = "http://127.0.0.1:8123" }
"""
FILTERED = CLUSTER + 'filter = "Region = \'voice\'"\nstart = { search_attributes = { Region = "voice" } }\n'
QUEUE = 'task_queue = "backfill"\n'
ID = '{ id = "{cluster}-{customer}-{start}-{end}" }'
WITH_CLUSTER = f"{QUEUE}start = {ID}\nidentity = {ID}\n"


def shared() -> str:
    return GOOD.replace(CLUSTER, FILTERED).replace(QUEUE, WITH_CLUSTER) + OTHER


def test_two_clusters_share_a_namespace_with_filters_ids_and_queues_of_their_own(tmp_path: Path) -> None:
    config = loaded(tmp_path, shared())
    known = recogniser(config)
    ids = {name: f"{name}-hilton-2026-01-01-2026-02-21" for name in config.clusters}
    runs = {name: execution(ref=Ref(name, workflow_id, "run-1")) for name, workflow_id in ids.items()}

    assert [config.control_queue(name) for name in config.clusters] == [
        "backfill-bot-voice-prod",
        "backfill-bot-apac",
    ]
    assert [known.identify(run) for run in runs.values()] == [Identity("hilton", CAMPAIGN)] * 2
    assert known.identify(replace(runs["apac"], ref=Ref("apac", ids["voice-prod"], "run-1"))) is None


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (GOOD + OTHER, "clusters: voice-prod and apac are the same namespace of the same Temporal"),
        (shared().replace("'voice'", "'apac'"), "clusters: voice-prod and apac are the same namespace"),
        (
            shared().replace('{ Region = "apac" }', "{ }"),
            "apac.filter: it does not find what the bot starts there",
        ),
        (
            shared().replace(WITH_CLUSTER, QUEUE),
            "apac.filter: what the bot starts there has the same workflow ids",
        ),
    ],
)
def test_clusters_of_a_namespace_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, text: str, mistake: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)

    assert any(mistake in line for line in caught.value.mistakes)


def test_a_checksum_without_an_expected_statement_is_a_mistake(tmp_path: Path) -> None:
    text = GOOD.replace("[[verify.tables]]", "[[verify.tables]]\nchecksum = 'cityHash64(id)'")

    with pytest.raises(ConfigError, match=r"tables\.0\.checksum: there is no expected statement whose checksum it"):
        loaded(tmp_path, text)


@pytest.mark.parametrize(
    ("keys", "mistake"),
    [
        ("expected_rows = 'SELECT 1'", "there is no checksum that its third column"),
        ("expected = 'SELECT 1'\nchecksum = 'id'\nexpected_rows = 'SELECT 1'", "there is no key"),
    ],
)
def test_rows_without_a_checksum_or_a_key_are_a_mistake(tmp_path: Path, keys: str, mistake: str) -> None:
    text = GOOD.replace("[[verify.tables]]", f"[[verify.tables]]\n{keys}")

    with pytest.raises(ConfigError, match=rf"tables\.0\.expected_rows: {mistake}"):
        loaded(tmp_path, text)


def test_a_statement_about_one_customer_and_about_many_is_a_mistake(tmp_path: Path) -> None:
    both = "expected = 'SELECT {customer:String} IN { customers : Array(String) }'"
    text = GOOD.replace("[[verify.tables]]", f"[[verify.tables]]\n{both}")

    with pytest.raises(ConfigError, match=r"tables\.0\.expected: it binds customer and customers: bind one of them"):
        loaded(tmp_path, text)
