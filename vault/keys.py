"""The keyring: versioned master keys, and one derived key for each purpose.

The file (setting ``REDRESS_KEYS``) is JSON: ``{"current": 1, "keys": {"1": "<32 bytes, base64>"}}``. Old versions stay
in it for as long as anything sealed or signed under them is kept. It is apart from ``SECRET_KEY``: that one may rotate.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver

KEY_BYTES = 32
LAST_VERSION = 0xFFFF  # seals and tokens name the version in two bytes


@dataclass(frozen=True)
class Keyring:
    """Master keys by version; ``current`` is the one under which new things are made."""

    current: int
    keys: dict[int, bytes]

    @cached_property
    def versions(self) -> tuple[int, ...]:
        """All of them, the current one first."""
        return (self.current, *sorted(set(self.keys) - {self.current}))

    @classmethod
    def read(cls, path: Path) -> "Keyring":
        """The keyring in the file ``path``. Raises ImproperlyConfigured when it is missing or malformed."""
        try:
            raw = json.loads(path.read_text())
            keys = {int(version): base64.b64decode(key, validate=True) for version, key in raw["keys"].items()}
            ring = cls(current=int(raw["current"]), keys=keys)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ImproperlyConfigured(f"REDRESS_KEYS: the key file can't be used ({type(error).__name__})") from error
        if ring.current not in keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ImproperlyConfigured("REDRESS_KEYS: needs a current version among its keys, each of 32 bytes")
        if any(not 0 < version <= LAST_VERSION for version in keys):
            raise ImproperlyConfigured("REDRESS_KEYS: versions are numbers from 1 to 65535")
        return ring


def write_new(path: Path) -> None:
    """Make a key file with one fresh key, readable by its owner only. Raises FileExistsError when there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {"current": 1, "keys": {"1": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}}
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keyring of this process. Raises ImproperlyConfigured when the setting or the file is unusable."""
    if not settings.REDRESS_KEYS:
        raise ImproperlyConfigured("REDRESS_KEYS names no key file; `manage.py make_keys` makes one")
    return Keyring.read(Path(settings.REDRESS_KEYS))


class UnknownKey(Exception):
    """Something names a key version that the keyring no longer (or not yet) holds."""


@lru_cache(maxsize=4096)
def derive(purpose: str, *, version: int | None = None, salt: bytes = b"") -> bytes:
    """The 32-byte key for ``purpose`` under ``version`` (the current one if None), bound to ``salt`` (HKDF-SHA256,
    RFC 5869). Raises UnknownKey.
    """
    ring = keyring()
    master = ring.keys.get(ring.current if version is None else version)
    if master is None:
        raise UnknownKey(version)
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose.encode()).derive(master)


@receiver(setting_changed)
def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == "REDRESS_KEYS":  # by a test: a process keeps its keys
        keyring.cache_clear()
        derive.cache_clear()
