"""Personal data at rest: one sealed column per row.

A seal is ``key version (2 bytes) | nonce (12) | AES-256-GCM ciphertext``, with the row's place (``context``) as
associated data, so that a seal moved to another row does not open.
"""

import secrets
import struct
from functools import lru_cache

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault import keys

_PURPOSE = "seal"
_NONCE_BYTES = 12
_HEAD = struct.Struct(">H")


class BrokenSeal(Exception):
    """The bytes are no seal of ours, or were sealed for another place."""


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(fields: dict[str, str], *, context: str) -> bytes:
    """``fields`` sealed for the place ``context`` (such as ``signature:1000001:<key>``)."""
    return seal_bytes(orjson.dumps(fields), context=context)


def seal_bytes(plain: bytes, *, context: str) -> bytes:
    """As ``seal``, for anything that is no set of fields, such as a file."""
    version = keys.keyring().current
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return (
        _HEAD.pack(version)
        + nonce
        + _cipher(keys.derive(_PURPOSE, version=version)).encrypt(nonce, plain, context.encode())
    )


def unseal(sealed: bytes, *, context: str) -> dict[str, str]:
    """The fields that were sealed for ``context``. Raises BrokenSeal."""
    try:
        return orjson.loads(unseal_bytes(sealed, context=context))
    except ValueError as error:
        raise BrokenSeal from error


def unseal_bytes(sealed: bytes, *, context: str) -> bytes:
    """What ``seal_bytes`` sealed for ``context``. Raises BrokenSeal."""
    sealed = bytes(sealed)
    try:
        (version,) = _HEAD.unpack_from(sealed)
        nonce, cipher = sealed[2 : 2 + _NONCE_BYTES], sealed[2 + _NONCE_BYTES :]
        return _cipher(keys.derive(_PURPOSE, version=version)).decrypt(nonce, cipher, context.encode())
    except (struct.error, InvalidTag, keys.UnknownKey, ValueError) as error:
        raise BrokenSeal from error
