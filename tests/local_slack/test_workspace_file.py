"""The file that describes a workspace: what it changes, and what is wrong with it in one line each."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_slack import SlackSeed
from local_slack.errors import WorkspaceFileError
from local_slack.options import is_command
from local_slack.workspace_file import read_workspace

DOCS = (Path(__file__).parents[2] / "docs" / "local-slack.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "team.toml"


def mistakes(file: Path, text: str) -> list[str]:
    file.write_text(text, "utf-8")
    with pytest.raises(WorkspaceFileError) as refused:
        read_workspace(file)
    return [line.removeprefix(f"{file}: ") for line in refused.value.mistakes]


def test_an_empty_file_is_the_default_workspace(file: Path) -> None:
    file.write_text("")

    assert read_workspace(file) == SlackSeed()


def test_the_example_of_the_page_changes_what_it_names(file: Path) -> None:
    file.write_text(EXAMPLE)

    seed = read_workspace(file)

    assert (seed.team_name, seed.domain, seed.command) == ("Acme", "acme", "/deploy")
    assert (seed.scopes, seed.events) == (("chat:write", "commands"), ("app_home_opened",))
    assert [name for _, name in seed.channels] == ["releases", "general"]
    assert [(user.name, user.real_name, user.is_guest) for user in seed.users] == [
        ("ada", "Ada Lovelace", False),
        ("gus", "gus", True),
    ]
    assert [(group.handle, group.members) for group in seed.user_groups] == [("on-call", (seed.users[0].id,))]


def test_ids_are_the_same_at_every_start_and_look_like_slacks(file: Path) -> None:
    file.write_text(EXAMPLE)

    first, second = read_workspace(file), read_workspace(file)

    assert first == second
    assert all(user.id.isalnum() and user.id.isupper() and user.id.startswith("U") for user in first.users)


def test_groups_of_people_who_are_not_there_any_more_go_with_them(file: Path) -> None:
    file.write_text('[[users]]\nname = "ada"\n')

    assert read_workspace(file).user_groups == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("channels = []", "channels: list should have at least 1 item after validation, not 0"),
        ("users = []", "users: list should have at least 1 item after validation, not 0"),
        ('command = "deploy"', "command: must be a command such as /hello"),
        ('colour = "red"', "colour: extra inputs are not permitted"),
        ('channels = ["a", "a"]', "channels: 'a' is there twice"),
        ('[[users]]\nname = "backfill"', "users: 'backfill' is there twice"),
        ("[[users]]\nname = 1", "users[0].name: input should be a valid string"),
        (
            '[[user_groups]]\nhandle = "g"\nmembers = ["nobody"]',
            "user_groups[0].members: there is no user 'nobody'; there are: olivia, victor, gus",
        ),
    ],
)
def test_each_mistake_is_a_line_with_its_key(file: Path, text: str, complaint: str) -> None:
    assert mistakes(file, text) == [complaint]


def test_all_mistakes_are_named_at_once(file: Path) -> None:
    assert len(mistakes(file, 'command = "x"\nchannels = ["UPPER"]\nstrange = 1')) == 3


def test_what_is_not_toml_is_not_read(file: Path) -> None:
    assert mistakes(file, "users = [")[0].startswith("is not TOML: ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceFileError, match=r"none.toml: cannot be read: No such file or directory"):
        read_workspace(tmp_path / "none.toml")


def test_a_file_that_is_not_text_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(WorkspaceFileError, match="is not UTF-8 text"):
        read_workspace(file)


@given(st.text())
def test_a_command_has_no_space_and_no_upper_case(text: str) -> None:
    assert not is_command(text) or (text.split() == [text] and text == text.lower() and text.startswith("/"))
