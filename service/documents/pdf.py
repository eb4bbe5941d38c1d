"""Documents as PDF: tagged for screen readers (PDF/UA-1), and the same bytes whenever the same is asked for."""

from pathlib import Path
from typing import Literal

import msgspec

FOLDER = Path(__file__).parent / "templates"
EXTRA = "outlay[pdf]"


class NoPdf(Exception):
    """There can be no PDF: what is missing, for whoever runs the service."""


def pdf(template: Literal["good_faith", "superbill"], sheet: msgspec.Struct) -> bytes:
    """The sheet in its template. No clock, no font of the machine and no network has a part in it.

    Raises:
        NoPdf: the extra is not installed, or no font has a character of the sheet, as PDF/UA wants.
    """
    try:
        import typst
    except ImportError as error:
        raise NoPdf(f"The extra `{EXTRA}` is not installed") from error
    try:
        return typst.compile(
            FOLDER / f"{template}.typ",
            root=FOLDER,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"sheet": msgspec.json.encode(sheet).decode()},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise NoPdf("A character of it is in no font that the service has") from error
