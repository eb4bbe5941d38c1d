"""The clinic's connectors, from a TOML file: which networks, on what terms, for which payers.

`docs/examples/connectors.toml` shows every kind. No secret may stand in the file, which is copied and committed: it
names an environment variable or a file that holds the secret.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, field

from payers.catalogue.model import Frozen
from payers.eligibility.inquiry import Provider
from payers.eligibility.npi import is_npi
from payers.eligibility.write_270 import PartyId, Qualifier

ANY_PAYER = "*"

PayerId = Annotated[str, Meta(min_length=2, max_length=80)]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
_LITERAL_SECRETS = frozenset(
    {"secret", "password", "passphrase", "token", "key", "api_key", "apikey", "client_secret", "private_key"}
)


class ConfigurationError(ValueError):
    """A connector cannot be used: which place of the file, what is wrong there, what to write instead."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}. {remedy}.")


class _Connector(Frozen, tag_field="kind"):
    """What every connector has. Money and limits are the clinic's own, from its contract with the network."""

    name: Slug
    """It stands in checks, metrics and logs."""
    routes: Annotated[tuple[str, ...], Meta(min_length=1)]
    """Slugs of the payers it is used for; `*` for every payer that no other connector names."""
    network: str = "clearinghouse"
    """Whose payer ids it uses, as the catalogue calls it."""
    payer_ids: dict[str, PayerId] = field(default_factory=dict[str, PayerId])
    """Payer ids in this network by slug, where the catalogue has none or another."""
    in_flight: Annotated[int, Meta(ge=1, le=1000)] = 5
    """How many questions may be under way at once, in each process."""
    per_second: Annotated[float, Meta(gt=0, le=1000)] = 5.0
    """How many may begin within a second, in each process."""
    cost_cents: Annotated[int, Meta(ge=0)] = 0
    """What the network bills for one question."""
    budget_cents_per_day: Annotated[int, Meta(ge=0)] | None = None
    """Beyond it nothing is asked before the next day; absent means no limit."""
    secret_env: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    """The environment variable with the secret that it signs in with."""
    secret_file: Path | None = None
    """Or a file that holds the secret and nothing else."""


class Interchange(_Connector):
    """One that sends X12: from whom to whom, by ids that the network gave. `test` marks the messages as test data."""

    sender_id: PartyId
    receiver_id: PartyId
    sender_qualifier: Qualifier = "ZZ"
    receiver_qualifier: Qualifier = "ZZ"
    test: bool = False


class CoreSettings(Interchange, tag="core"):
    """A network or payer that is reached by CAQH CORE connectivity.

    In `batch` mode `url` takes the questions and `pickup_url` (absent: the same) gives the answers. The clinic signs
    in with `user_name` and its secret, with a client `certificate` (a PEM file that also has the key), or with both.
    """

    url: str
    pickup_url: str | None = None
    mode: Literal["real-time", "batch"] = "real-time"
    envelope: Literal["mime", "soap"] = "soap"
    user_name: str | None = None
    certificate: Path | None = None


class StediSettings(_Connector, tag="stedi"):
    """A network with Stedi's JSON. The secret is the API key; a test key asks test payers."""

    url: str


class AvailitySettings(_Connector, tag="availity"):
    """A network with Availity's asynchronous coverages. The secret is the client's."""

    url: str
    client_id: str
    scope: str = "hipaa"


class FilesSettings(Interchange, tag="files"):
    """Two folders that another program carries to and from a payer. The two may not be the same."""

    outbox: Path
    inbox: Path


ConnectorSettings = CoreSettings | StediSettings | AvailitySettings | FilesSettings


class Configuration(Frozen):
    """Who asks, and through what."""

    clinic: Provider
    connectors: tuple[ConnectorSettings, ...] = ()


def read_configuration(path: Path) -> Configuration:
    """The configuration of a file. Raises `ConfigurationError`."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(str(path), f"it cannot be read ({error.strerror})", "Check the path") from error
    return decode_configuration(text)


def decode_configuration(text: bytes | str) -> Configuration:
    """The configuration that a text of TOML is. Raises `ConfigurationError`."""
    try:
        given: dict[str, Any] = msgspec.toml.decode(text)
        for place in _literal_secrets(given, ""):
            raise ConfigurationError(
                place,
                "a secret may not stand in the file",
                "Put it into an environment variable and name that in secret_env, or into a file named in secret_file",
            )
        configuration = msgspec.convert(given, Configuration, dec_hook=_path)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        raise ConfigurationError(
            place.strip(".`") or "the file", problem, "Compare it with docs/examples/connectors.toml"
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError("the file", f"it is not TOML ({error})", "Correct it") from error
    _check(configuration)
    return configuration


def secret_of(settings: ConnectorSettings, environ: Mapping[str, str]) -> str | None:
    """What a connector signs in with; nothing where the file names no secret. Raises `ConfigurationError`."""
    place = f"connectors.{settings.name}"
    if settings.secret_env is not None:
        secret = environ.get(settings.secret_env, "").strip()
        if not secret:
            raise ConfigurationError(
                f"{place}.secret_env", f"the environment has no {settings.secret_env}", "Set it to the secret"
            )
        return secret
    if settings.secret_file is not None:
        try:
            secret = settings.secret_file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{place}.secret_file", f"{settings.secret_file} cannot be read", "Check the path and who may read it"
            ) from error
        if not secret:
            raise ConfigurationError(f"{place}.secret_file", "the file is empty", "Write the secret into it")
        return secret
    return None


def _path(kind: type, value: object) -> Path:
    if kind is Path and isinstance(value, str) and value:
        return Path(value).expanduser()
    raise ValueError("Expected the path of a file or folder")


def _literal_secrets(given: object, place: str) -> Iterator[str]:
    """Where a secret itself stands; what it is, is not shown."""
    if isinstance(given, dict):
        for name, value in cast("dict[str, object]", given).items():
            here = f"{place}.{name}".strip(".")
            if name.lower() in _LITERAL_SECRETS:
                yield here
            yield from _literal_secrets(value, here)
    elif isinstance(given, list):
        for position, value in enumerate(cast("list[object]", given)):
            yield from _literal_secrets(value, f"{place}[{position}]")


def _check(configuration: Configuration) -> None:
    """What the types do not say."""
    if not is_npi(configuration.clinic.npi):
        raise ConfigurationError("clinic.npi", "it is not an NPI: its last digit does not fit", "Check it")
    names: set[str] = set()
    served: dict[str, str] = {}
    for position, settings in enumerate(configuration.connectors):
        place = f"connectors[{position}]"
        if settings.name in names:
            raise ConfigurationError(f"{place}.name", f"{settings.name} is taken", "Give each connector its own name")
        names.add(settings.name)
        for payer in settings.routes:
            other = served.setdefault(payer, settings.name)
            if other != settings.name:
                raise ConfigurationError(
                    f"{place}.routes", f"{payer} already goes through {other}", "Name it in one connector"
                )
        _check_kind(place, settings)


def _check_kind(place: str, settings: ConnectorSettings) -> None:
    """Addresses, folders, and one place for the secret where one is needed."""
    secrets = [each for each in (settings.secret_env, settings.secret_file) if each is not None]
    if len(secrets) > 1:
        raise ConfigurationError(place, "it has secret_env and secret_file", "Keep one of them")
    match settings:
        case FilesSettings():
            if settings.outbox == settings.inbox:
                raise ConfigurationError(f"{place}.inbox", "it is the outbox too", "Use two folders")
        case CoreSettings():
            _check_url(f"{place}.url", settings.url)
            _check_url(f"{place}.pickup_url", settings.pickup_url or settings.url)
            if bool(secrets) != (settings.user_name is not None):
                problem = "a user name and a secret belong together"
                raise ConfigurationError(place, problem, "Give user_name and secret_env or secret_file")
            if not secrets and settings.certificate is None:
                remedy = "Give user_name and secret_env or secret_file, or certificate"
                raise ConfigurationError(place, "nothing says how to sign in", remedy)
        case StediSettings() | AvailitySettings():
            _check_url(f"{place}.url", settings.url)
            if not secrets:
                raise ConfigurationError(place, "nothing says where its secret is", "Give secret_env or secret_file")


def _check_url(place: str, url: str) -> None:
    """Members' data goes over TLS, except to this machine itself, where a sandbox may be."""
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise ConfigurationError(place, "a sign-in may not stand in the address", "Use user_name and secret_env")
    host = parts.hostname or ""
    if (parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(host))) or not host:
        raise ConfigurationError(place, "it is not the address of a network over TLS", "Write https://host/path")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
