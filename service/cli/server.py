"""`outlay serve`, `migrate`, `seed` and `openapi`: the service and what it stands on."""

from pathlib import Path

import click
import msgspec
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from service.cli.database import in_database, settings
from service.cli.failures import Refused
from service.store.migrate import MigrationLocked
from service.store.migrate import migrate as bring_up_to_date
from service.store.seed import seed as write_files

EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused
  2  the command line or a setting was wrong
  3  the database cannot be reached"""
