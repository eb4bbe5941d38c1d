"""The manifests: what runs has no privileges, stops in time, finds its settings, is reached only where it should be."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar

from service.jobs.worker import STOP_SECONDS
from service.serve import GRACEFUL_SECONDS
from service.settings import Settings
from tests.deploy.files import DEPLOY, ROOT, documents, kustomizations, manifests, of_kind

KUBECTL = shutil.which("kubectl")
NOT_FOR_THE_WORLD = {"metrics", "health"}


def workloads() -> list[dict[str, Any]]:
    """The pod of everything that runs."""
    found = [each["spec"]["template"]["spec"] for each in manifests() if "template" in each.get("spec", {})]
    assert len(found) == 2
    return found


def deployment() -> dict[str, Any]:
    (found,) = of_kind("Deployment")
    return found["spec"]


def container() -> dict[str, Any]:
    (found,) = deployment()["template"]["spec"]["containers"]
    return found


def settings_given() -> Iterator[tuple[str, str]]:
    for kustomization in kustomizations().values():
        for generator in kustomization.get("configMapGenerator", ()):
            yield from (literal.split("=", 1) for literal in generator["literals"])


def test_nothing_that_runs_has_privileges() -> None:
    user = re.findall(r"^USER (\d+):(\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[-1]
    for pod in workloads():
        assert pod["automountServiceAccountToken"] is False
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True
        assert (str(security["runAsUser"]), str(security["runAsGroup"])) == user
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        for each in pod["containers"]:
            assert each["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"cpu", "memory"} <= set(each["resources"]["requests"])
            assert each["resources"]["limits"]["memory"]
            assert {"name": "tmp", "mountPath": "/tmp"} in each["volumeMounts"]  # noqa: S108  the pod's own
        assert next(volume for volume in pod["volumes"] if volume["name"] == "tmp")["emptyDir"]["sizeLimit"]


def test_the_cluster_sets_no_variable_of_ours() -> None:
    # A Service named outlay would be announced as OUTLAY_PORT=tcp://...
    assert all(pod["enableServiceLinks"] is False for pod in workloads())


def test_every_setting_is_one() -> None:
    given = {name for name, _ in settings_given()} | {
        each["name"] for pod in workloads() for runs in pod["containers"] for each in runs.get("env", ())
    }
    ours = {name for name in given if name.startswith("OUTLAY_")}
    assert ours
    assert ours <= {f"OUTLAY_{field.upper()}" for field in Settings.__struct_fields__}


def test_probes_and_service_reach_the_port_that_is_served(app: Litestar) -> None:
    ports = {port["name"]: port["containerPort"] for port in container()["ports"]}
    assert str(ports["http"]) == dict(settings_given())["OUTLAY_PORT"]
    routes = {route.path_format for route in app.routes}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = container()[probe]["httpGet"]
        assert asked["port"] == "http"
        assert asked["path"] in routes
    (service,) = of_kind("Service")
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"]


def test_a_replica_that_was_ready_goes_on_answering_from_memory_without_the_database() -> None:
    assert container()["startupProbe"]["httpGet"]["path"] == "/health/ready"
    assert container()["readinessProbe"]["httpGet"]["path"] == "/health/live"


def test_there_is_time_to_stop() -> None:
    pause = re.search(r"sleep\((\d+)\)", container()["lifecycle"]["preStop"]["exec"]["command"][-1])
    assert pause
    grace = deployment()["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace > int(pause[1]) + GRACEFUL_SECONDS + STOP_SECONDS


def test_an_upgrade_and_a_disruption_leave_somebody_to_answer() -> None:
    (scaler,) = of_kind("HorizontalPodAutoscaler")
    (budget,) = of_kind("PodDisruptionBudget")
    assert scaler["spec"]["minReplicas"] >= 2
    assert "replicas" not in deployment()
    assert deployment()["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert budget["spec"]["maxUnavailable"] == 1


def test_selectors_select_the_pods() -> None:
    labels = kustomizations()["base"]["labels"][0]
    assert labels["includeTemplates"] is True
    (service,), (budget,), (monitor,) = (of_kind(kind) for kind in ("Service", "PodDisruptionBudget", "ServiceMonitor"))
    policy = next(each for each in of_kind("NetworkPolicy") if each["metadata"]["name"] == "outlay")
    for selector in (
        deployment()["selector"]["matchLabels"],
        service["spec"]["selector"],
        budget["spec"]["selector"]["matchLabels"],
        monitor["spec"]["selector"]["matchLabels"],
        policy["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector == labels["pairs"]


def test_the_network_lets_in_the_proxy_and_prometheus_and_out_what_is_needed() -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in of_kind("NetworkPolicy")}
    serving, migrating = policies["outlay"], policies["outlay-owner"]
    assert all({"Ingress", "Egress"} == set(policy["policyTypes"]) for policy in policies.values())
    (way_in,) = serving["ingress"]
    assert len(way_in["from"]) == 2
    assert way_in["ports"] == [{"protocol": "TCP", "port": "http"}]
    assert {port["port"] for way in serving["egress"] for port in way["ports"]} == {53, 443, 5432, 6379}
    assert {port["port"] for way in migrating["egress"] for port in way["ports"]} == {53, 5432}
    outside = next(way for way in serving["egress"] if way["ports"] == [{"protocol": "TCP", "port": 443}])
    assert "169.254.0.0/16" in outside["to"][0]["ipBlock"]["except"]
    assert "ingress" not in migrating


def test_the_world_reaches_every_route_that_is_meant_for_it(app: Litestar) -> None:
    (ingress,) = of_kind("Ingress")
    paths = {path["path"] for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]}
    first = {route.path.split("/")[1] for route in app.routes}
    assert paths == {f"/{name}" for name in first - NOT_FOR_THE_WORLD}
    assert first >= NOT_FOR_THE_WORLD


def test_every_secret_that_is_asked_for_has_its_example() -> None:
    examples = {each["metadata"]["name"]: set(each["stringData"]) for each in of_kind("Secret")}
    asked = [
        variable["valueFrom"]["secretKeyRef"]
        for pod in workloads()
        for runs in pod["containers"]
        for variable in runs.get("env", ())
    ]
    assert asked
    assert all(each["key"] in examples[each["name"]] for each in asked)
    files = {value.removeprefix("/etc/outlay/") for _, value in settings_given() if value.startswith("/etc/outlay/")}
    assert files <= examples["outlay-files"]
    assert "secrets.yaml" not in documents(DEPLOY / "kubernetes/example/kustomization.yaml")[0]["resources"]


def test_images_have_a_version() -> None:
    images = [image for each in kustomizations().values() for image in each.get("images", ())]
    assert len(images) == 3
    assert len({image["newTag"] for image in images}) == 1
    assert all(image["newTag"] != "latest" for image in images)


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not here")
@pytest.mark.parametrize("folder", ["example", "migrate", "seed"])
def test_kustomize_builds_it(folder: str) -> None:
    built = subprocess.run(
        [str(KUBECTL), "kustomize", DEPLOY / "kubernetes" / folder], capture_output=True, text=True, check=True
    ).stdout
    assert "image: registry.example/outlay:" in built
    assert "namespace: outlay" in built
