"""The connectors' file: what it takes, what it refuses and what it says then."""

from pathlib import Path

import pytest

from service.clearinghouse.configuration import (
    Configuration,
    ConfigurationError,
    CoreSettings,
    FilesSettings,
    decode_configuration,
    read_configuration,
    secret_of,
)
from service.clearinghouse.connector import Connector
from service.clearinghouse.opening import open_connectors
from tests.service.clearinghouse.certificates import Authority
from tests.service.clearinghouse.network import NOW

EXAMPLE = Path(__file__).parents[3] / "docs/examples/connectors.toml"
CLINIC = '[clinic]\nname = "Pike Clinic"\nnpi = "1999999984"\n'
STEDI = '[[connectors]]\nkind = "stedi"\nname = "a"\nurl = "https://a.example"\nroutes = ["*"]\nsecret_env = "KEY"\n'
CORE = (
    '[[connectors]]\nkind = "core"\nname = "b"\nurl = "https://b.example/core"\nroutes = ["medicare"]\n'
    'sender_id = "CLINIC"\nreceiver_id = "PAYER"\nuser_name = "clinic"\nsecret_env = "PASSWORD"\n'
)
FILES = (
    '[[connectors]]\nkind = "files"\nname = "c"\nroutes = ["champva"]\nsender_id = "CLINIC"\nreceiver_id = "PAYER"\n'
    'outbox = "out"\ninbox = "in"\n'
)


def only(text: str) -> Configuration:
    return decode_configuration(CLINIC + text)


def test_the_example_shows_every_kind() -> None:
    configuration = read_configuration(EXAMPLE)

    assert {type(each).__name__ for each in configuration.connectors} == {
        "CoreSettings",
        "StediSettings",
        "AvailitySettings",
        "FilesSettings",
    }
    assert configuration.clinic.npi == "1999999984"


def test_a_clinic_may_have_no_connector_yet() -> None:
    assert only("").connectors == ()


def test_what_is_left_out_is_careful() -> None:
    (core,) = only(CORE).connectors

    assert isinstance(core, CoreSettings)
    assert (core.mode, core.envelope, core.test) == ("real-time", "soap", False)
    assert (core.in_flight, core.per_second, core.cost_cents, core.budget_cents_per_day) == (5, 5.0, 0, None)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (STEDI + 'password = "hunter2"\n', "connectors[0].password"),
        (STEDI + 'API_KEY = "hunter2"\n', "connectors[0].API_KEY"),
        (STEDI + 'payer_ids = { secret = "hunter2" }\n', "connectors[0].payer_ids.secret"),
        (STEDI.replace("https://", "https://clinic:hunter2@"), "connectors[0].url"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(text: str, place: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        only(text)

    assert str(refused.value).startswith(f"{place}: ")
    assert "secret_env" in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[connectors]\n", "connectors: Expected `array`"),
        (STEDI + 'colour = "red"\n', "connectors[0]: Object contains unknown field `colour`"),
        (STEDI.replace('"stedi"', '"change"'), "connectors[0].kind: Invalid value 'change'"),
        (STEDI.replace('name = "a"', 'name = "A b"'), "connectors[0].name: Expected `str` matching regex"),
        (STEDI.replace('["*"]', "[]"), "connectors[0].routes: Expected `array` of length >= 1"),
        (STEDI + "in_flight = 0\n", "connectors[0].in_flight: Expected `int` >= 1"),
        (STEDI + 'in_flight = "5"\n', "connectors[0].in_flight: Expected `int`, got `str`"),
        (STEDI + "per_second = 0.0\n", "connectors[0].per_second: Expected `float` > 0.0"),
        (STEDI + "cost_cents = -1\n", "connectors[0].cost_cents: Expected `int` >= 0"),
        (STEDI.replace('secret_env = "KEY"\n', ""), "connectors[0]: nothing says where its secret is"),
        (STEDI + 'secret_file = "key"\n', "connectors[0]: it has secret_env and secret_file"),
        (STEDI.replace('"KEY"', '"sk_live_123"'), "connectors[0].secret_env: Expected `str` matching regex"),
        (STEDI.replace("https://a.example", "http://a.example"), "connectors[0].url: it is not the address"),
        (STEDI.replace("https://a.example", "a.example"), "connectors[0].url: it is not the address"),
        (STEDI + STEDI, "connectors[1].name: a is taken"),
        (STEDI + STEDI.replace('"a"', '"b"', 1), "connectors[1].routes: * already goes through a"),
        (CORE.replace('user_name = "clinic"\n', ""), "connectors[0]: a user name and a secret belong together"),
        (CORE.replace('secret_env = "PASSWORD"\n', ""), "connectors[0]: a user name and a secret belong together"),
        (
            CORE.replace('user_name = "clinic"\nsecret_env = "PASSWORD"\n', ""),
            "connectors[0]: nothing says how to sign in",
        ),
        (CORE + 'pickup_url = "http://b.example"\n', "connectors[0].pickup_url: it is not the address"),
        (CORE.replace('"CLINIC"', '"A NAME THAT IS TOO LONG"'), "connectors[0].sender_id: Expected `str` of length"),
        (FILES.replace('"out"', '"in"'), "connectors[0].inbox: it is the outbox too"),
        (FILES.replace('"out"', "7"), "connectors[0].outbox: Expected the path"),
    ],
)
def test_what_cannot_be_used_names_its_place(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        only(text)

    assert str(refused.value).startswith(said)


def test_the_clinic_needs_a_real_npi() -> None:
    with pytest.raises(ConfigurationError, match=r"^clinic\.npi: "):
        decode_configuration(CLINIC.replace("984", "985"))


def test_a_file_that_is_not_there_or_no_toml_says_so(tmp_path: Path) -> None:
    (tmp_path / "connectors.toml").write_text("[clinic")

    with pytest.raises(ConfigurationError, match="it cannot be read"):
        read_configuration(tmp_path / "nowhere.toml")
    with pytest.raises(ConfigurationError, match="it is not TOML"):
        read_configuration(tmp_path / "connectors.toml")


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "localhost", "[::1]:8001"])
def test_this_machine_needs_no_tls(host: str) -> None:
    assert only(STEDI.replace("https://a.example", f"http://{host}/stedi")).connectors


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    by_name, by_file, none = only(
        STEDI + CORE.replace('secret_env = "PASSWORD"', f'secret_file = "{tmp_path}/secret"') + FILES
    ).connectors

    assert secret_of(by_name, {"KEY": " from the environment "}) == "from the environment"
    assert secret_of(by_file, {}) == "from a file"
    assert isinstance(none, FilesSettings)
    assert secret_of(none, {}) is None


def test_a_secret_that_is_not_there_is_named_and_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    by_name, by_file = only(
        STEDI + CORE.replace('secret_env = "PASSWORD"', f'secret_file = "{tmp_path}/none"')
    ).connectors
    (empty,) = only(STEDI.replace('secret_env = "KEY"', f'secret_file = "{tmp_path}/empty"')).connectors

    with pytest.raises(ConfigurationError, match=r"connectors\.a\.secret_env: the environment has no KEY"):
        secret_of(by_name, {"KEY": ""})
    with pytest.raises(ConfigurationError, match=r"connectors\.b\.secret_file: .* cannot be read"):
        secret_of(by_file, {})
    with pytest.raises(ConfigurationError, match="the file is empty"):
        secret_of(empty, {})


async def test_connectors_are_made_by_name(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).issue("clinic")
    configuration = only(STEDI + CORE + f'certificate = "{certificate}"\n' + FILES)

    connectors: dict[str, Connector] = open_connectors(configuration, {"KEY": "k", "PASSWORD": "p"}, lambda: NOW)

    assert {name: each.name for name, each in connectors.items()} == {"a": "a", "b": "b", "c": "c"}
    for each in connectors.values():
        await each.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_certificate_that_is_none_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "clinic.pem"
    if content:
        path.write_text(content)

    with pytest.raises(ConfigurationError, match=r"connectors\.b\.certificate: "):
        open_connectors(only(CORE + f'certificate = "{path}"\n'), {"PASSWORD": "p"}, lambda: NOW)
