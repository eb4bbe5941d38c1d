"""A receipt as sentences for a terminal."""

from collections.abc import Iterator

from payers.price_files.transparency.rates import LeftOut
from service.rates.extraction import FileReceipt

LEFT_OUT: dict[LeftOut, str] = {
    "amount-zero": "their amount is zero",
    "amount-unreadable": "their amount is no number of dollars",
    "kind-unknown": "nobody knows what kind of amount they are",
    "arrangement-unknown": "nobody knows whether they are for a service, a bundle or a head",
}


def told_receipt(receipt: FileReceipt) -> Iterator[str]:
    """What the file was, what was found, and whatever is odd about it."""
    read = receipt.read
    entity, day = read.about.get("reporting_entity_name"), read.about.get("last_updated_on")
    yield f"{entity or 'A payer that is not named'}, last updated on {day or 'an unknown day'}, schema {read.schema}."
    yield f"{receipt.bytes:,} bytes, unpacked {read.text_bytes:,}; SHA-256 {receipt.sha256}."
    yield (
        f"Items: {read.items:,}, for the codes asked: {read.wanted_items:,} with {read.rates:,} rates. "
        f"Groups: {read.groups:,}, of the clinic: {read.our_groups:,}. Rows: {read.rows:,}."
    )
    odd = {
        "Ids of groups that the file does not define": read.unresolved_ids,
        "Groups told in other files that were not read": read.remote_unread,
        "Rates that name no provider": read.rates_without_providers,
        "Amounts of zero": read.zero_rates,
        "Values of another type or spelling than the schema's, read all the same": read.coerced,
    }
    for what, count in odd.items():
        if count:
            yield f"{what}: {count:,}."
