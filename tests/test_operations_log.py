"""What docs/operations-log.md says it takes is what the tests of the scenarios type."""

import pytest

from tests.e2e.confirming import WHY
from tests.e2e.processes import ROOT
from tests.e2e.test_monday import RUN_ALL
from tests.e2e.test_monday import WHY as WHY_ALL
from tests.e2e.test_morning import SPLIT_ALL


@pytest.mark.parametrize(("command", "reason"), [(SPLIT_ALL, WHY), (RUN_ALL, WHY_ALL)], ids=["morning", "monday"])
def test_the_keys_that_are_typed_are_counted(command: str, reason: str) -> None:
    lines = (ROOT / "docs" / "operations-log.md").read_text("utf-8").splitlines()
    (row,) = [line for line in lines if command in line]
    typed = f"{len(command) + len(reason)} characters"

    assert f"`{command}`, with the reason “{reason}” | {typed} | 1 | 1 |" in row
