"""Compose: two replicas alike behind a proxy, which alone is published, and an image without root or compiler."""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from service import testing
from service.jobs.worker import STOP_SECONDS
from service.serve import GRACEFUL_SECONDS
from service.settings import Settings
from service.store.database import SERVING_ROLE, connect
from service.store.migrate import migrate
from service.store.roles import signed_in_as_owner
from tests.deploy.files import DEPLOY, ROOT, compose

REPLICAS = ("outlay-1", "outlay-2")
ONCE = ("serving", "migrate")
"""What runs to its end before the replicas start."""
PSQL = shutil.which("psql")


def services() -> dict[str, dict[str, Any]]:
    return compose()["services"]


def caddyfile() -> str:
    return (DEPLOY / "caddy/Caddyfile").read_text()


def test_the_replicas_are_alike_and_the_proxy_knows_them() -> None:
    one, two = (services()[name] for name in REPLICAS)
    assert one == two
    upstreams = re.search(r"reverse_proxy (.*) \{", caddyfile())
    assert upstreams
    assert upstreams[1].split() == [f"{name}:8000" for name in REPLICAS]
    assert one["environment"]["OUTLAY_PROXIES"] == "1"
    assert one["environment"]["OUTLAY_LIMITS_URL"].startswith("valkey://valkey:")


def test_every_setting_is_one() -> None:
    given = {name for each in services().values() for name in each.get("environment", ()) if name.startswith("OUTLAY_")}
    assert given <= {f"OUTLAY_{field.upper()}" for field in Settings.__struct_fields__}


def test_no_log_fills_the_disk() -> None:
    assert {each["logging"]["driver"] for each in services().values()} == {"local"}


def test_every_service_says_whether_it_is_well_and_whoever_needs_it_waits() -> None:
    for name, each in services().items():
        assert ("healthcheck" in each) == (name not in ONCE), name
        for needed, how in each.get("depends_on", {}).items():
            done = "service_completed_successfully" if needed in ONCE else "service_healthy"
            assert how == {"condition": done}


def test_only_the_proxy_is_published_and_only_to_this_machine_unless_told() -> None:
    assert [name for name, each in services().items() if "ports" in each] == ["proxy"]
    assert all(port.partition(":-")[2].startswith("127.0.0.1:") for port in services()["proxy"]["ports"])
    assert compose()["networks"]["back"] == {"internal": True}
    assert [name for name, each in services().items() if "front" in each["networks"]] == ["proxy", *REPLICAS]


def test_the_proxy_hands_on_what_is_for_the_world() -> None:
    inside = re.search(r"@inside path (.*)\n\s*respond @inside 404", caddyfile())
    assert inside
    assert inside[1].split() == ["/metrics", "/metrics/*", "/health", "/health/*"]
    assert "./deploy/caddy/Caddyfile:/etc/caddy/Caddyfile:ro" in services()["proxy"]["volumes"]


def test_only_whoever_migrates_signs_in_as_the_owner() -> None:
    signs_in = {
        name: (address[1], each["environment"]["PGPASSWORD"])
        for name, each in services().items()
        if (address := re.match(r"postgresql://(\w+)@database:5432/outlay$", database_url(each)))
    }
    owner, service = services()["database"]["environment"]["POSTGRES_PASSWORD"], signs_in[REPLICAS[0]][1]
    assert owner != service
    assert signs_in == dict.fromkeys(REPLICAS, (SERVING_ROLE, service)) | {"migrate": ("outlay", owner)}
    serving = services()["serving"]
    assert serving["environment"] == {"PGPASSWORD": owner, "SERVICE_PASSWORD": service}
    assert serving["volumes"] == ["./deploy/postgres/serving.sql:/serving.sql:ro"]
    assert service not in " ".join(serving["command"]), "a command line can be read by whoever is on the machine"


def database_url(each: dict[str, Any]) -> str:
    return each.get("environment", {}).get("OUTLAY_DATABASE_URL", "")


@pytest.fixture
def untouched() -> Generator[str]:
    """A server without any role of ours."""
    with testing.untouched_server() as url:
        yield url


@pytest.mark.skipif(PSQL is None, reason="no psql")
async def test_the_login_of_the_service_is_made_and_gets_new_passwords(untouched: str) -> None:
    for password in ("it's one\\", "another"):
        await asyncio.to_thread(make_login, untouched, password)
    await migrate(untouched)
    owner = await asyncpg.connect(untouched)
    found = await owner.fetchval(
        "SELECT (rolcanlogin, rolsuper, rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolname = $1",
        SERVING_ROLE,
    )
    await owner.close()
    assert found == (True, False, True)
    address = urlsplit(untouched)
    place = address.netloc.rpartition("@")[2]
    service = await connect(address._replace(netloc=f"{SERVING_ROLE}@{place}").geturl())
    assert not await signed_in_as_owner(service)
    await service.close()


def make_login(url: str, password: str) -> None:
    command = (PSQL or "", "--no-psqlrc", "--quiet", f"--file={DEPLOY / 'postgres/serving.sql'}", url)
    more = {**os.environ, "SERVICE_PASSWORD": password}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=more)
    assert done.stdout + done.stderr == ""


def test_images_have_a_version() -> None:
    images = {each["image"] for each in services().values()} - {"outlay"}
    assert len(images) == 3
    assert all(re.search(r":\d+(\.\d+)?$", image) for image in images)


def test_what_holds_no_data_can_write_none_and_has_no_privileges() -> None:
    for name, each in services().items():
        if name != "database":
            assert each["read_only"] is True, name
            assert each["cap_drop"] == ["ALL"]
            assert each["security_opt"] == ["no-new-privileges:true"]


def test_there_is_time_to_stop() -> None:
    # The proxy is stopped first, with the same answers still on their way through it.
    for name in ("proxy", *REPLICAS):
        assert int(services()[name]["stop_grace_period"].removesuffix("s")) > GRACEFUL_SECONDS + STOP_SECONDS, name


def test_a_replica_that_dies_does_not_take_the_other_with_it() -> None:
    # Before 2.11.2 Caddy tried a request whose replica was gone again without its body, and counted the failure against
    # the replica that was well: for five seconds nobody answered.
    name, _, version = services()["proxy"]["image"].partition(":")
    assert name == "caddy"
    assert tuple(map(int, version.split("."))) >= (2, 11)


def test_the_day_is_the_clinics() -> None:
    assert services()[REPLICAS[0]]["environment"]["TZ"] == "${TZ:-UTC}"


def test_the_image_has_neither_root_nor_compiler() -> None:
    *_, shipped = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert re.match(r"python:3\.\d+-slim-\w+\n", shipped)
    assert re.findall(r"^USER (\S+)", shipped, re.MULTILINE) == ["10001:10001"]
    runs = re.findall(r"^RUN (.*)", shipped, re.MULTILINE)
    assert [run.partition(" --")[0] for run in runs] == ["python3 -m pip uninstall", "useradd"]
    assert re.findall(r"^COPY (.*)", shipped, re.MULTILINE) == ["--from=build /opt/outlay /opt/outlay"]
    assert "--without-pip /opt/outlay" in (ROOT / "Dockerfile").read_text()
