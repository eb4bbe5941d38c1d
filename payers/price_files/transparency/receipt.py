"""What reading a payer's file came to."""

from msgspec import Struct


class Receipt(Struct, frozen=True, kw_only=True):
    """Counts of a file that was read to its end.

    `items` have rates, `wanted_items` are for codes that were asked for, and `rates` are theirs. `groups` are defined
    in the file, and `our_groups` are the clinic's. `unresolved_ids` are named by wanted rates, and no group has them;
    100,000 stands for that many or more. `remote_groups` are told in other files, and `remote_unread` of these were
    needed and not read. `coerced` values had another type or spelling than the schema's and were read all the same.
    `about` has what the file says of itself: reporting entity, date, version, plan.
    """

    text_bytes: int
    items: int
    wanted_items: int
    rates: int
    rates_without_providers: int
    groups: int
    our_groups: int
    remote_groups: int
    remote_unread: int
    unresolved_ids: int
    rows: int
    zero_rates: int
    coerced: int
    schema: str
    about: dict[str, str]
