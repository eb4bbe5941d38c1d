"""The treatment that a schedule means, however a front desk writes it, in English or Spanish."""

import re
import unicodedata
from collections.abc import Mapping

from payers.catalogue.vocabulary import Treatment

_ESKETAMINE = frozenset({"spravato", "esketamine", "esketamina"})
_KETAMINE = frozenset({"ketamine", "ketamina", "ket"})
_ROUTES: Mapping[Treatment, frozenset[str]] = {
    "iv-ketamine": frozenset({"iv", "ev", "intravenous", "intravenosa", "endovenosa", "infusion", "infusions", "drip"}),
    "im-ketamine": frozenset({"im", "intramuscular", "injection", "inyeccion", "inyectada", "shot"}),
    "oral-ketamine": frozenset(
        {"oral", "po", "vo", "troche", "troches", "lozenge", "lozenges", "sublingual", "tablet", "tableta", "tabletas"}
    ),
}
_WORD = re.compile(r"[a-z]+")


def treatment_named(text: str) -> Treatment:
    """The one treatment of this slug or name. Raises `ValueError` where it names none, or leaves the route open."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace(".", "")).encode("ascii", "ignore").decode()
    words = set(_WORD.findall(plain))
    meant: set[Treatment] = {route for route, names in _ROUTES.items() if words & names}
    if words & _ESKETAMINE and not meant:
        return "spravato"
    if len(meant) == 1 and not words & _ESKETAMINE:
        (route,) = meant
        # A route alone is enough. Beside a word that is not known it may be any other drug's.
        if words & _KETAMINE or words <= _ROUTES[route]:
            return route
    raise ValueError("no treatment has this name")
