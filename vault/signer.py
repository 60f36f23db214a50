"""Signer keys: what makes one mailbox one signature per petition, and unlinkable across petitions."""

import hashlib
import hmac
from functools import lru_cache

from vault import keys

SIGNER_KEY_BYTES = 16
TAG_BYTES = 8


def signer_key(canonical: str, *, petition_id: int, salt: bytes, key_version: int, rules_version: int) -> bytes:
    """16 bytes that stand for the canonical address ``canonical`` on one petition only.

    HMAC-SHA-256 under a key derived for the petition from its salt: with the salt gone the keys of a petition can't be
    linked to anybody. ``rules_version`` names the canonicalisation rules that made ``canonical``.
    """
    return _mac("signer", f"{rules_version}\0{canonical}", petition_id, salt, key_version)[:SIGNER_KEY_BYTES]


def group_tag(kind: str, value: str, *, petition_id: int, salt: bytes, key_version: int) -> bytes:
    """8 bytes by which rows of one petition with the same ``value`` (a domain, name or network) can be grouped."""
    return _mac(f"tag:{kind}", value, petition_id, salt, key_version)[:TAG_BYTES]


def address_key(canonical: str) -> bytes:
    """16 bytes that stand for a mailbox over all petitions, for nothing but how often it may be mailed.

    Under a key of its own purpose: it can't be compared with signer keys. Changes with the current master key.
    """
    return hmac.new(keys.derive("address"), canonical.encode(), hashlib.sha256).digest()[:SIGNER_KEY_BYTES]


def about_tag(address_key: bytes, *, petition_id: int) -> int:
    """A number of 64 bits that stands for one petition beside one mailbox: without the keys it names neither."""
    digest = hmac.digest(keys.derive("about"), address_key + petition_id.to_bytes(8), "sha256")
    return int.from_bytes(digest[:TAG_BYTES], signed=True)


def address_keys(canonical: str) -> list[bytes]:
    """``address_key`` under every master key still kept, the current one first.

    For what must outlive a rotation of keys, such as a wish to be left alone.
    """
    return [
        hmac.digest(keys.derive("address", version=version), canonical.encode(), "sha256")[:SIGNER_KEY_BYTES]
        for version in keys.keyring().versions
    ]


@lru_cache(maxsize=4096)
def domain_key(domain: str) -> bytes:
    """16 bytes that stand for a domain that gets mails, for nothing but how fast."""
    return hmac.new(keys.derive("mail domain"), domain.encode(), hashlib.sha256).digest()[:SIGNER_KEY_BYTES]


def _mac(purpose: str, value: str, petition_id: int, salt: bytes, key_version: int) -> bytes:
    key = keys.derive(f"{purpose}:{petition_id}", version=key_version, salt=bytes(salt))
    return hmac.digest(key, value.encode(), "sha256")
