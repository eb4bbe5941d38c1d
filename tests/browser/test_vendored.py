"""Files of others that the tests use: as they were published, and each with its licence."""

import hashlib
from pathlib import Path

import msgspec

VENDOR = Path(__file__).parent / "vendor"
LISTED: list[dict[str, str]] = msgspec.toml.decode((VENDOR / "list.toml").read_bytes())["file"]


def test_every_file_is_listed_and_as_it_was_published() -> None:
    for each in LISTED:
        content = (VENDOR / each["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["sha256"], each["name"]
        assert each["version"].encode() in content[:200]
        assert (VENDOR / each["licence_file"]).is_file()
    listed = {each[kind] for each in LISTED for kind in ("name", "licence_file")}
    assert {path.name for path in VENDOR.iterdir()} == listed | {"list.toml"}
