"""Documents as one page of HTML that holds everything it needs: it can be saved, sent and printed."""

import base64
import hashlib
from pathlib import Path
from typing import Literal

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOLDER = Path(__file__).parent / "templates"
_STYLE = (FOLDER / "look.css").read_text(encoding="utf-8")
_PAGES = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)

POLICY = (
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)
"""The content security policy: nothing but the page's own style sheet."""


def page(template: Literal["good_faith", "superbill"], sheet: msgspec.Struct) -> str:
    """The sheet in its template, every value escaped."""
    return _PAGES.get_template(f"{template}.html").render(sheet=sheet, style=Markup(_STYLE))  # noqa: S704  our own file
