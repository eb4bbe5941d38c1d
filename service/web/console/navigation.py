"""The pages that the console leads to, in the order of its menu."""

from typing import NamedTuple

from service.api.keys import KeyScope


class Place(NamedTuple):
    """An entry of the menu: its address, the key of its name in `words/menu.*.toml`, and what opens it."""

    path: str
    name: str
    scope: KeyScope

    def holds(self, path: str) -> bool:
        """Whether the page at the path belongs to this entry."""
        return f"{path}/".startswith(f"{self.path}/")


MENU = (
    Place("/console/estimate", "estimate", "estimates:write"),
    Place("/console/estimates", "estimates", "estimates:read"),
    Place("/console/worklist", "worklist", "eligibility:read"),
    Place("/console/good-faith", "good_faith", "estimates:read"),
    Place("/console/payers", "payers", "estimates:read"),
    Place("/console/stale", "stale", "estimates:read"),
    Place("/console/prices", "prices", "estimates:read"),
    Place("/console/rates", "rates", "estimates:read"),
    Place("/console/people", "people", "admin"),
    Place("/console/audit", "audit", "admin"),
)
