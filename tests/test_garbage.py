"""Collections of garbage are short, and none goes on during imports."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.garbage import exempt_from_collection, uncollected


@pytest.fixture
def frozen() -> Iterator[None]:
    """Afterwards the tests' modules are left out of collections again, as tests/conftest.py has them."""
    gc.unfreeze()
    yield
    gc.freeze()


def test_collections_go_through_what_is_new_and_not_through_the_modules(frozen: None) -> None:
    class Node:
        myself: "Node"

    exempt_from_collection()
    modules, node = gc.get_freeze_count(), Node()
    node.myself = node
    gone = weakref.ref(node)
    del node
    gc.collect()

    assert gone() is None
    assert len(gc.get_objects()) < modules / 10


def test_no_collection_interrupts_imports() -> None:
    with uncollected():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_collections_go_on_after_an_import_that_fails() -> None:
    with pytest.raises(ImportError), uncollected():
        raise ImportError

    assert gc.isenabled()
