import json
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from vault import keys
from vault.keys import Keyring


def test_a_new_key_file_is_the_owners_alone_and_is_never_overwritten(tmp_path: Path, settings) -> None:
    settings.REDRESS_KEYS = str(tmp_path / "deep" / "keys")
    call_command("make_keys", verbosity=0)
    path = Path(settings.REDRESS_KEYS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(CommandError, match="stays as it is"):
        call_command("make_keys")
    assert path.read_bytes() == before
    assert len(keys.keyring().keys[1]) == 32


def test_a_command_without_a_file_name_says_so(settings) -> None:
    settings.REDRESS_KEYS = ""
    with pytest.raises(CommandError):
        call_command("make_keys")
    with pytest.raises(ImproperlyConfigured):
        keys.keyring()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"current": 1, "keys": []}',
        '{"current": 1, "keys": {"1": "c2hvcnQ="}}',
        '{"current": 1, "keys": {"1": "not base64!"}}',
        json.dumps({"current": 2, "keys": {"1": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}),
        json.dumps({"current": 70000, "keys": {"70000": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}),
        json.dumps({"current": 0, "keys": {"0": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}),
    ],
)
def test_a_malformed_key_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys"
    path.write_text(content)
    with pytest.raises(ImproperlyConfigured, match="REDRESS_KEYS"):
        Keyring.read(path)


def test_a_missing_key_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured):
        Keyring.read(tmp_path / "none")


def test_keys_differ_by_purpose_version_and_salt(key_file) -> None:
    key_file(1, 2, current=2)
    derived = {
        keys.derive("seal", version=1),
        keys.derive("seal", version=2),
        keys.derive("token", version=2),
        keys.derive("seal", version=2, salt=b"one"),
        keys.derive("seal", version=2, salt=b"two"),
    }
    assert len(derived) == 5
    assert keys.derive("seal") == keys.derive("seal", version=2)
    with pytest.raises(keys.UnknownKey):
        keys.derive("seal", version=3)
