import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.cms.conftest import ROOT, load_script


@pytest.fixture
def assets(tmp_path: Path) -> ModuleType:
    """bin/assets on a copy of the sources and the built files."""
    script = load_script("assets")
    shutil.copytree(ROOT / "assets", tmp_path / "assets", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(script.BUILT, tmp_path / "built")
    script.SOURCES, script.BUILT = tmp_path / "assets", tmp_path / "built"
    return script


def test_committed_styles_are_in_order(assets: ModuleType) -> None:
    assert assets.faults() == []


def test_changed_source_is_noticed(assets: ModuleType) -> None:
    with (assets.SOURCES / "scss" / "_settings.scss").open("a") as file:
        file.write("// one more line\n")
    assert any("other sources" in fault for fault in assets.faults())


def test_style_changed_by_hand_is_noticed(assets: ModuleType) -> None:
    with (assets.BUILT / "app.css").open("a") as file:
        file.write("a{color:red}\n")
    assert assets.faults() == ["app.css was changed by hand: change assets/scss and run bin/assets"]


@pytest.mark.parametrize("mark", ["a{color:#1D70B8}", 'a{font-family:"GDS Transport"}', "@font-face{src:url(x.woff2)}"])
def test_what_belongs_to_others_is_refused(assets: ModuleType, mark: str) -> None:
    (assets.BUILT / "other.css").write_text(mark)
    assert any("reserved for GOV.UK" in fault for fault in assets.faults())


def test_too_heavy_a_script_is_refused(assets: ModuleType) -> None:
    (assets.BUILT / "app.js").write_text("x" * (assets.SCRIPT_BUDGET + 1))
    assert any("app.js weighs" in fault for fault in assets.faults())


def test_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "assets" / "package-lock.json").read_text()
