"""The keys that a command needs to open members' data."""

import click
import msgspec

from service.cli.database import settings
from service.cli.failures import Refused
from service.eligibility.means import vault_of
from service.sandbox_process import CONNECTORS
from service.serve import MEMBER_DATA_KEYS
from service.settings import Settings, SettingsError
from service.store.vault import Vault


def with_files(chosen: Settings) -> Settings:
    """With the files that `outlay serve` leaves in the data directory beside its own database."""
    if chosen.database_url is not None:
        return chosen
    keys, connectors = chosen.data_dir / MEMBER_DATA_KEYS, chosen.data_dir / CONNECTORS
    return msgspec.structs.replace(
        chosen,
        member_data_keys=chosen.member_data_keys or (keys if keys.exists() else None),
        connectors=chosen.connectors or (connectors if connectors.exists() else None),
    )


def vault_if_any() -> Vault | None:
    """The configured keys. Raises `click.UsageError` where their file cannot be used."""
    try:
        return vault_of(with_files(settings()))
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def vault_of_command() -> Vault:
    """The configured keys. Raises `Refused` where there are none."""
    vault = vault_if_any()
    if vault is None:
        raise without_keys()
    return vault


def without_keys() -> Refused:
    """What to tell then."""
    return Refused("there are no keys for members' data", "Remedy: set OUTLAY_MEMBER_DATA_KEYS to their file.")
