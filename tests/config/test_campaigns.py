"""Several campaigns in the file: which is meant, what each of them is, and what they must not share."""

from datetime import date
from pathlib import Path

import pytest

from bot.config import Config, load
from bot.config.campaigns import common_days, problem_of
from bot.errors import ConfigError
from bot.model import CampaignDefinition, CampaignProblem, Window
from bot.usecases.mapping_mistakes import mapping_mistakes
from tests.config.test_load import GOOD, TOKENS

MARCH = """
[[campaigns]]
name = "march"
start = 2026-03-01
end = 2026-04-01
"""
DAYS = Window(date(2026, 3, 1), date(2026, 4, 1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backfill.toml"


def loaded(file: Path, text: str) -> Config:
    file.write_text(text)
    return load({**TOKENS, "BACKFILL_CONFIG": str(file)}, check=mapping_mistakes).config


def mistakes(file: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(file, text)
    return [str(mistake).rpartition(f"{file}:")[2] for mistake in caught.value.mistakes]


def test_campaigns_beside_the_single_one_come_after_it(file: Path) -> None:
    config = loaded(file, GOOD + MARCH)

    assert [campaign.name for campaign in config.file_campaigns] == ["default", "march"]
    assert config.campaign.name == "default"


def test_without_a_single_one_the_default_of_several_is_the_one_that_the_configuration_is_about(file: Path) -> None:
    _, campaign, rest = GOOD.partition("[campaign]")
    table = campaign + rest.partition("\n[")[0]
    april = MARCH.replace("march", "april").replace("04-01", "05-01").replace("03-01", "04-01")
    config = loaded(file, GOOD.replace(table, "") + MARCH + april + "default = true\n")

    assert [campaign.name for campaign in config.file_campaigns] == ["march", "april"]
    assert config.campaign.name == "april"


def test_a_campaign_limits_the_configuration_to_its_days_clusters_customers_and_tables(file: Path) -> None:
    config = loaded(file, GOOD)
    (cluster,) = config.clusters
    customer, *_ = config.clusters[cluster].customers
    view = config.for_campaign(CampaignDefinition("march", DAYS, customers=(customer,), clusters=(cluster, "gone")))

    assert view.campaign.window == DAYS
    assert {name: known.customers for name, known in view.clusters.items()} == {cluster: (customer,)}
    assert view.verify.tables == config.verify.tables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MARCH + MARCH, "two campaigns have the name march"),
        (MARCH.replace("march", "in"), "in is a reserved word"),
        (MARCH + 'workflow = "gone"\n', "the workflow of campaign march is gone"),
        (MARCH + 'tables = ["nothing"]\n', "nothing is none of"),
        (MARCH + 'clusters = ["nowhere"]\n', "there is no [clusters.nowhere]"),
        (MARCH + 'customers = ["nobody"]\n', "nobody is a customer of no cluster"),
        (MARCH.replace("2026-03-01", "2026-02-01"), "default fills 2026-02-01..2026-02-21 of the same customers"),
    ],
)
def test_what_campaigns_must_not_be_is_told(file: Path, text: str, expected: str) -> None:
    assert any(expected in mistake for mistake in mistakes(file, GOOD + text))


def test_other_days_or_other_customers_are_no_clash(file: Path) -> None:
    config = loaded(file, GOOD)
    one, other = (
        CampaignDefinition("one", DAYS, customers=("a",)),
        CampaignDefinition("other", DAYS, customers=("b",)),
    )

    assert common_days(config, one, other) is None
    assert common_days(config, one, CampaignDefinition("x", DAYS)) == DAYS
    assert common_days(config, one, CampaignDefinition("x", Window(DAYS.end, date(2026, 5, 1)))) is None


def test_a_campaign_whose_definition_is_gone_is_broken(file: Path) -> None:
    config = loaded(file, GOOD)

    assert problem_of(config, CampaignDefinition("x", DAYS)) is None
    assert problem_of(config, CampaignDefinition("x", DAYS, workflow="gone")) is CampaignProblem.NO_WORKFLOW
    assert problem_of(config, CampaignDefinition("x", DAYS, tables=("gone",))) is CampaignProblem.NO_TABLES
    assert problem_of(config, CampaignDefinition("x", DAYS, clusters=("gone",))) is CampaignProblem.NO_CLUSTERS
