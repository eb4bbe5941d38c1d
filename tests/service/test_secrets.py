"""No secret where anybody might look by chance: in a value that is printed, in an error, on a command line."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import MagicMock

import click
import pytest

import service
from service.cli import main
from service.settings import SettingsError, read_settings
from service.store.vault import Vault
from service.web.console.identity import IdentityProvider
from tests.cli.command import outlay

HIDDEN = "hunter2"
SECRET = re.compile(r"secret|password|passphrase|token|verifier|nonce|^database_url$|^limits_url$")
ELSEWHERE = re.compile(r"_file$|_env$|_hash$|^sealed_")
"""Where a secret is, or what only whoever has it or its key can make something of."""
FOR_PRACTICE = ("service.sandbox", "service.testing")


def types_with_secrets() -> Iterator[tuple[type[Any], list[str]]]:
    """Every type of the service that has fields which are called like a secret, and those fields."""
    for module in pkgutil.walk_packages(service.__path__, "service."):
        if module.name.endswith("__main__") or module.name.startswith(FOR_PRACTICE):
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and kind.__module__ == module.name:
                names: tuple[str, ...] = getattr(kind, "__struct_fields__", getattr(kind, "_fields", ()))
                if secret := [name for name in names if SECRET.search(name) and not ELSEWHERE.search(name)]:
                    yield kind, secret


def test_a_value_that_is_printed_keeps_its_secret() -> None:
    found = dict(types_with_secrets())
    assert {"BegunSignIn", "NewKey", "NewWebhook", "Settings", "SignIn", "Visit"} <= {each.__name__ for each in found}
    for kind, secret in found.items():
        names = getattr(kind, "__struct_fields__", getattr(kind, "_fields", ()))
        value = kind(**{name: HIDDEN if name in secret else MagicMock() for name in names})
        assert HIDDEN not in f"{value} {value!r}", kind


def test_a_vault_and_a_provider_keep_theirs() -> None:
    provider = IdentityProvider("https://login.example", "outlay", HIDDEN, "roles", "https://estimates.clinic.example")
    for value in (Vault([HIDDEN.encode() * 5]), provider):
        assert HIDDEN not in f"{value} {value!r}"


@pytest.mark.parametrize(("name", "scheme"), [("OUTLAY_DATABASE_URL", "postgresql"), ("OUTLAY_LIMITS_URL", "valkey")])
@pytest.mark.parametrize(
    "cut", ["clinic:{}#x", "clinic:{}/x", "clinic:{}@[", "clinic:5#{}", "clinic:5/{}", "clinic:5?{}"]
)
def test_an_address_whose_password_was_not_escaped_is_refused_without_it(name: str, scheme: str, cut: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: f"{scheme}://{cut.format(HIDDEN)}@db/outlay"})
    assert name in str(refused.value)
    assert HIDDEN not in str(refused.value)


def test_an_address_may_name_several_hosts() -> None:
    url = "postgresql://clinic@[::1]:5432,standby.example:5433/outlay?target_session_attrs=read-write"
    assert read_settings({"OUTLAY_DATABASE_URL": url}).database_url == url


def test_a_database_that_does_not_answer_is_told_without_the_password() -> None:
    refused = outlay("keys", "list", OUTLAY_DATABASE_URL=f"postgresql://clinic:{HIDDEN}@127.0.0.1:1/outlay")
    assert refused.returncode == 3
    assert HIDDEN not in refused.stdout + refused.stderr


def test_no_command_takes_a_secret_on_its_command_line() -> None:
    """Whoever is on the machine can read it there, in `ps`."""
    taken = {name for command in commands(main) for parameter in command.params for name in parameter.opts}
    assert "--scope" in taken
    assert [name for name in taken if any(word in name for word in ("password", "secret", "token"))] == []


def commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (inner := command.get_command(context, name)) is not None:
                yield from commands(inner)
