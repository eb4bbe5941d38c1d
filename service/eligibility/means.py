"""What it takes to ask payers: keys for member data, the clinic's connectors, and the desk that guards them."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from service.clearinghouse.configuration import Configuration, ConfigurationError, read_configuration, secret_of
from service.clearinghouse.desk import Desk
from service.clearinghouse.opening import open_connectors
from service.eligibility.ledger import StoredLedger
from service.settings import Settings, SettingsError
from service.store.database import Pool
from service.store.vault import Vault, VaultError, read_vault


class Means(NamedTuple):
    """Held by a process that serves or works. Without a `configuration` nobody can be asked; the rest works."""

    pool: Pool
    vault: Vault
    configuration: Configuration | None
    desk: Desk
    clock: Callable[[], datetime]
    fresh: timedelta
    """How long an answer is given again instead of asking the payer."""
    kept: timedelta
    """How long member data is kept after the answer."""
    http_hosts: frozenset[str]
    """Hosts that webhooks may reach without TLS."""

    def reaches(self, connector: str) -> bool:
        """Whether a connector of this name is set up; one that was may be no longer."""
        return self.configuration is not None and any(each.name == connector for each in self.configuration.connectors)


def vault_of(settings: Settings) -> Vault | None:
    """The keys for member data; nothing where the settings name none. Raises `SettingsError`."""
    if settings.member_data_keys is None:
        return None
    try:
        return read_vault(settings.member_data_keys)
    except VaultError as error:
        raise SettingsError("OUTLAY_MEMBER_DATA_KEYS", str(error).rstrip("."), "Put the file right") from error


def configuration_of(settings: Settings) -> Configuration | None:
    """The clinic's connectors, whose secrets are at hand; nothing where the settings name none.

    Raises:
        SettingsError: the file or a secret that it names cannot be used.
    """
    if settings.connectors is None:
        return None
    try:
        configuration = read_configuration(settings.connectors)
        for connector in configuration.connectors:
            secret_of(connector, os.environ)
    except ConfigurationError as error:
        raise _unusable(error) from error
    return configuration


def check_files(settings: Settings) -> None:
    """Say of a file that cannot be used before any process starts to serve. Raises `SettingsError`."""
    vault_of(settings)
    configuration_of(settings)


def _unusable(error: ConfigurationError) -> SettingsError:
    return SettingsError("OUTLAY_CONNECTORS", str(error).rstrip("."), "Put the file right")


@asynccontextmanager
async def opened(settings: Settings, pool: Pool, clock: Callable[[], datetime]) -> AsyncGenerator[Means | None]:
    """The means of the settings, on the running event loop; nothing without keys for member data.

    Raises:
        SettingsError: a file that the settings name cannot be used.
    """
    vault = vault_of(settings)
    if vault is None:
        yield None
        return
    configuration = configuration_of(settings)
    try:
        connectors = open_connectors(configuration, os.environ, clock) if configuration else {}
    except ConfigurationError as error:
        raise _unusable(error) from error
    by_name = {each.name: each for each in configuration.connectors} if configuration else {}
    desk = Desk(by_name, connectors, StoredLedger(pool), clock, asyncio.sleep)
    try:
        yield Means(
            pool=pool,
            vault=vault,
            configuration=configuration,
            desk=desk,
            clock=clock,
            fresh=timedelta(hours=settings.eligibility_fresh_hours),
            kept=timedelta(days=settings.member_data_days),
            http_hosts=frozenset(settings.webhook_http_hosts),
        )
    finally:
        await desk.close()
