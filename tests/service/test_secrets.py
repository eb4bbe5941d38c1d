"""No secret where anybody might look by chance: in a value that is printed, in an error, on a command line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import click
import pytest

from service.api.webhooks import NewWebhook
from service.cli import main
from service.settings import Settings, SettingsError, read_settings
from service.store.keys import Key, NewKey
from service.store.sessions import BegunSignIn
from service.store.vault import Vault
from tests.cli.command import outlay

HIDDEN = "hunter2"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ID = UUID(int=1)
KEY = Key(
    id=ID, name="desk", secret_hash=b"", last4="", scopes=("admin",), created_at=NOW, expires_at=None, revoked_at=None
)


@pytest.mark.parametrize(
    "value",
    [
        Settings(
            database_url=f"postgresql://clinic:{HIDDEN}@db/outlay", limits_url=f"valkey://:{HIDDEN}@counts:6379/0"
        ),
        NewKey(key=KEY, secret=HIDDEN),
        BegunSignIn(state=HIDDEN, nonce=HIDDEN, code_verifier=HIDDEN, return_to="/console"),
        NewWebhook(id=ID, created_at=NOW, url="https://clinic.example", disabled_at=None, secret=HIDDEN),
        Vault([HIDDEN.encode() * 5]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_is_printed_keeps_its_secret(value: object) -> None:
    assert HIDDEN not in f"{value} {value!r}"


@pytest.mark.parametrize(("name", "scheme"), [("OUTLAY_DATABASE_URL", "postgresql"), ("OUTLAY_LIMITS_URL", "valkey")])
@pytest.mark.parametrize("rest", ["clinic:{}#x@db/outlay", "clinic:{}/x@db/outlay", "clinic:{}@[/outlay"])
def test_an_address_whose_password_was_not_escaped_is_refused_without_it(name: str, scheme: str, rest: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: f"{scheme}://{rest.format(HIDDEN)}"})
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
