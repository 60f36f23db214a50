import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def shared_folder() -> Iterator[Path]:
    """A folder for the tests of one file that every user may enter, as PostgreSQL's must (pytest closes its own)."""
    folder = Path(tempfile.mkdtemp(prefix="redress-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """The same for one test."""
    folder = Path(tempfile.mkdtemp(prefix="redress-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
