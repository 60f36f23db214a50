import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


def load_script(name: str) -> ModuleType:
    """One of the scripts in bin/, as a module."""
    loader = SourceFileLoader(f"bin_{name}", str(ROOT / "bin" / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def site(db: None) -> None:
    """The home page and the standard pages."""
    call_command("create_site", verbosity=0)
