"""Connectors made from their settings, with the secrets they sign in with."""

from collections.abc import Callable, Mapping
from datetime import datetime

from service.clearinghouse.availity import AvailityConnector
from service.clearinghouse.configuration import (
    AvailitySettings,
    Configuration,
    ConfigurationError,
    ConnectorSettings,
    CoreSettings,
    FilesSettings,
    StediSettings,
    secret_of,
)
from service.clearinghouse.connector import Connector
from service.clearinghouse.core import CoreConnector
from service.clearinghouse.files import FilesConnector
from service.clearinghouse.stedi import StediConnector


def open_connectors(
    configuration: Configuration, environ: Mapping[str, str], clock: Callable[[], datetime]
) -> dict[str, Connector]:
    """Every connector by its name, within the event loop that will use it. Raises `ConfigurationError`."""
    return {settings.name: _open(settings, environ, clock) for settings in configuration.connectors}


def _open(settings: ConnectorSettings, environ: Mapping[str, str], clock: Callable[[], datetime]) -> Connector:
    secret = secret_of(settings, environ) or ""
    match settings:
        case CoreSettings():
            try:
                return CoreConnector(settings, secret, clock)
            except OSError as error:
                raise ConfigurationError(
                    f"connectors.{settings.name}.certificate",
                    f"{settings.certificate} cannot be used as a certificate",
                    "Name a PEM file with the certificate and its private key",
                ) from error
        case StediSettings():
            return StediConnector(settings, secret)
        case AvailitySettings():
            return AvailityConnector(settings, secret, clock)
        case FilesSettings():
            return FilesConnector(settings, clock)
