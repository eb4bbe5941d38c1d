"""What connectors do, for Prometheus."""

from prometheus_client import Histogram

from service.metrics import REGISTRY

_EXCHANGES = Histogram(
    "outlay_connector_seconds",
    "Exchanges with payers' networks by what came of them: answered, pending, or the fault",
    ("connector", "outcome"),
    buckets=(0.5, 1, 2, 5, 10, 15, 20, 30),
    registry=REGISTRY,
)


def observe(connector: str, outcome: str, seconds: float) -> None:
    """Count one exchange and how long it took."""
    _EXCHANGES.labels(connector, outcome).observe(seconds)
