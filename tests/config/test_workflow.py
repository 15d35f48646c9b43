"""A workflow definition: its short and its long form, and the mistakes that can be made in it."""

from pathlib import Path

import pytest

from bot.config import Config, load
from bot.config.identity import SourceName
from bot.errors import ConfigError
from bot.usecases.mapping_mistakes import mapping_mistakes
from tests.config.test_load import GOOD, TOKENS

HEAD = 'types = ["CustomerBackfill"]\ntask_queue = "backfill"\n'
START = '[workflow.start]\nid = "bf-{customer}-{start}-{end}"'
FULL = """
[workflow.identity]
order = ["attributes", "memo", "input", "id", "parent"]
attributes = { customer = "BackfillCustomer", start = "BackfillStart", end = "BackfillEnd" }
input = { customer = "[0].tenant.slug", start = "[0].range.from", end = "[0].range.to" }
id = "bf:{customer}:{start:%Y%m%d}-{end:%Y%m%d}{*}"
parent = "bf-all:{customer}:{start}..{last}"
dates = "%Y-%m-%d"
end = "included"
without_days = "the whole campaign"

[workflow.start]
id = "bf:{customer}:{start:%Y%m%d}-{last:%Y%m%d}"
input = [{ tenant = { slug = "{customer}" }, range = { from = "{start}", to = "{last}" }, dry_run = false }]
execution_timeout = "3d"
retry = { attempts = 1 }
priority = { key = 4, fairness = "{customer}" }
search_attributes = { Region = "{cluster}" }
memo = { why = "backfill" }
"""


def written(tmp_path: Path, tables: str, head: str = HEAD) -> Path:
    file = tmp_path / "backfill.toml"
    file.write_text(GOOD.replace(HEAD, f"{head}{tables}\n"))
    return file


def loaded(file: Path) -> Config:
    return load({**TOKENS, "BACKFILL_CONFIG": str(file)}, check=mapping_mistakes).config


def mistake(file: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(file)
    (line,) = caught.value.mistakes
    return line.removeprefix(f"{file}:")


def test_a_whole_definition_is_read(tmp_path: Path) -> None:
    workflow = loaded(written(tmp_path, FULL)).definitions[0]

    assert workflow.sources == tuple(SourceName)
    assert workflow.id_written == "bf:{customer}:{start:%Y%m%d}-{last:%Y%m%d}"
    assert all(workflow.identity.is_included(source) for source in SourceName)


def test_the_short_keys_say_the_same_as_the_long_ones(tmp_path: Path) -> None:
    workflow = loaded(written(tmp_path, "", HEAD + 'id_template = "x-{customer}-{start}-{end}"\n')).definitions[0]

    assert workflow.id_read == workflow.id_written == "x-{customer}-{start}-{end}"
    assert workflow.sources == (SourceName.ATTRIBUTES, SourceName.MEMO, SourceName.ID)
    assert workflow.memo_names == workflow.attribute_names


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        ('[workflow.identity]\nid = "bf-{n}"', "10: workflow.identity.id: {n} is unknown"),
        ('[workflow.identity]\nid = "bf-{end}"', "10: workflow.identity.id: neither {customer} nor {start} is in it"),
        (
            '[workflow.identity]\nid = "bf-{customer}-{end}"\n' + START,
            "10: workflow.identity.id: 'bf-{customer}-{end}'",
        ),
        (
            '[workflow.identity]\nparent = "bf-{customer}{*}"',
            "10: workflow.identity.parent: 'bf-{customer}{*}' has two",
        ),
        (
            '[workflow.start]\nid = "{customer}{days}-{start}"',
            "10: workflow.start.id: '{customer}{days}-{start}' has two",
        ),
        ('[workflow.identity]\ndates = "%Y-%m"', "10: workflow.identity.dates: '%Y-%m' is no date form"),
        ('[workflow.identity]\nend = { ids = "included" }', "10: workflow.identity.end.ids"),
        (
            '[workflow.identity]\ninput = { customer = "tenant" }',
            "10: workflow.identity.input.customer: 'tenant' does not begin with the number of an argument",
        ),
        (
            '[workflow.identity]\nid_regex = "(?P<customer>.+)(?=x)"',
            "10: workflow.identity.id_regex: '(?P<customer>.+)(?=x)' is no expression that RE2 reads",
        ),
        ('[workflow.identity]\norder = ["input"]', "9: workflow.identity: order names input, and no input is given"),
        ('[workflow.start]\nid = "bf-{customer}-{start}"', "10: workflow.start.id: {end} is not in it"),
        ('[workflow.start]\nid = "bf-{customer}-{start}-{end}{*}"', "10: workflow.start.id: {*} is for ids"),
        ('[workflow.identity]\nid = "bf-{customer}"', "6: workflow: the ids that the bot writes tell no customer"),
        (
            '[workflow.identity]\nend = { memo = "included" }',
            "6: workflow: BackfillCustomer is an attribute and a memo field",
        ),
        ('[workflow.identity]\ndates = "epoch_end"', "10: workflow.identity.dates: epoch_end is for what is written"),
        (
            '[workflow.start]\nsearch_attributes = { A = "{x}" }',
            "10: workflow.start.search_attributes.A: {x} is unknown",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, tables: str, line: str) -> None:
    assert mistake(written(tmp_path, tables)).startswith(line)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            ('to = "{last}"', 'to = "{end}"'),
            "22: workflow.start.input: for acme, 2026-01-01..2026-01-02 it writes what is read back as"
            " acme, 2026-01-01..2026-01-03 (end excluded)",
        ),
        (('slug = "{customer}"', 'slug = "x-{customer}"'), "22: workflow.start.input: for acme"),
        (('{last:%Y%m%d}"\ninput', '{end:%Y%m%d}"\ninput'), "21: workflow.start.id: for acme"),
        (
            ('id = "bf:{customer}:{start:%Y%m%d}-{last', 'id = "b-{customer}-{start:%Y%m%d}-{last'),
            "21: workflow.start.id: what",
        ),
        (
            ('{ Region = "{cluster}" }', '{ BackfillEnd = "{end}" }'),
            "26: workflow.start.search_attributes: for acme",
        ),
        (('{ why = "backfill" }', '{ BackfillCustomer = "x" }'), "27: workflow.start.memo: for acme"),
    ],
)
def test_what_would_be_written_and_read_back_otherwise_is_refused(
    tmp_path: Path, change: tuple[str, str], line: str
) -> None:
    assert change[0] in FULL

    assert mistake(written(tmp_path, FULL.replace(*change))).startswith(line)


@pytest.mark.parametrize(
    "tables",
    [
        '[workflow.identity]\nid_regex = "^backfill-(?P<customer>.+)-(?P<start>[0-9-]{10})-(?P<end>.{10})$"',
        '[workflow.identity]\nend = "included"',
        '[workflow.identity]\ndates = "epoch_ms"',
        '[workflow.identity]\nattributes = { customer = "Tenant", start = "From", days = "Days" }',
        '[workflow.identity]\nend = { id = "included" }\nid = "b.{customer}.{start}.{end}"',
        '[workflow.identity]\nid = "b.{customer}"\n[workflow.start]\nid = "b.{customer}.{start}.{days}"',
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Africa/Cairo", "America/Havana"])
def test_what_the_bot_writes_by_default_is_read_back_under_every_mapping(
    tmp_path: Path, tables: str, zone: str
) -> None:
    file = written(tmp_path, tables)
    file.write_text(file.read_text().replace("end = 2026-02-21", f'end = 2026-02-21\ntimezone = "{zone}"'))

    if "days}" in tables:
        assert "what is read back as acme.2026" in mistake(file)
    else:
        assert loaded(file).campaign.timezone == zone
