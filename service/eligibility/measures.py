"""What checks come to, for Prometheus."""

from prometheus_client import Counter

from service.metrics import REGISTRY

_ENDED = Counter(
    "outlay_ended_checks",
    "Checks that ended in this process: by what the payer says of the member, or by why there is no answer",
    ("connector", "result"),
    registry=REGISTRY,
)


def observe_ended(connector: str, result: str) -> None:
    """Count one check."""
    _ENDED.labels(connector, result).inc()
