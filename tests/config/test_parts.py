"""Definitions whose runs have the customer in one place and the days in another."""

from pathlib import Path

import pytest

from tests.config.test_load import GOOD
from tests.config.test_workflow import loaded, mistake, written

START = '[workflow.start]\nid = "bf/{customer}/{start}_{end}"\n'
START_OF_USUAL_ID = "[workflow.start]\n"
IDENTITY = "[workflow.identity]\n"
TENANT = f'{IDENTITY}attributes = {{ customer = "Tenant" }}\n'
RANGE = 'input = { start = "[0].from", end = "[0].to" }\n'
RANGE_ALONE = 'input = [{ from = "{start}", to = "{end}" }]\n'


@pytest.mark.parametrize(
    "tables",
    [
        f"{TENANT}{RANGE}{START_OF_USUAL_ID}{RANGE_ALONE}",
        f'{IDENTITY}id = "bf/{{customer}}/{{*}}"\n{RANGE}{START}{RANGE_ALONE}',
        f"{IDENTITY}id_regex = '^bf/(?P<customer>[^/]+)'\n{RANGE}{START}{RANGE_ALONE}",
        f'{IDENTITY}id = "bf/{{customer}}/{{*}}"\nmemo = {{ start = "from", days = "n" }}\n{START}input = []',
        f'{IDENTITY}parent = "nightly-{{customer}}"\n{RANGE}{START_OF_USUAL_ID}'
        'input = [{ from = "{start}", to = "{end}", tenant = "{customer}" }]',
        f"{IDENTITY}id_regex = '/(?P<start>.{{10}})_(?P<end>.{{10}})$'\nmemo = {{ customer = 't' }}\n{START}",
    ],
    ids=["attribute", "id", "expression", "memo", "parent", "days in the id"],
)
def test_a_customer_in_one_place_and_days_in_another_are_a_definition(tmp_path: Path, tables: str) -> None:
    assert loaded(written(tmp_path, tables)).definitions[0].types == ("CustomerBackfill",)


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        ("[workflow.identity]\ninput = {}", "10: workflow.identity.input: neither customer nor start is in it"),
        ('[workflow.identity]\nmemo = { end = "to" }', "10: workflow.identity.memo: an end, and no start"),
        (f"{IDENTITY}{RANGE}", "10: workflow.identity.input: it has days and no customer"),
        (
            f'{IDENTITY}order = ["input"]\nattributes = {{ customer = "Tenant" }}\n{RANGE}',
            "12: workflow.identity.input: it has days and no customer",
        ),
        (
            '[workflow.identity]\norder = ["memo"]\nattributes = { start = "From", end = "To" }',
            "11: workflow.identity.attributes: it has days and no customer",
        ),
        (
            f"{IDENTITY}id_regex = '/(?P<start>.{{10}})_(?P<end>.{{10}})$'\n{START}",
            "10: workflow.identity.id_regex: it has days and no customer",
        ),
        (
            '[workflow.identity]\nid_regex = "(?P<end>.+)"',
            "10: workflow.identity.id_regex: '(?P<end>.+)' has no group (?P<customer>…), nor (?P<start>…)",
        ),
        (
            '[workflow.identity]\nmemo = { customer = "t" }\nid = "bf-{start}-{end}"',
            "6: workflow: the ids that the bot writes tell no customer and days: start.id is missing",
        ),
    ],
)
def test_a_part_that_nothing_completes_is_refused_with_its_line(tmp_path: Path, tables: str, line: str) -> None:
    assert mistake(written(tmp_path, tables)).startswith(line)


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        (
            f'{TENANT}{RANGE}{START_OF_USUAL_ID}input = [{{ to = "{{end}}" }}]',
            "13: workflow.start.input: {start} is not in it",
        ),
        (
            f'{IDENTITY}parent = "nightly-{{customer}}"\n{RANGE}{START_OF_USUAL_ID}{RANGE_ALONE}',
            "13: workflow.start.input: {customer} is not in it",
        ),
        (
            f"{TENANT}{START_OF_USUAL_ID}{RANGE_ALONE}",
            "12: workflow.start.input: {customer} is not in it",
        ),
        (
            f'{TENANT}{RANGE}{START_OF_USUAL_ID}input = [{{ from = "{{start}}", to = "{{last}}" }}]',
            "13: workflow.start.input: for acme, 2026-01-01..2026-01-02 it writes what is read back as no days",
        ),
        (
            f'{TENANT}{RANGE}{START_OF_USUAL_ID}{RANGE_ALONE}search_attributes = {{ Tenant = "x-{{customer}}" }}',
            "14: workflow.start.search_attributes: for acme, 2026-01-01..2026-01-02 it writes what is read back",
        ),
    ],
    ids=["no days", "a parent is not written", "nothing is joined", "other days", "another customer"],
)
def test_what_a_start_would_lack_or_write_otherwise_is_refused(tmp_path: Path, tables: str, line: str) -> None:
    assert mistake(written(tmp_path, tables)).startswith(line)


def test_the_input_of_a_cluster_may_lack_what_its_definition_has_elsewhere(tmp_path: Path) -> None:
    of_cluster = 'input = [{ from = "{start}", to = "{end}", eu = true }]\n'
    file = written(tmp_path, f"{TENANT}{RANGE}{START_OF_USUAL_ID}{RANGE_ALONE}")
    file.write_text(file.read_text() + of_cluster)

    assert loaded(file).filling_workflow("voice-prod").arguments == ({"from": "{start}", "to": "{end}", "eu": True},)
    file.write_text(GOOD + of_cluster)
    assert "clusters.voice-prod.input: {customer} is not in it" in mistake(file)
