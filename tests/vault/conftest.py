import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

KeyFile = Callable[..., Path]


@pytest.fixture
def key_file(tmp_path: Path, settings) -> KeyFile:
    """Make a key file of these versions, each key of one repeated byte, and let the settings name it."""
    made = iter(range(100))

    def make(*versions: int, current: int = 1) -> Path:
        path = tmp_path / f"keys-{next(made)}"
        keys = {str(version): base64.b64encode(bytes([version % 256]) * 32).decode() for version in versions}
        path.write_text(json.dumps({"current": current, "keys": keys}))
        settings.REDRESS_KEYS = str(path)
        return path

    return make
