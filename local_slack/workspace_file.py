"""Reads the TOML file that describes a workspace (docs/local-slack.md). Every key has a default."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from local_slack.errors import WorkspaceFileError
from local_slack.options import is_command
from local_slack.workspace.people import Shortcut, SlackSeed, User, UserGroup


def _slash_command(text: str) -> str:
    if not is_command(text):
        raise ValueError("must be a command such as /hello")
    return text


Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
Command = Annotated[str, AfterValidator(_slash_command)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _UserTable(_Table):
    name: Name
    real_name: Text | None = None
    is_guest: bool = False


class _GroupTable(_Table):
    handle: Name
    members: list[Name] = []


class _ShortcutTable(_Table):
    callback_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=24)]


class _WorkspaceTable(_Table):
    name: Text | None = None
    domain: Name | None = None
    command: Command | None = None
    scopes: list[Text] | None = None
    events: list[Text] | None = None
    channels: Annotated[list[Name], Field(min_length=1)] | None = None
    users: Annotated[list[_UserTable], Field(min_length=1)] | None = None
    user_groups: list[_GroupTable] | None = None
    shortcuts: list[_ShortcutTable] = []
    unfurl_domains: list[Text] | None = None


def read_workspace(path: Path) -> SlackSeed:
    """The workspace that the file describes. Raises WorkspaceFileError with one line for each mistake."""
    try:
        table = _WorkspaceTable.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise WorkspaceFileError([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise WorkspaceFileError([f"{path}: is not UTF-8 text"]) from error
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceFileError([f"{path}: is not TOML: {error}"]) from error
    except ValidationError as error:
        raise WorkspaceFileError([f"{path}: {line}" for line in _lines(error)]) from error
    seed = _seed(table)
    mistakes = [f"{path}: {mistake}" for mistake in _mistakes(seed, table)]
    if mistakes:
        raise WorkspaceFileError(mistakes)
    return seed


def _seed(table: _WorkspaceTable) -> SlackSeed:
    seed = SlackSeed()
    given: dict[str, Any] = {"team_name": table.name, "domain": table.domain, "command": table.command}
    given |= {
        name: tuple(value)
        for name in ("scopes", "events", "unfurl_domains")
        if (value := getattr(table, name)) is not None
    }
    given["shortcuts"] = tuple(Shortcut(each.callback_id, each.name) for each in table.shortcuts)
    if table.users is not None:
        given["users"] = tuple(
            User(_id("U", user.name), user.name, user.real_name or user.name, is_guest=user.is_guest)
            for user in table.users
        )
        given["user_groups"] = ()
    if table.channels is not None:
        given["channels"] = tuple((_id("C", name), name) for name in table.channels)
    if table.user_groups is not None:
        ids = {user.name: user.id for user in given.get("users", seed.users)}
        given["user_groups"] = tuple(
            UserGroup(_id("S", group.handle), group.handle, tuple(ids[name] for name in group.members if name in ids))
            for group in table.user_groups
        )
    return replace(seed, **{name: value for name, value in given.items() if value is not None})


def _id(prefix: str, name: str) -> str:
    """An id that is the same at every start, so that the ids that the app has stored stay valid."""
    return prefix + name.upper().encode().hex().upper()


def _mistakes(seed: SlackSeed, table: _WorkspaceTable) -> Iterator[str]:
    yield from _repeated("users", [user.name for user in (*seed.users, seed.bot)])
    yield from _repeated("channels", [name for _, name in seed.channels])
    yield from _repeated("user_groups", [group.handle for group in seed.user_groups])
    names = [user.name for user in seed.users]
    for place, group in enumerate(table.user_groups or ()):
        for member in group.members:
            if member not in names:
                yield f"user_groups[{place}].members: there is no user {member!r}; there are: {', '.join(names)}"


def _repeated(key: str, names: Sequence[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{key}: {name!r} is there twice"


def _lines(error: ValidationError) -> Iterator[str]:
    for mistake in error.errors(include_url=False):
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in mistake["loc"])
        words = re.sub(r"^Value error, ", "", mistake["msg"])
        yield f"{key.removeprefix('.') or 'the file'}: {words[:1].lower()}{words[1:]}"
