"""What whoever runs the service decides: one frozen value, read once from the environment."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

import msgspec
from limits import RateLimitItem, parse

LogLevel = Literal["debug", "info", "warning", "error"]
MAX_WORKERS = 32
MAX_MEMBER_DATA_DAYS = 3650
MAX_FRESH_HOURS = 24 * 31
MAX_PROXIES = 9
MAX_CONCURRENT_REQUESTS = 10_000
MAX_REQUEST_SECONDS = 600
_HOST = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(:\d*)?")
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class SettingsError(ValueError):
    """A setting cannot be used: which variable, what is wrong with it, what to write instead."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        super().__init__(f"{name}: {problem}. {remedy}.")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The service's settings.

    Without `database_url` the service starts its own Postgres in `data_dir`. `widget_origins` are the websites whose
    pages may call the widget's endpoints from a browser; `*` allows any, and none is needed for the service's own
    pages.

    `member_data_keys` is the file of the keys that seal members' data, which is taken away `member_data_days` after
    the answer; `connectors` is the file that says how payers are reached. An answer is given again for
    `eligibility_fresh_hours`. Webhooks go over TLS, except to this machine and to `webhook_http_hosts`.

    `public_urls` are the addresses by which the service is reached from outside: whoever names another host is refused.
    Price files come over https from the public internet, except from `rate_file_hosts`.

    People sign in to the console by a staff key, and by the identity provider where the first three `oidc_` settings
    name one, which sends them back to the first of those addresses. `oidc_roles_claim` is where its ID token says what
    a person may do.

    `proxies` stand before the service and tell whose request they hand on. `limit_public` and `limit_sign_in` are for
    one address, `limit_staff` for one key, and for one address in the console; they are counted in each process, or in
    the Valkey of `limits_url`. An environment that says nothing of them limits; settings made in a program do not. A
    process answers `concurrent_requests` at a time, and gives each `request_seconds`.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path(".outlay")
    database_url: str | None = None
    workers: int = 1
    public_urls: tuple[str, ...] = ()
    widget_origins: tuple[str, ...] = ()
    log_level: LogLevel = "info"
    member_data_keys: Path | None = None
    member_data_days: int = 30
    connectors: Path | None = None
    eligibility_fresh_hours: int = 24
    webhook_http_hosts: tuple[str, ...] = ()
    rate_file_hosts: tuple[str, ...] = ()
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret_file: Path | None = None
    oidc_roles_claim: str = "roles"
    proxies: int = 0
    limits_url: str | None = None
    limit_public: RateLimitItem | None = None
    limit_staff: RateLimitItem | None = None
    limit_sign_in: RateLimitItem | None = None
    concurrent_requests: int = 200
    request_seconds: int = 30

    def __repr__(self) -> str:
        return f"Settings({self.url})"  # the addresses among them may hold passwords

    @property
    def url(self) -> str:
        """Where a person on this machine finds the service."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104  compared, not bound to
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of an environment; a variable that is empty counts as absent. Raises `SettingsError`."""
    given = {name: value.strip() for name, value in environ.items() if name.startswith("OUTLAY_") and value.strip()}
    default = Settings()
    return Settings(
        host=given.get("OUTLAY_HOST", default.host),
        port=_number(given, "OUTLAY_PORT", default.port, 65535),
        data_dir=Path(given.get("OUTLAY_DATA_DIR", default.data_dir)).expanduser().absolute(),
        database_url=_database_url(given.get("OUTLAY_DATABASE_URL")),
        workers=_number(given, "OUTLAY_WORKERS", default.workers, MAX_WORKERS),
        public_urls=_public_urls(given.get("OUTLAY_PUBLIC_URLS", "")),
        widget_origins=_origins(given.get("OUTLAY_WIDGET_ORIGINS", "")),
        log_level=_log_level(given.get("OUTLAY_LOG_LEVEL", default.log_level)),
        member_data_keys=_file(given.get("OUTLAY_MEMBER_DATA_KEYS")),
        member_data_days=_number(given, "OUTLAY_MEMBER_DATA_DAYS", default.member_data_days, MAX_MEMBER_DATA_DAYS),
        connectors=_file(given.get("OUTLAY_CONNECTORS")),
        eligibility_fresh_hours=_number(
            given, "OUTLAY_ELIGIBILITY_FRESH_HOURS", default.eligibility_fresh_hours, MAX_FRESH_HOURS
        ),
        webhook_http_hosts=_hosts("OUTLAY_WEBHOOK_HTTP_HOSTS", given),
        rate_file_hosts=_hosts("OUTLAY_RATE_FILE_HOSTS", given),
        oidc_issuer=_issuer(given),
        oidc_client_id=given.get("OUTLAY_OIDC_CLIENT_ID"),
        oidc_client_secret_file=_file(given.get("OUTLAY_OIDC_CLIENT_SECRET_FILE")),
        oidc_roles_claim=given.get("OUTLAY_OIDC_ROLES_CLAIM", default.oidc_roles_claim),
        proxies=_number(given, "OUTLAY_PROXIES", default.proxies, MAX_PROXIES, lowest=0),
        limits_url=_limits_url(given.get("OUTLAY_LIMITS_URL")),
        limit_public=_limit(given, "OUTLAY_LIMIT_PUBLIC", "600/minute"),
        limit_staff=_limit(given, "OUTLAY_LIMIT_STAFF", "1200/minute"),
        limit_sign_in=_limit(given, "OUTLAY_LIMIT_SIGN_IN", "60/minute"),
        concurrent_requests=_number(
            given, "OUTLAY_CONCURRENT_REQUESTS", default.concurrent_requests, MAX_CONCURRENT_REQUESTS
        ),
        request_seconds=_number(given, "OUTLAY_REQUEST_SECONDS", default.request_seconds, MAX_REQUEST_SECONDS),
    )


def _file(text: str | None) -> Path | None:
    return None if text is None else Path(text).expanduser().absolute()


def _number(given: Mapping[str, str], name: str, default: int, highest: int, *, lowest: int = 1) -> int:
    text = given.get(name, str(default))
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise SettingsError(name, f"{text!r} is not a number from {lowest} to {highest}", f"Set it to, say, {default}")
    return int(text)


def _limit(given: Mapping[str, str], name: str, default: str) -> RateLimitItem | None:
    text = given.get(name, default)
    if text.lower() == "off":
        return None
    try:
        limit = parse(text)
    except ValueError:
        limit = None
    if limit is None or limit.amount < 1:
        raise SettingsError(name, f"{text!r} is not a limit", "Write 600/minute, 10/second or 5000/hour, or off")
    return limit


def _limits_url(text: str | None) -> str | None:
    if text is not None and not _is_address(text, "valkey", "valkeys", "redis", "rediss"):
        # The value may hold a password, so it is not shown.
        problem = "it is not the address of a Valkey or Redis"
        raise SettingsError("OUTLAY_LIMITS_URL", problem, "Write valkey://USER:PASSWORD@HOST:6379/0")
    return text


def _database_url(text: str | None) -> str | None:
    if text is not None and not _is_address(text, "postgresql", "postgres"):
        # The value may hold a password, so it is not shown.
        raise SettingsError(
            "OUTLAY_DATABASE_URL",
            "it is not a PostgreSQL address",
            "Write postgresql://USER:PASSWORD@HOST:5432/NAME, or leave it out for the embedded database",
        )
    return text


def _is_address(text: str, *schemes: str) -> bool:
    """Whether it is one, perhaps of several hosts.

    Where a password was not escaped, a part of it stands in the place of a port, or with the `@` behind it in that of
    the path or the query, and the driver would repeat it.
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    hosts = parts.netloc.rpartition("@")[2].split(",")
    cut = "@" in parts.path + parts.query + parts.fragment
    return parts.scheme in schemes and not cut and all(_HOST.fullmatch(host) for host in hosts)


def _public_urls(text: str) -> tuple[str, ...]:
    urls = tuple(url.strip().removesuffix("/") for url in text.split(",") if url.strip())
    for url in urls:
        parts = urlsplit(url)
        over_tls = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
        if not over_tls or not parts.hostname or url != f"{parts.scheme}://{parts.netloc}" or "@" in url:
            raise SettingsError(
                "OUTLAY_PUBLIC_URLS",
                f"{url!r} is not an address of this service over TLS",
                "Write scheme and host alone, separated by commas: https://estimates.clinic.example",
            )
    return urls


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(origin.strip() for origin in text.split(",") if origin.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if origin != "*" and (parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}"):
            raise SettingsError(
                "OUTLAY_WIDGET_ORIGINS",
                f"{origin!r} is not the origin of a website",
                "Write scheme and host alone, separated by commas: https://clinic.example,https://www.clinic.example",
            )
    return origins


def _hosts(name: str, given: Mapping[str, str]) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in given.get(name, "").split(",") if host.strip())
    for host in hosts:
        if urlsplit(f"http://{host}").hostname != host:
            raise SettingsError(
                name,
                f"{host!r} is not the name or the address of a host",
                "Write hosts alone, without scheme and port, separated by commas: records.clinic.example,10.0.0.8",
            )
    return hosts


def _issuer(given: Mapping[str, str]) -> str | None:
    """The identity provider's address, which is worth nothing without the settings beside it."""
    needed = ("OUTLAY_OIDC_ISSUER", "OUTLAY_OIDC_CLIENT_ID", "OUTLAY_OIDC_CLIENT_SECRET_FILE", "OUTLAY_PUBLIC_URLS")
    present = [name for name in needed[:-1] if name in given]
    if present and not given.keys() >= set(needed):
        lacking = next(name for name in needed if name not in given)
        raise SettingsError(lacking, f"it is needed beside {present[0]}", f"Set all of {', '.join(needed)}, or none")
    issuer = given.get("OUTLAY_OIDC_ISSUER")
    if issuer is not None:
        parts = urlsplit(issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _THIS_MACHINE):
            problem = f"{issuer!r} is not the address of an identity provider"
            raise SettingsError("OUTLAY_OIDC_ISSUER", problem, "Write it as the provider does: https://login.example")
    return issuer


def _log_level(text: str) -> LogLevel:
    for level in get_args(LogLevel):
        if text.lower() == level:
            return level
    raise SettingsError(
        "OUTLAY_LOG_LEVEL", f"{text!r} is not a log level", f"Use one of {', '.join(get_args(LogLevel))}"
    )
