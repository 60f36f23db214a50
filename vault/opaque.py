"""Numbers of rows as strangers may see them: each stands for one row, and tells neither how many there are nor which
came first.
"""

import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from vault import keys

_BLOCK = struct.Struct(">QQ")
HIDDEN_CHARACTERS = 2 * _BLOCK.size


def hidden(kind: str, *, group: int, number: int, version: int) -> str:
    """32 hexadecimal digits that stand for ``number`` in ``group``: always the same, for nobody else to read.

    ``kind`` keeps numbers of different things apart; ``version`` is that of the master key. One block of AES is a
    permutation: no two rows share one, and nothing is stored.
    """
    encryptor = _cipher(kind, version).encryptor()
    return (encryptor.update(_BLOCK.pack(group, number)) + encryptor.finalize()).hex()


def number(kind: str, text: str, *, group: int, version: int) -> int | None:
    """The number that ``text`` stands for in this group; None for a text that stands for none."""
    try:
        block = bytes.fromhex(text)
    except ValueError:
        return None
    if len(block) != _BLOCK.size:
        return None
    decryptor = _cipher(kind, version).decryptor()
    found, meant = _BLOCK.unpack(decryptor.update(block) + decryptor.finalize())
    return meant if found == group else None


def _cipher(kind: str, version: int) -> Cipher[ECB]:
    # Exactly one block, under a key of its own purpose: what makes this mode unfit for texts does not arise.
    return Cipher(AES(keys.derive(f"opaque:{kind}", version=version)), ECB())  # noqa: S305
