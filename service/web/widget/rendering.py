"""Pages for people, rendered on the server. Everything that is put into one is escaped."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response

from payers.cost_share.money import Range
from payers.estimate.words import day
from service.web.widget.assets import script, style_sheet
from service.web.widget.words import words

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(name: str, policy: str, *, status_code: int = 200, **values: Any) -> Response[str]:
    """The template of that name, filled in, under a content security policy. No cache keeps what a visitor asked."""
    return Response(
        _PAGES.get_template(name).render(_EVERYWHERE | values),
        status_code=status_code,
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"},
    )


def ends(amount: Range) -> tuple[str, ...]:
    """Whole dollars around a range; an amount that is known, to the cent. The script shows the same."""
    if amount.exact:
        return (f"${amount.low_cents / 100:,.2f}".removesuffix(".00"),)
    return f"${amount.low_cents // 100:,}", f"${-(-amount.high_cents // 100):,}"


def _style_url(name: str) -> str:
    return f"/widget/style/{name}.css?v={style_sheet(name).version}"


def _script_url() -> str:
    return f"/widget.js?v={script().version}"


_EVERYWHERE: dict[str, Any] = {
    "words": words(),
    "day": day,
    "ends": ends,
    "style_url": _style_url,
    "script_url": _script_url,
}
"""What every template may use."""
