"""docs/threat-model.md names, for each threat, tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text()


def test_every_threat_has_a_control_and_a_test_that_there_is() -> None:
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    assert [int(number) for number, *_rest in rows] == list(range(1, len(rows) + 1))
    for number, _threat, _control, shown in rows:
        named = re.findall(r"`(test_\w+)`", shown)
        assert named, f"threat {number} is shown by nothing"
        assert set(named) <= there, f"threat {number}: {set(named) - there}"
