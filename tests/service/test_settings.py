"""Settings: what is given is read, and what cannot be used is refused with a remedy."""

from pathlib import Path

import pytest
from limits import parse

from service.settings import SettingsError, read_settings


def test_what_is_given_is_read() -> None:
    settings = read_settings(
        {
            "OUTLAY_HOST": "0.0.0.0",  # noqa: S104  read, not bound to
            "OUTLAY_PORT": "80",
            "OUTLAY_DATA_DIR": "/var/lib/outlay",
            "OUTLAY_DATABASE_URL": "postgresql://outlay@db/outlay",
            "OUTLAY_WORKERS": "2",
            "OUTLAY_PUBLIC_URLS": "https://estimates.clinic.example/, http://localhost:8000",
            "OUTLAY_WIDGET_ORIGINS": "https://clinic.example, https://www.clinic.example",
            "OUTLAY_LOG_LEVEL": "DEBUG",
            "OUTLAY_MEMBER_DATA_KEYS": "/run/secrets/member-data-keys",
            "OUTLAY_MEMBER_DATA_DAYS": "7",
            "OUTLAY_CONNECTORS": "/etc/outlay/connectors.toml",
            "OUTLAY_ELIGIBILITY_FRESH_HOURS": "12",
            "OUTLAY_WEBHOOK_HTTP_HOSTS": "Records.clinic.example, 10.0.0.8",
            "OUTLAY_RATE_FILE_HOSTS": "files.clinic.example",
            "OUTLAY_PROXIES": "2",
            "OUTLAY_LIMITS_URL": "valkey://counts:6379/0",
            "OUTLAY_LIMIT_PUBLIC": "10/second",
            "OUTLAY_LIMIT_STAFF": "off",
            "OUTLAY_CONCURRENT_REQUESTS": "50",
            "OUTLAY_REQUEST_SECONDS": "10",
            "HOME": "/root",
        }
    )
    assert (settings.port, settings.workers, settings.log_level) == (80, 2, "debug")
    assert settings.data_dir == Path("/var/lib/outlay")
    assert settings.widget_origins == ("https://clinic.example", "https://www.clinic.example")
    assert settings.public_urls == ("https://estimates.clinic.example", "http://localhost:8000")
    assert settings.url == "http://127.0.0.1:80"
    assert settings.member_data_keys == Path("/run/secrets/member-data-keys")
    assert settings.connectors == Path("/etc/outlay/connectors.toml")
    assert (settings.member_data_days, settings.eligibility_fresh_hours) == (7, 12)
    assert (settings.proxies, settings.limits_url) == (2, "valkey://counts:6379/0")
    assert (settings.limit_public, settings.limit_staff) == (parse("10/second"), None)
    assert (settings.concurrent_requests, settings.request_seconds) == (50, 10)
    assert settings.webhook_http_hosts == ("records.clinic.example", "10.0.0.8")
    assert settings.rate_file_hosts == ("files.clinic.example",)


def test_an_environment_that_says_nothing_limits() -> None:
    settings = read_settings({})
    assert None not in (settings.limit_public, settings.limit_staff, settings.limit_sign_in)


def test_what_is_empty_is_absent() -> None:
    assert read_settings({"OUTLAY_PORT": "", "OUTLAY_DATABASE_URL": " "}) == read_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OUTLAY_PORT", "http"),
        ("OUTLAY_PUBLIC_URLS", "estimates.clinic.example"),
        ("OUTLAY_PUBLIC_URLS", "http://estimates.clinic.example"),
        ("OUTLAY_PUBLIC_URLS", "https://estimates.clinic.example/console"),
        ("OUTLAY_PUBLIC_URLS", "https://who@estimates.clinic.example"),
        ("OUTLAY_PORT", "0"),
        ("OUTLAY_PORT", "65536"),
        ("OUTLAY_WORKERS", "-1"),
        ("OUTLAY_DATABASE_URL", "mysql://root:secret@db/outlay"),
        ("OUTLAY_WIDGET_ORIGINS", "clinic.example"),
        ("OUTLAY_WIDGET_ORIGINS", "https://clinic.example/prices"),
        ("OUTLAY_LOG_LEVEL", "loud"),
        ("OUTLAY_MEMBER_DATA_DAYS", "0"),
        ("OUTLAY_ELIGIBILITY_FRESH_HOURS", "1000"),
        ("OUTLAY_WEBHOOK_HTTP_HOSTS", "http://records.clinic.example"),
        ("OUTLAY_RATE_FILE_HOSTS", "https://files.clinic.example"),
        ("OUTLAY_WEBHOOK_HTTP_HOSTS", "records.clinic.example:8080"),
        ("OUTLAY_PROXIES", "one"),
        ("OUTLAY_PROXIES", "10"),
        ("OUTLAY_LIMITS_URL", "http://root:secret@counts"),
        ("OUTLAY_LIMITS_URL", "memcached://counts"),
        ("OUTLAY_LIMIT_PUBLIC", "many"),
        ("OUTLAY_LIMIT_STAFF", "0/minute"),
        ("OUTLAY_LIMIT_SIGN_IN", "10 a minute"),
        ("OUTLAY_CONCURRENT_REQUESTS", "0"),
    ],
)
def test_what_cannot_be_used_is_named_with_a_remedy(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name}: .+\. .+\.$") as refused:
        read_settings({name: value})
    assert "secret" not in str(refused.value)
