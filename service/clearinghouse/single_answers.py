"""A message with the answers about several patients, taken apart: nobody's check may hold another patient's answer."""

from collections.abc import Iterator

from payers.eligibility.elements import Elements
from payers.eligibility.response import NotX12
from payers.eligibility.segments import Segments


def single_answers(text: str) -> dict[str, str]:
    """Each transaction as a message of its own, under every trace (TRN02) in it. Nothing where the text is no 271."""
    segments = Segments.of((text,))
    return {} if isinstance(segments, NotX12) else dict(_traced(segments))


def _traced(segments: Segments) -> Iterator[tuple[str, str]]:
    """Every 271 in the frame that it came in, cut as that frame says, with the frame's own numbers at its end."""
    interchange: Elements = []
    group: Elements = []
    transaction: list[Elements] = []
    for _, segment in segments:
        cut = segments.delimiters
        each = segment.split(cut.element)
        match each[0]:
            case "ISA":
                interchange, group, transaction = each, [], []
            case "GS":
                group = each
            case "ST":
                transaction = [each] if each[1:2] == ["271"] else []
            case "SE" if transaction:
                ends = [["GE", "1", *group[6:7]], ["IEA", "1", *interchange[13:14]]]
                message = [interchange, group, *transaction, each, *ends]
                whole = "".join(cut.element.join(one) + cut.segment for one in message)
                yield from ((one[2].strip(), whole) for one in transaction if one[0] == "TRN" and len(one) > 2)
                transaction = []
            case _ if transaction:
                transaction.append(each)
            case _:
                pass
