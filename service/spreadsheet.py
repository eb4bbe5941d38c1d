"""What every table for a spreadsheet has in common."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: str) -> str:
    """The cell as text: a spreadsheet takes one that begins so for a formula, and others write what is in it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
