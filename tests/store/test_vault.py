"""What is sealed opens where it was sealed and nowhere else, with any key at hand, and rotation leaves it as it was."""

import base64
import secrets
from pathlib import Path

import pytest

from service.store.vault import KEY_BYTES, Unopenable, Vault, VaultError, ensure_keys, read_vault

VALUE = "García, member W123".encode()
PLACE = "eligibility_checks/1/inquiry"
OLD, NEW = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    vault = Vault([NEW])
    one, two = vault.seal(VALUE, PLACE), vault.seal(VALUE, PLACE)
    assert vault.open(one, PLACE) == vault.open(two, PLACE) == VALUE
    assert one != two
    assert VALUE not in one
    assert vault.open(vault.seal(b"", PLACE), PLACE) == b""


def test_a_blob_does_not_open_in_another_place() -> None:
    vault = Vault([NEW])
    sealed = vault.seal(VALUE, PLACE)
    for place in ("eligibility_checks/2/inquiry", "eligibility_checks/1/answer", ""):
        with pytest.raises(Unopenable):
            vault.open(sealed, place)
        with pytest.raises(Unopenable):
            Vault([OLD, NEW]).resealed(sealed, place)


@pytest.mark.parametrize("position", [0, 1, 9, 40, 69, 80, -1])
def test_a_blob_that_was_changed_does_not_open(position: int) -> None:
    vault = Vault([NEW])
    sealed = bytearray(vault.seal(VALUE, PLACE))
    sealed[position] ^= 1
    with pytest.raises(Unopenable):
        vault.open(bytes(sealed), PLACE)


@pytest.mark.parametrize("length", [0, 1, 9, 20, 69, 75])
def test_a_blob_that_was_cut_does_not_open(length: int) -> None:
    vault = Vault([NEW])
    with pytest.raises(Unopenable):
        vault.open(vault.seal(VALUE, PLACE)[:length], PLACE)


def test_after_a_rotation_the_old_key_is_not_needed_and_the_value_is_the_same() -> None:
    sealed = Vault([OLD]).seal(VALUE, PLACE)
    both = Vault([NEW, OLD])
    assert both.open(sealed, PLACE) == VALUE
    with pytest.raises(Unopenable):
        Vault([NEW]).open(sealed, PLACE)

    rotated = both.resealed(sealed, PLACE)
    assert both.resealed(rotated, PLACE) == rotated
    assert Vault([NEW]).open(rotated, PLACE) == VALUE
    with pytest.raises(Unopenable):
        Vault([OLD]).open(rotated, PLACE)


def test_a_fingerprint_is_of_the_value_and_the_key() -> None:
    assert Vault([NEW, OLD]).fingerprint(VALUE) == Vault([NEW]).fingerprint(VALUE)
    assert Vault([NEW]).fingerprint(VALUE) != Vault([OLD]).fingerprint(VALUE)
    assert Vault([NEW]).fingerprint(VALUE) != Vault([NEW]).fingerprint(VALUE + b" ")


def test_the_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "member-data-keys"
    ensure_keys(path)
    made = path.read_text()
    ensure_keys(path)
    assert path.read_text() == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_vault(path).open(read_vault(path).seal(VALUE, PLACE), PLACE) == VALUE


def test_the_first_key_of_the_file_seals_and_all_open(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("\n".join(base64.b64encode(key).decode() for key in (NEW, OLD)) + "\n\n")
    vault = read_vault(path)
    assert vault.open(Vault([OLD]).seal(VALUE, PLACE), PLACE) == VALUE
    assert Vault([NEW]).open(vault.seal(VALUE, PLACE), PLACE) == VALUE


@pytest.mark.parametrize("text", ["", "\n", "c2hvcnQ=", "not base64!", "geh\u00e9im"])
def test_a_file_without_keys_is_refused_and_not_repeated(text: str, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(VaultError) as refused:
        read_vault(path)
    assert str(path) in str(refused.value)
    assert not text.strip() or text.strip() not in str(refused.value)
    with pytest.raises(VaultError):
        read_vault(tmp_path / "none")
