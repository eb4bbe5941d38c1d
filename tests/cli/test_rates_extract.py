"""`outlay rates extract`: from a file to a file, whole or not at all."""

import gzip
import json
from pathlib import Path
from typing import Any

from tests.cli.command import outlay
from tests.payers.price_files.transparency.documents import QUERY
from tests.payers.price_files.transparency.test_extract import FIRST, SMALL_TEXT


def extracted(folder: Path, content: bytes, query: dict[str, Any], out: str) -> tuple[int, str]:
    """The exit code and what is said."""
    (folder / "rates.json.gz").write_bytes(content)
    (folder / "query.json").write_text(json.dumps(query))
    done = outlay("rates", "extract", folder / "rates.json.gz", "--query", folder / "query.json", "--out", folder / out)
    left = {each.name for each in folder.iterdir()} - {"rates.json.gz", "query.json"}
    assert (done.stdout, left) == ("", {out} if done.returncode == 0 else set())
    return done.returncode, done.stderr


def test_rows_are_written_in_the_files_own_digits_with_a_receipt(tmp_path: Path) -> None:
    content = gzip.compress(SMALL_TEXT.replace("42.5", "42.50").encode())
    code, said = extracted(tmp_path, content, QUERY, "rows.json")
    assert (code, "Example, last updated on 2026-11-01" in said) == (0, True)
    text = (tmp_path / "rows.json").read_text()
    assert ",42.50," in text
    assert json.loads(text)["rows"] == [[*FIRST[:10], 1, FIRST[11]]]
    assert json.loads(text)["receipt"]["bytes"] == len(content)


def test_rows_are_packed_where_their_name_says_so(tmp_path: Path) -> None:
    assert extracted(tmp_path, SMALL_TEXT.encode(), QUERY, "rows.json.gz")[0] == 0
    assert len(json.loads(gzip.decompress((tmp_path / "rows.json.gz").read_bytes()))["rows"]) == 1


def test_of_a_broken_file_nothing_is_written(tmp_path: Path) -> None:
    code, said = extracted(tmp_path, gzip.compress(SMALL_TEXT.encode())[:-9], QUERY, "rows.json")
    assert (code, "Nothing was written." in said) == (1, True)


def test_a_query_that_is_none_is_refused(tmp_path: Path) -> None:
    code, said = extracted(tmp_path, SMALL_TEXT.encode(), {"npis": []}, "rows.json")
    assert (code, "is no query" in said) == (1, True)
