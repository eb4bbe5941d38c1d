"""A payer's file from its packed bytes to the clinic's rates and a receipt."""

from collections.abc import Callable

from msgspec import Struct

from payers.price_files.transparency.extract import extract
from payers.price_files.transparency.joining import Take
from payers.price_files.transparency.provider_groups import Fetch
from payers.price_files.transparency.query import Query
from payers.price_files.transparency.receipt import Receipt
from service.rates.unpacked import Packed, Source, tools, unpacked


class FileReceipt(Struct, frozen=True, kw_only=True):
    """What a file was, and what reading it came to."""

    bytes: int
    sha256: str
    read: Receipt


def extract_file(
    source: Source,
    query: Query,
    take: Take,
    told: Callable[[int], object] = lambda _: None,
    *,
    fetch: Fetch | None = None,
    helper: bool = True,
) -> FileReceipt:
    """Read a file to its end, handing over the clinic's rates as they are found; `told` hears how many bytes were read.

    What was handed over counts only if this returns.

    Raises:
        Unreadable: the file is damaged, or none of a payer's rates.
    """
    packed = Packed(source, told)
    with unpacked(packed, helper=helper) as read:
        receipt = extract(read, query, take, tools(), fetch)
    return FileReceipt(bytes=packed.bytes, sha256=packed.sha256, read=receipt)
