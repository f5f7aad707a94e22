"""What tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The first example loads tables, which takes longer than hypothesis gives one.
settings.register_profile("jingwen", deadline=None)
settings.load_profile("jingwen")


@pytest.fixture(scope="session")
def prefect() -> Iterator[None]:
    """A Prefect server of the tests' own; its start takes some ten seconds, so only flow tests ask for it."""
    from flows import prefect_defaults

    prefect_defaults.set_up(one_off=True)
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real documents, which is no part of the project."""
    path = Path(os.environ.get("JINGWEN_CORPUS", Path(__file__).parents[1] / "../shared/corpus"))
    if not (path / "documents").is_dir():
        pytest.skip(f"the corpus of real documents is not at {path}: set JINGWEN_CORPUS")
    return path
