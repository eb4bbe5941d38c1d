"""A backup's file: whole or not there, and refused where it is not as it was written."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.store.backup_file import (
    FORMAT,
    BackupUnusable,
    BackupUnwritable,
    Manifest,
    Tally,
    reading,
    verify,
    writing,
)

ROWS = (b"1\tone\n", b"2\ttwo\\nlines\n" * 50_000)


def written(path: Path, *, tell: Callable[[Manifest], Manifest] = lambda told: told) -> str:
    tally = Tally(lambda _: None)
    with writing(path) as file:
        with file.table("things") as write:
            for rows in ROWS:
                tally.add(rows)
                write(rows)
        manifest = Manifest(
            format=FORMAT,
            created_at=datetime(2026, 12, 1, tzinfo=UTC),
            software_version="0.1.0",
            server_version="18.6",
            revision="0010",
            tables=(tally.table("things", ("id", "name")),),
            sequences={"things_id_seq": 2},
            member_data_keys=(),
        )
        file.finish(tell(manifest))
    return file.checksum


def looked_through(path: Path) -> int:
    """How many rows it has."""
    told: list[int] = []
    with reading(path) as backup:
        verify(backup, told.append)
    return sum(told)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.backup"
    checksum = written(path)
    assert looked_through(path) == 50_001
    with reading(path) as backup:
        assert backup.checksum == checksum
        assert b"".join(backup.rows(backup.manifest.tables[0])) == b"".join(ROWS)
    assert list(tmp_path.iterdir()) == [path]


def test_nobody_s_place_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "x.backup"
    path.write_text("precious")
    with pytest.raises(BackupUnwritable, match="exists"):
        written(path)
    with pytest.raises(BackupUnwritable, match="No such"):
        written(tmp_path / "nowhere/x.backup")
    assert (path.read_text(), list(tmp_path.iterdir())) == ("precious", [path])


def test_a_fault_in_the_middle_leaves_no_file(tmp_path: Path) -> None:
    def fault() -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), writing(tmp_path / "x.backup") as file, file.table("things") as write:
        write(b"1\n" + fault())
    assert list(tmp_path.iterdir()) == []


def test_a_change_of_any_byte_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "x.backup"
    written(path)
    whole = path.read_bytes()
    for place in (*range(0, len(whole), len(whole) // 200), len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupUnusable):
            looked_through(path)


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_no_backup(kept: float, tmp_path: Path) -> None:
    path = tmp_path / "x.backup"
    written(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(BackupUnusable):
        looked_through(path)


def test_another_kind_of_file_is_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_text("Dear clinic")
    with pytest.raises(BackupUnusable, match="no backup"):
        looked_through(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "Dear clinic")
    with pytest.raises(BackupUnusable, match="no backup"):
        looked_through(path)
