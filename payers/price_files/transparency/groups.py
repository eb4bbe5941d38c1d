"""Provider groups by their ids: which ids the file defines, which are the clinic's, which are told elsewhere."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from mmap import mmap

import msgspec
from msgspec import Raw

from payers.price_files.transparency.rows import Group

Id = int | Decimal | str
"""Ids are compared as numbers: `1`, `1.0` and `"1"` are one."""

DEFINED, OURS, REMOTE = 1, 2, 4
MOST_UNRESOLVED = 100_000
"""So many ids are counted that no group has; more are not told apart."""
_DENSE = 1 << 24
_MOST_OTHERS = 200_000
_DIGITS = 20
_ids = msgspec.json.Decoder(list[int])
_any_ids = msgspec.json.Decoder(list[Raw])


class Groups:
    """What is known of ids. A byte each for the small whole numbers that ids usually are, so that memory is bounded."""

    def __init__(self) -> None:
        # Pages take memory only when they are written. The upper half never is: negative numbers find 0 there.
        self._kinds = mmap(-1, 2 * _DENSE)
        self._others: dict[Id, int] = {}
        self.ours: dict[Id, list[Group]] = {}
        self.unresolved: set[Id] = set()
        self.all_known = True
        """Whether every id that is defined could be kept, so that one that is not found is not there."""

    def define(self, ids: Sequence[Id], kind: int = DEFINED) -> None:
        """The file says something about these groups."""
        kinds = self._kinds
        with suppress(TypeError):  # nearly always all are small and whole
            if min(ids) >= 0 and max(ids) < _DENSE:  # pyright: ignore[reportOperatorIssue, reportArgumentType]
                if self._define_run(ids, kind):  # pyright: ignore[reportArgumentType]
                    return
                for each in ids:
                    kinds[each] |= kind  # pyright: ignore[reportArgumentType, reportCallIssue]
                return
        for each in ids:
            if isinstance(each, int) and 0 <= each < _DENSE:
                self._kinds[each] |= kind
            elif each in self._others or len(self._others) < _MOST_OTHERS or kind == OURS:
                self._others[each] = self._others.get(each, 0) | kind
            else:
                self.all_known = False

    def _define_run(self, ids: list[int], kind: int) -> bool:
        """Whether they were new, and one number after another as they usually are, so that it could be done at once."""
        first, end = ids[0], ids[0] + len(ids)
        run = end <= _DENSE and ids == list(range(first, end)) and not any(self._kinds[first:end])
        if run:
            self._kinds[first:end] = bytes((kind,)) * len(ids)
        return run

    def add(self, id: Id, groups: list[Group]) -> None:
        """These are the clinic's. A group that is defined twice in the same words is one."""
        self.define((id,), OURS)
        known = self.ours.setdefault(id, [])
        known += [group for group in groups if group not in known] if known else groups

    def kinds(self, ids: list[Id]) -> bytes:
        """What is known of each id: nothing is 0."""
        try:
            kinds = bytes(map(self._kinds.__getitem__, ids))  # pyright: ignore[reportCallIssue, reportArgumentType]
        except (IndexError, TypeError):
            kinds = b"\0"
        return bytes(map(self._kind, ids)) if 0 in kinds else kinds

    def _kind(self, id: Id) -> int:
        if isinstance(id, int) and 0 <= id < _DENSE:
            return self._kinds[id]
        return self._others.get(id, 0)

    def note_unresolved(self, ids: Iterable[Id]) -> None:
        """Rates that were looked for name these, and no group has them."""
        if self.all_known and len(self.unresolved) < MOST_UNRESOLVED:
            self.unresolved.update(ids)


def ids_of(references: bytes) -> list[Id]:
    """The ids of a list; one that stands alone is a list of one. Raises `msgspec.DecodeError`."""
    try:
        return _ids.decode(references)  # pyright: ignore[reportReturnType]
    except msgspec.ValidationError:
        if references == b"null":
            return []
        found = _any_ids.decode(references) if references.startswith(b"[") else [references]
        return [id_of(bytes(each)) for each in found]


def id_of(raw: bytes) -> Id:
    """An id as it is written."""
    text: str = msgspec.json.decode(raw, type=str).strip() if raw.startswith(b'"') else raw.decode().strip()
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return int(number) if abs(number.adjusted()) < _DIGITS and number == number.to_integral_value() else number
