"""What every table for a spreadsheet has in common."""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
"""As OWASP lists them, the full-width ones of East Asia among them."""


def safe(cell: str) -> str:
    """The cell as text: a spreadsheet takes one that begins so for a formula, and others write what is in it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
