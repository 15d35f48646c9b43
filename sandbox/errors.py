"""What keeps the sandbox from starting or standing. Each says so in one line.

SandboxError
├── BadScenario      every mistake of the file, one line each
├── DataDirRefused   in use, of another scenario, not ours, not writable
├── MissingPart      a package that is not installed
├── NotReady         a part did not answer in time
└── ChildDied        a process ended by itself
"""

from collections.abc import Sequence


class SandboxError(Exception):
    """Its text is for the person at the terminal."""


class BadScenario(SandboxError):
    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class DataDirRefused(SandboxError):
    pass


class MissingPart(SandboxError):
    pass


class NotReady(SandboxError):
    pass


class ChildDied(SandboxError):
    def __init__(self, name: str, returncode: int, last_lines: Sequence[str]) -> None:
        said = "".join(f"\n  {name}| {line}" for line in last_lines)
        super().__init__(f"{name} ended by itself with status {returncode}{said or ', saying nothing'}")
        self.name = name
        self.returncode = returncode
