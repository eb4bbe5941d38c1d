"""A file behind an address comes whole, from where it broke, and never from where it must not be asked."""

import socket
from collections.abc import Generator

import pytest

from service.rates import download
from service.rates.download import Download, Unchanged, Unfetched
from tests.service.rates.payer_server import Payer, payer_server

CONTENT = bytes(range(256)) * 400
HERE = ("127.0.0.1",)


@pytest.fixture
def payer() -> Generator[Payer]:
    with payer_server() as server:
        server.files["/rates.json.gz"] = CONTENT
        server.etags["/rates.json.gz"] = '"one"'
        yield server


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_PAUSE_SECONDS", 0)


def downloaded(address: str, **known: object) -> bytes:
    with Download(address, HERE, **known) as file:  # pyright: ignore[reportArgumentType]
        return b"".join(iter(lambda: file.read(10_000), b""))


def test_it_comes_whole(payer: Payer) -> None:
    with Download(f"{payer.url}/rates.json.gz?signature=secret", HERE) as file:
        assert (file.name, file.etag, file.length) == ("127.0.0.1/rates.json.gz", '"one"', len(CONTENT))
        assert file.read(3) + file.read() + b"".join(iter(file.read, b"")) == CONTENT


def test_it_goes_on_where_the_connection_broke(payer: Payer) -> None:
    payer.breaks_after = 30_000
    assert downloaded(f"{payer.url}/rates.json.gz") == CONTENT
    assert [asked[1:] for asked in payer.asked] == [
        (None, None),
        *((f"bytes={begin}-", '"one"') for begin in (30_000, 60_000, 90_000)),
    ]


def test_one_that_was_replaced_meanwhile_is_refused(payer: Payer) -> None:
    payer.breaks_after = 30_000
    with Download(f"{payer.url}/rates.json.gz", HERE) as file:
        assert file.read()
        payer.etags["/rates.json.gz"] = '"two"'
        with pytest.raises(Unfetched, match="was replaced"):
            b"".join(iter(file.read, b""))


@pytest.mark.parametrize(("ranges", "tag"), [(False, '"one"'), (True, None), (True, 'W/"weak"')])
def test_one_that_cannot_be_resumed_is_refused(payer: Payer, ranges: bool, tag: str | None) -> None:
    payer.breaks_after, payer.ranges = 30_000, ranges
    payer.etags = {"/rates.json.gz": tag} if tag else {}
    with pytest.raises(Unfetched, match="cannot be resumed"):
        downloaded(f"{payer.url}/rates.json.gz")


def test_one_that_brings_nothing_is_given_up(payer: Payer) -> None:
    payer.breaks_after = 0
    with pytest.raises(Unfetched, match="again and again"):
        downloaded(f"{payer.url}/rates.json.gz")


def test_one_that_did_not_change_is_not_read(payer: Payer) -> None:
    with pytest.raises(Unchanged):
        downloaded(f"{payer.url}/rates.json.gz", etag='"one"', length=len(CONTENT))
    payer.etags["/rates.json.gz"] = '"two"'
    assert downloaded(f"{payer.url}/rates.json.gz", etag='"one"', length=len(CONTENT)) == CONTENT


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "sign-in"), (403, "a signed address expires"), (404, "not there any more"), (500, "answers 500")],
)
def test_a_refusal_is_told_without_the_signature(payer: Payer, status: int, said: str) -> None:
    payer.refuses = status
    with pytest.raises(Unfetched, match=said) as refused:
        downloaded(f"{payer.url}/rates.json.gz?signature=secret")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "target",
    [
        "https://127.0.0.2/",
        "https://10.0.0.1/rates.json",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "http://payer.example/",
        "ftp://payer.example/",
    ],
)
def test_nothing_but_the_public_internet_is_asked(payer: Payer, target: str) -> None:
    payer.redirects["/moved"] = target
    for address in (target, f"{payer.url}/moved"):
        with pytest.raises(Unfetched, match=r"private network|https"):
            downloaded(address)


def test_a_name_that_means_a_private_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def private(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, 0, 0, "", ("93.184.216.34", 443)), (socket.AF_INET, 0, 0, "", ("192.168.0.7", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", private)
    with pytest.raises(Unfetched, match=r"rates\.payer\.example is in a private network"):
        downloaded("https://rates.payer.example/rates.json.gz")


def test_redirects_end(payer: Payer) -> None:
    payer.redirects["/round"] = f"{payer.url}/round"
    with pytest.raises(Unfetched, match="without end"):
        downloaded(f"{payer.url}/round")
