"""The three pages of Big5 are told apart where the same bytes are different characters in them."""

import pytest

from cleaners.encoding import big5, decode
from cleaners.encoding.big5 import MARKS, PAGES, ROWS_THAT_DIFFER
from cleaners.encoding.strict import decoded

# Each is tried in those pages that have all of its characters.
TEXTS = [
    "優の良品：９～１２元",
    "約翰‧史密斯，費用約３～５元",
    "米蘭•昆德拉的作品",
    "書名是「瓦歷斯‧諾幹詩選」",
    "米蘭•昆德拉的“生活在別處”",
    "機構精簡１／４，移交地方",
    "①準備。②開始。③結束",
    "⑴準備；⑵開始",
    "見上文②，第一類ⅰ與ⅱ",
    "\n③讓非物質文化遺產傳承不息",
    "\n\t③多用“看不見的手”",
    "歌曲「さくら」與「また君に恋してる」",
    "人々の暮らし，寄件者：キムタク",
    "二〇一〇年十月，卡片上寫著ありがとう",
    "Москва是俄羅斯首都",
    "他搖搖頭ヽ（・・）ノ走了",
]


# ‧ and • are the same bytes: where nothing else tells the pages apart, the commoner • is read.
CASES = [(page, text) for page in PAGES for text in TEXTS if text.encode(page, "ignore").decode(page) == text]


@pytest.mark.parametrize(("page", "text"), CASES)
def test_what_is_read_decides(page: str, text: str) -> None:
    assert big5.page(text.encode(page))[1] == text
    sentence = f"今天的會議討論了下一個年度的預算，{text}，預計下週表決。"
    assert decode(sentence.encode(page)).text == sentence


def test_text_that_is_the_same_in_all_pages_is_named_by_the_commonest() -> None:
    assert {big5.page("會議討論了預算".encode(page))[0] for page in PAGES} == {"cp950"}


def test_characters_of_one_page_alone_name_it() -> None:
    assert big5.page("佢哋話唔知，見第①點".encode("big5hkscs"))[0] == "big5hkscs"
    assert big5.page("售價€３０".encode("cp950"))[0] == "cp950"


def test_a_last_character_that_only_one_page_has_is_not_taken_for_a_cut_one() -> None:
    assert big5.page("構建和諧社會，萬衆".encode("big5hkscs")) == ("big5hkscs", "構建和諧社會，萬衆")


def test_the_rows_that_differ_are_all_of_them() -> None:
    leads = set()
    for pair in range(0x8140, 0xFF00):
        texts = [decoded(pair.to_bytes(2, "big"), page) for page in PAGES]
        if len(texts[0]) == 1 and len(set(texts)) > 1:
            leads.add(pair >> 8)
    assert leads == set(ROWS_THAT_DIFFER)


def test_every_mark_is_the_same_bytes_in_both_pages() -> None:
    for ours, theirs, weight in MARKS:
        raw = ours.encode("cp950")
        assert raw.decode("big5hkscs") == theirs
        assert weight


@pytest.mark.parametrize("page", ["cp950", "big5hkscs"])
def test_a_damaged_file_keeps_its_page(page: str) -> None:
    text = {"cp950": "約３～５元，裏面有恒心。", "big5hkscs": "佢哋話唔知，嗰啲嘢喺邊度？"}[page] * 20
    raw = text.encode(page)
    document = decode(raw[:101] + b"\xff" + raw[101:301] + raw[302:])
    assert document.decoding.encoding == page
    assert document.text.count("～" if page == "cp950" else "嘢") >= 18
