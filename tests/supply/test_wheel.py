"""The wheel is the same to the last byte, wherever and whenever it is built."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from supply.locked import ROOT

SHIPPED = ("payers", "service", "migrations", "pyproject.toml", "README.md", "LICENSE")


def built(source: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1795910400"}
    subprocess.run(command, cwd=source, env=environment, check=True, capture_output=True)
    (wheel,) = folder.iterdir()
    return wheel


def test_two_builds_are_one(tmp_path: Path) -> None:
    elsewhere = tmp_path / "another/place"
    elsewhere.mkdir(parents=True)
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name,
                elsewhere / name,
                copy_function=shutil.copyfile,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        else:
            shutil.copyfile(ROOT / name, elsewhere / name)
    one, two = built(ROOT, tmp_path / "one"), built(elsewhere, tmp_path / "two")
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()
