"""The text of the .env file for `backfill-bot init`: the lines that are there already, in which the secrets that were
given replace earlier values or are added. Also shows how it differs from the file before, without any secret."""

import difflib
import re
from collections.abc import Iterator, Mapping

from bot.redaction import HIDDEN

_COMMENTS = {
    "SLACK_BOT_TOKEN": "The bot token of the Slack app, from its OAuth & Permissions page.",
    "SLACK_APP_TOKEN": "An app-level token with the scope connections:write, from the app's Basic Information page.",
    "CODEC_AUTH": "The Authorization header for the codec server.",
    "CLICKHOUSE_PASSWORD": "The ClickHouse password; empty for none.",
}
_OWN_LINES = frozenset(f"# {text}" for text in _COMMENTS.values())
_PLAIN = re.compile(r"[\w./:+=@-]*")
_ASSIGNED = re.compile(r"\A\s*(?:export\s+)?(\w+)\s*=")


def env(secrets: Mapping[str, str], before: str) -> str:
    """The file ``before`` with these variables set. Each line that sets one of them gets the new value, and a
    variable without a line gets one at the end. If the new value is empty, existing lines keep their value, and a new
    line has no value. Lines of other variables, and comments, stay as they are."""
    lines, rest = [], dict(secrets)
    for line in before.splitlines():
        match = _ASSIGNED.match(line)
        name = match[1] if match else ""
        value = secrets.get(name)
        lines.append(f"{name}={_value(value)}" if value else line)
        rest.pop(name, None)
    for name, value in rest.items():
        lines += [f"# {_COMMENTS[name]}", f"{name}={_value(value)}"]
    return "\n".join(lines) + "\n"


def difference(before: str, after: str, name: str) -> str:
    """What a new file changes, as ``diff -u`` shows it."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, f"{name}.new", lineterm="")
    return "\n".join(lines)


def env_difference(before: str, after: str, name: str) -> str:
    """The difference of the .env file. Its values are secrets, so only the names of variables are shown."""
    shown = difference("\n".join(_hidden(before)), "\n".join(_hidden(after)), name)
    changed = [f"  {variable} changes" for variable in _changed(before, after)]
    return "\n".join(filter(None, (shown, *changed)))


def _hidden(text: str) -> Iterator[str]:
    for line in text.splitlines():
        match = _ASSIGNED.match(line)
        has_value = match and line[match.end() :].strip()
        # A person's comment, or the second line of a value, may contain a secret.
        yield f"{match[1]}={HIDDEN if has_value else ''}" if match else line if line in _OWN_LINES else ""


def _changed(before: str, after: str) -> Iterator[str]:
    """The variables whose value changes. Variables that are set in only one of the two texts are left out."""
    values = [{m[1]: line for line in text.splitlines() if (m := _ASSIGNED.match(line))} for text in (before, after)]
    for name, line in values[1].items():
        if name in values[0] and values[0][name] != line and _has_value(values[0][name]) and _has_value(line):
            yield name


def _has_value(line: str) -> bool:
    return bool(line.partition("=")[2].strip())


def _value(text: str) -> str:
    """The value as it is written in the file: bare, or in single quotes."""
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
