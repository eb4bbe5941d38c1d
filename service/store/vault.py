"""Member data at rest: sealed with keys that are not in the database.

Envelope encryption: each value gets a data key of its own (AES-256-GCM), and the data key is wrapped by a master key.
Rotation wraps the data key anew and leaves the value alone. Both layers are bound to the place where the value stands,
so that a blob copied to another row or column does not open there.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_VERSION = b"\x01"
_NAME_BYTES = 8
_NONCE_BYTES = 12
_TAG_BYTES = 16
_WRAPPED_BYTES = _NONCE_BYTES + KEY_BYTES + _TAG_BYTES
HEAD_BYTES = len(_VERSION) + _NAME_BYTES
"""How many bytes of a sealed value say which key opens it."""


class VaultError(ValueError):
    """The file of master keys cannot be used: what is wrong and what to do. It tells nothing of a key."""


class Unopenable(Exception):
    """A sealed value does not open: its key is not at hand, or it was changed or moved."""


class Vault:
    """Seals with the first of the master keys and opens with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_name(key): key for key in keys}
        self._newest = _name(keys[0])
        self._fingerprints = _derived(keys[0], b"outlay fingerprints")

    @property
    def key_names(self) -> frozenset[str]:
        """What its keys are called."""
        return frozenset(name.hex() for name in self._keys)

    def seal(self, value: bytes, place: str) -> bytes:
        """The value, sealed for the place (`table/id/column`) where it will stand."""
        data_key = AESGCM.generate_key(KEY_BYTES * 8)
        return self._wrapped(data_key, place) + _encrypt(data_key, value, place)

    def open(self, sealed: bytes, place: str) -> bytes:
        """The value that was sealed for this place. Raises `Unopenable`."""
        return _decrypt(self._data_key(sealed, place), sealed[HEAD_BYTES + _WRAPPED_BYTES :], place)

    def resealed(self, sealed: bytes, place: str) -> bytes:
        """The same under the newest master key; unchanged where it is that already. Raises `Unopenable`."""
        if sealed[:HEAD_BYTES] == _VERSION + self._newest:
            return sealed
        return self._wrapped(self._data_key(sealed, place), place) + sealed[HEAD_BYTES + _WRAPPED_BYTES :]

    def fingerprint(self, value: bytes) -> bytes:
        """Tells equal values without telling them: an HMAC-SHA-256 under a key derived from the newest master key."""
        return hmac.digest(self._fingerprints, value, hashlib.sha256)

    def _wrapped(self, data_key: bytes, place: str) -> bytes:
        return _VERSION + self._newest + _encrypt(_wrapping(self._keys[self._newest]), data_key, place)

    def _data_key(self, sealed: bytes, place: str) -> bytes:
        version, name = sealed[: len(_VERSION)], sealed[len(_VERSION) : HEAD_BYTES]
        if version != _VERSION or name not in self._keys:
            raise Unopenable("no master key at hand opens it")
        return _decrypt(_wrapping(self._keys[name]), sealed[HEAD_BYTES : HEAD_BYTES + _WRAPPED_BYTES], place)


def key_of(sealed: bytes) -> str:
    """The name of the key that opens a sealed value, which tells nothing of the key. The head of the value suffices."""
    return sealed[len(_VERSION) : HEAD_BYTES].hex()


def read_vault(path: Path) -> Vault:
    """The vault of a file with one base64 key of 32 bytes on each line, the one that seals first.

    Raises:
        VaultError: the file cannot be read, or a line of it is no such key.
    """
    try:
        lines = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise VaultError(f"{path} cannot be read ({type(error).__name__}).") from error
    keys = [_key(line) for line in lines]
    if not keys or None in keys:
        raise VaultError(f"{path} must hold one base64 key of {KEY_BYTES} bytes on each line: openssl rand -base64 32")
    return Vault([key for key in keys if key])


def ensure_keys(path: Path) -> None:
    """Make the file with one new key, readable by its owner alone, where there is none."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")


def _key(line: str) -> bytes | None:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        return None
    return key if len(key) == KEY_BYTES else None


def _name(key: bytes) -> bytes:
    """Tells master keys apart in what they sealed, and nothing about them."""
    return _derived(key, b"outlay key name")[:_NAME_BYTES]


def _wrapping(key: bytes) -> bytes:
    return _derived(key, b"outlay data keys")


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def _encrypt(key: bytes, value: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, place.encode())


def _decrypt(key: bytes, encrypted: bytes, place: str) -> bytes:
    try:
        return AESGCM(key).decrypt(encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise Unopenable("it was changed, or it stands where it was not sealed for") from error
