"""How a message is framed and cut: interchanges, groups, transactions, delimiters, and everything wrong with them."""

import codecs
from random import Random

import pytest

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Delimiters, NotX12
from payers.eligibility.segments import MAX_SEGMENT, Segments
from tests.fuzz.reading import check
from tests.payers.eligibility.messages_271 import (
    ACTIVE,
    GE,
    GS,
    IEA,
    ISA,
    KIM,
    PAT,
    PAYER,
    PROVIDER,
    answer,
    message,
    odd,
    only,
    read,
    transaction,
    written,
)

MESSAGE = answer(ACTIVE, "EB*B*IND*98^MH***27*20*****Y*HC:G2082:GT", "MSG*OFFICE VISIT")
SEGMENTS = MESSAGE[:-1].split("~")
READING = only(MESSAGE)
LAST = len(SEGMENTS)
USUAL = Delimiters(element="*", component=":", segment="~", repetition="^")


def without(*ids: str) -> str:
    """The message without the segments of these ids."""
    return written(each for each in SEGMENTS if each.split("*")[0] not in ids)


def cut_with(element: str, component: str, segment: str, repetition: str, text: str = MESSAGE) -> str:
    return text.translate(str.maketrans("*:~^", element + component + segment + repetition))


def test_a_message_that_is_right_is_not_odd() -> None:
    assert odd(MESSAGE) == []
    response = read(MESSAGE)
    assert (response.gs08, response.st03, response.isa_length) == ("005010X279A1", "005010X279A1", 106)
    assert response.delimiters == USUAL
    assert (READING.se01, READING.segments_counted) == ("13", 13)


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("ST", [(3, "A transaction begins without ST."), (14, "SE counts other segments than the 12 that are there.")]),
        ("GS", [(2, "The transaction stands outside any group (GS).")]),
        ("SE", [(15, "The transaction does not end with SE.")]),
        ("GE", [(LAST - 1, "The group does not end with GE.")]),
        ("IEA", [(LAST, "The interchange does not end with IEA.")]),
    ],
)
def test_a_missing_bracket_is_told(missing: str, told: list[tuple[int, str]]) -> None:
    text = without(missing)
    assert odd(text) == told
    assert only(text).members[0].benefits[0].eb01 == "1"
    assert [each.status for each in only(text).members] == ["active"]


def test_a_message_may_break_off_anywhere() -> None:
    text = written(SEGMENTS[:13])
    assert odd(text) == [
        (14, "The transaction does not end with SE."),
        (14, "The group does not end with GE."),
        (14, "The interchange does not end with IEA."),
    ]
    assert only(text).segments_counted == 11


def test_what_an_interchange_lacks_is_not_taken_from_the_one_before() -> None:
    text = MESSAGE + without("GS")
    assert [each.gs08 for each in read(text).transactions] == ["005010X279A1", None]
    assert odd(text) == [(LAST + 2, "The transaction stands outside any group (GS).")]


def test_a_wrong_count_is_told() -> None:
    text = MESSAGE.replace("SE*13*", "SE*14*")
    assert odd(text) == [(15, "SE counts other segments than the 13 that are there.")]
    assert (only(text).se01, only(text).segments_counted) == ("14", 13)


@pytest.mark.parametrize("version", ["004010X092A1", "005010X212", ""])
def test_another_version_is_read_and_told(version: str) -> None:
    text = MESSAGE.replace(GS, GS.replace("005010X279A1", version))
    assert odd(text) == [(2, "The version is not 005010X279A1; it was read as if it were.")]
    assert read(text).gs08 == (version or None)
    assert only(text).members == READING.members


def test_the_guide_without_its_addendum_is_the_version() -> None:
    assert odd(MESSAGE.replace("005010X279A1", "005010X279")) == []


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\r\n", " \t\r\n", "\x00", "\n\n\n"])
def test_what_stands_in_front_does_not_count(mark: str) -> None:
    assert read(mark + MESSAGE) == read(MESSAGE)
    assert read((mark + MESSAGE).encode()) == read(MESSAGE)


def test_bytes_that_are_not_utf_8_are_latin_1() -> None:
    text = MESSAGE.replace("SAMPLE*PAT", "NÚÑEZ*PAT")
    assert only(text.encode()).members[0].last_name == "NÚÑEZ"
    for sent in (text.encode("latin-1"), codecs.BOM_UTF8 + text.encode("latin-1")):
        assert only(sent).members[0].last_name == "NÚÑEZ"
        assert odd(sent) == [(1, "The message is not UTF-8; it was read as Latin-1.")]


@pytest.mark.parametrize("terminator", ["\n", "\r", "\r\n", "\x1d", "'", "~\n", "~\r\n", "\x85", " \n"])
def test_the_terminator_is_what_the_message_says(terminator: str) -> None:
    response = read(MESSAGE.replace("~", terminator))
    assert response.delimiters.segment == terminator.lstrip(" ")[0]
    assert response.transactions == (READING,)
    assert response.warnings == ()


@pytest.mark.parametrize("separator", ["|", "\x1d", "\x1f", "\\", "]", "-", "§", "_"])
def test_the_element_separator_is_what_the_message_says(separator: str) -> None:
    response = read(MESSAGE.replace("*", separator))
    assert response.delimiters.element == separator
    assert response.transactions == (READING,)


def test_control_characters_divide_everything() -> None:
    response = read(cut_with("\x1d", "\x1f", "\x1c", "\x1e"))
    assert response.delimiters == Delimiters(element="\x1d", component="\x1f", segment="\x1c", repetition="\x1e")
    assert response.transactions == (READING,)
    assert response.warnings == ()


@pytest.mark.parametrize(
    ("isa", "told"),
    [
        (ISA.replace("SANDBOX        ", "SANDBOX"), ["The ISA is 98 characters long instead of 106."]),
        (ISA.replace("CLINIC01", "CLINIC01 AND MORE"), ["The ISA is 115 characters long instead of 106."]),
        (ISA.removesuffix("*P*:") + "*:", [
            "The ISA has 15 elements instead of 16.",
            "The ISA is 104 characters long instead of 106.",
        ]),
        (ISA.replace("*00*          *00*          ", "*00*00*          "), [
            "The ISA has 15 elements instead of 16.",
            "The ISA is 95 characters long instead of 106.",
        ]),
        (ISA + "*MORE", [
            "The ISA has 17 elements instead of 16.",
            "The ISA is 111 characters long instead of 106.",
        ]),
        (ISA.removesuffix(":"), [
            "The ISA names no component separator.",
            "The ISA is 105 characters long instead of 106.",
        ]),
        (ISA.removesuffix("*:"), [
            "The ISA has 15 elements instead of 16.",
            "The ISA is 104 characters long instead of 106.",
        ]),
        (ISA.replace("SANDBOX        ", "GS"), ["The ISA is 93 characters long instead of 106."]),
        (ISA.replace("*^*", "*:*"), ["One character separates both components and repetitions."]),
        (ISA.replace("*^*", "*U*"), []),
        (ISA.replace("*^*", "* *"), []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("terminator", ["~", "~\n", "\n", "\r\n"])
def test_an_isa_that_is_wrong_is_read(isa: str, told: list[str], terminator: str) -> None:
    text = MESSAGE.replace(ISA, isa).replace("~", terminator)
    if "*:*00501" in isa:
        text = text.replace("98^MH", "98:MH")
    response = read(text)
    assert [(each.segment, each.text) for each in response.warnings] == [(1, each) for each in told]
    assert response.delimiters.segment == terminator[0]
    assert response.transactions == (READING,)


def test_an_isa_of_half_its_elements_ends_before_the_group() -> None:
    text = MESSAGE.replace(ISA, "ISA*00**00**ZZ*SBX*ZZ*C").replace(GS, GS.replace("005010X279A1", ""))
    assert odd(text) == [
        (1, "The ISA has 8 elements instead of 16."),
        (1, "The ISA is 24 characters long instead of 106."),
        (2, "The version is not 005010X279A1; it was read as if it were."),
    ]
    assert only(text).members == READING.members


def test_a_terminator_that_also_divides_is_told() -> None:
    told = (1, "One character both ends segments and divides elements.")
    assert odd(MESSAGE.replace(ISA, ISA.replace("*^*", "*~*")).replace("98^MH", "98")) == [told]
    assert odd(MESSAGE.replace(ISA, ISA.replace("*P*:", "*P*~")).replace("HC:G2082:GT", "")) == [told]


def test_the_usual_characters_stand_in_for_those_that_are_not_named() -> None:
    for isa in (ISA.removesuffix(":"), ISA.removesuffix("*:"), ISA.replace("*^*", "*U*")):
        assert read(MESSAGE.replace(ISA, isa)).delimiters == USUAL


def test_an_interchange_may_begin_with_its_acknowledgement() -> None:
    text = written([SEGMENTS[0], "TA1*000000043*261201*0905*A*000", *SEGMENTS[1:]])
    assert odd(text) == [(2, "What stands here is outside any transaction; it was not read.")]
    assert only(text).members[0].status == "active"


def test_another_kind_of_transaction_in_front_is_passed_over() -> None:
    acknowledged = ["ST*999*0001*005010X231A1", "AK1*HS*43*005010X279A1", "AK9*A*1*1*1", "SE*4*0001"]
    group = "GS*FA*SANDBOX*CLINIC01*20261201*0905*42*X*005010X231A1"
    text = written([ISA, group, *acknowledged, "GE*1*42", *SEGMENTS[1:]])
    assert odd(text) == [(3, "This transaction is not a 271; it was not read.")]
    assert read(text).gs08 == "005010X279A1"
    assert only(text).members[0].benefits[0].segment == READING.members[0].benefits[0].segment + 6


def test_a_question_is_no_answer() -> None:
    text = message(*[each.replace("ST*271", "ST*270") for each in transaction(*PAYER, *PROVIDER, *PAT, "EQ*30")])
    assert odd(text) == [(3, "This transaction is not a 271; it was not read.")]
    assert read(text).transactions == ()
    assert (read(text).gs08, read(text).st03) == (None, None)


def test_an_answer_without_st_may_follow_a_question() -> None:
    question = [each.replace("ST*271", "ST*270") for each in transaction(*PAYER)]
    text = written([ISA, GS, *question, GE, GS, *transaction(*PAYER, *PROVIDER, *PAT)[1:], GE, IEA])
    assert [each.text for each in read(text).warnings][:2] == [
        "This transaction is not a 271; it was not read.",
        "A transaction begins without ST.",
    ]
    assert len(only(text).members) == 1


def test_several_transactions_and_groups() -> None:
    one, two = transaction(*PAYER, *PROVIDER, *PAT), transaction(*PAYER, *PROVIDER, *PAT, *KIM, number="0002")
    old = GS.replace("005010X279A1", "004010X092A1")
    response = read(written([ISA, GS, *one, *two, GE, old, *one, *one, GE, IEA]))
    assert [(each.st02, len(each.members), each.gs08) for each in response.transactions] == [
        ("0001", 1, "005010X279A1"),
        ("0002", 2, "005010X279A1"),
        ("0001", 1, "004010X092A1"),
        ("0001", 1, "004010X092A1"),
    ]
    assert [each.text for each in response.warnings] == ["The version is not 005010X279A1; it was read as if it were."]


@pytest.mark.parametrize("between", ["", "\n", "\r\n\r\n", "  \x1a\x00 \n"])
@pytest.mark.parametrize("other", ["*:~^", "|>'}", "~:*^", "*:\n^", "\x1d\x1f\x1c\x1e"])
def test_two_interchanges_each_with_their_own_delimiters(between: str, other: str) -> None:
    second = cut_with(*other, text=answer("EB*6**30^98"))
    for text, statuses in (
        (MESSAGE + between + second, ["active", "inactive"]),
        (second + between + MESSAGE, ["inactive", "active"]),
    ):
        response = read(text)
        assert [each.status for each in response.transactions] == statuses
        assert {each.st02 for each in response.transactions} == {"0001"}
        assert response.warnings == ()


@pytest.mark.parametrize("filler", ["\r\n", "\x00" * 60], ids=["break", "nulls"])
@pytest.mark.parametrize("at", range(1, 8))
def test_fillers_may_stand_in_the_beginning_of_an_interchange(at: int, filler: str) -> None:
    second = cut_with("|", ">", "~", "}")
    text = f"{MESSAGE}{second[:at]}{filler}{second[at:]}"
    assert read(text) == read(MESSAGE + second)
    for seed in range(20):
        check(text.encode(), Random(seed))


def test_an_interchange_after_one_that_is_not_closed() -> None:
    text = written(SEGMENTS[:14]) + "\n" + cut_with("|", ">", "'", "}")
    assert odd(text) == [
        (15, "The transaction does not end with SE."),
        (15, "The group does not end with GE."),
        (15, "The interchange does not end with IEA."),
    ]
    assert [len(each.members) for each in read(text).transactions] == [1, 1]


def test_an_interchange_after_one_that_lacks_its_last_terminator() -> None:
    text = MESSAGE[:-1] + "\n" + cut_with("|", ">", "'", "}")
    assert odd(text) == [(LAST, "This segment was cut: it does not end.")]
    assert [len(each.members) for each in read(text).transactions] == [1, 1]


def test_a_word_that_ends_like_an_isa_begins_is_data() -> None:
    found = only(answer(ACTIVE, "MSG*PAY BY VISA*00*", "MSG*VISA", "REF*ISA*00*00"))
    assert found.members[0].benefits[0].messages == ("PAY BY VISA", "VISA")
    assert found.segments_counted == 14


@pytest.mark.parametrize(
    ("trailing", "told"),
    [
        ("\n \r\n\x1a\x00", []),
        ("garbage~more garbage~", [(LAST + 1, "What stands here is outside any transaction; it was not read.")]),
        ("garbage", [
            (LAST + 1, "The last segment has no terminator."),
            (LAST + 1, "What stands here is outside any transaction; it was not read."),
        ]),
        ("ISA*00*", [(LAST, "What follows is not X12.")]),
    ],
)  # fmt: skip
def test_what_stands_behind_a_message(trailing: str, told: list[tuple[int, str]]) -> None:
    assert odd(MESSAGE + trailing) == told
    assert only(MESSAGE + trailing) == READING


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\ufeff", "ISA", "ISA*", "ISA*00*", "ISA 00 ", "GS*HB*", "hello", '{"status": "active"}', "<xml/>",
     ISA.removesuffix(":"), b"\x00\xff\xfe\x80", b"PK\x03\x04", "ISA*" * 1000, "ISAA00A", "\x00" * 5000],
)  # fmt: skip
def test_what_is_not_x12_is_refused(text: str | bytes) -> None:
    assert isinstance(read_271(text), NotX12)
    assert isinstance(read_271(text.encode() if isinstance(text, str) else text), NotX12)


def test_why_it_is_refused() -> None:
    assert read_271("hello") == NotX12(detail="It does not begin with an ISA segment.")
    assert read_271(ISA.removesuffix(":")) == NotX12(detail="Its ISA segment does not end.")


def test_an_isa_alone_is_an_empty_message() -> None:
    assert read(f"{ISA}~").transactions == ()
    assert odd(f"{ISA}~") == [(2, "The interchange does not end with IEA.")]


def test_a_segment_without_end_is_cut() -> None:
    text = answer(ACTIVE, "MSG*" + "x" * 3 * MAX_SEGMENT)
    [told] = only(text).members[0].benefits[0].messages
    assert MAX_SEGMENT < len(told) < 2 * MAX_SEGMENT
    assert odd(text)[0] == (13, "This segment was cut: it does not end.")
    assert only(text).se01 == "12"


def test_each_segment_comes_with_the_delimiters_of_its_interchange() -> None:
    segments = Segments.of((MESSAGE.replace("~", "~\n") + cut_with("|", ">", "'", "}"),))
    assert isinstance(segments, Segments)
    told = [segment.split(segments.delimiters.element) for _, segment in segments if segment]
    assert told == [
        *(each.split("*") for each in SEGMENTS),
        *(cut_with("|", ">", "'", "}", each).split("|") for each in SEGMENTS),
    ]


def test_a_response_is_told_by_its_first_interchange() -> None:
    response = read(MESSAGE + cut_with("|", ">", "'", "}"))
    assert (response.delimiters, len(response.transactions)) == (USUAL, 2)


def test_a_second_payer_is_told_and_the_same_one_again_is_not() -> None:
    [payer] = [each for each in SEGMENTS if each.startswith("NM1*PR*")]
    other = payer.replace("NM1*PR*2*", "NM1*PR*2*OTHER ", 1)
    assert odd(MESSAGE.replace(f"{payer}~", f"{payer}~{payer}~")) == odd(
        MESSAGE.replace(f"{payer}~", f"{payer}~REF*ZZ*1~")
    )
    told = [text for _, text in odd(MESSAGE.replace(f"{payer}~", f"{payer}~{other}~"))]
    assert "A second payer is named; the last one stands for all members." in told
