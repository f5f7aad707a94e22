"""Mojibake is undone, and nothing else is touched."""

import os
import random
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.document import Document, apply
from cleaners.mojibake import beam, code_pages, find, screen, suspects, throughout
from cleaners.options import Options

SIMPLIFIED = "会议听取了关于今年财政预算执行情况的报告。"
TRADITIONAL = "會議聽取了關於今年財政預算執行情況的報告。"


def repaired(text: str) -> str:
    return apply(text, find(Document(text), Options()).edits)


@pytest.mark.parametrize("page", ["latin-1", "cp1252", "cp1250", "cp1251", "mac-roman", "koi8-r", "cp437"])
@pytest.mark.parametrize(
    ("true", "line"),
    [("utf-8", SIMPLIFIED), ("utf-8", TRADITIONAL), ("gb18030", SIMPLIFIED), ("big5", TRADITIONAL)],
)
def test_single_byte_pages_are_undone(true: str, page: str, line: str) -> None:
    raw = line.encode(true)
    try:
        garbled = raw.decode(page)
    except UnicodeDecodeError:
        pytest.skip("this page leaves a byte of the line undefined")
    assert repaired(garbled) == line


@pytest.mark.parametrize(
    ("true", "page", "line"),
    [
        ("utf-8", "gb18030", "今年的工作总体上是好的"),
        ("gb18030", "big5", "今年的工作总体上是好的"),
        ("big5", "gb18030", "今年的工作總體上是好的"),
        ("utf-8", "cp932", "工作总体上是好的"),
        ("gb18030", "cp932", "今年的工作总体上是好的"),
        ("big5", "cp932", "今年的工作總體上是好的"),
        ("gb18030", "cp949", "今年的工作总体上是好的"),
        ("big5", "cp949", "國家科學技術"),
        ("gb18030", "euc-jp", "今年的工作总体上是好的"),
        # 昮 has two places in cp932, and is the bytes of 产业 in the one that Python does not write.
        ("gb18030", "cp932", "发展新兴产业"),
        # Second bytes that are ASCII at the end.
        ("big5", "cp932", "這是關鍵的問題"),
    ],
)
def test_double_byte_pages_are_undone_inside_clean_text(true: str, page: str, line: str) -> None:
    garbled = line.encode(true).decode(page, "replace")
    assert repaired(f"他说，{garbled}，大家都同意。") == f"他说，{line}，大家都同意。"


@pytest.mark.parametrize(
    "pages",
    [
        [("utf-8", "gb18030"), ("utf-8", "gb18030")],
        [("utf-8", "latin-1"), ("utf-8", "latin-1")],
        [("gb18030", "latin-1"), ("utf-8", "latin-1")],
        [("gb18030", "latin-1"), ("utf-8", "gb18030")],
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "各项改革稳步推进成效明显",
        "這是我們工作的主要問題",  # the last byte of 題 is ASCII
    ],
)
def test_what_was_garbled_twice_is_undone(line: str, pages: list[tuple[str, str]]) -> None:
    garbled = line
    for true, page in pages:
        try:
            garbled = garbled.encode(true).decode(page)
        except UnicodeDecodeError:
            pytest.skip("this page leaves a byte of the line undefined")
    assert repaired(garbled) == line


JAPANESE = "駅前の小さな喫茶店で本を読むのが好きです。"
KOREAN = "역 앞의 작은 찻집에서 커피를 마시며 책을 읽는 것을 좋아합니다."


@pytest.mark.parametrize(
    ("line", "true", "pages"),
    [
        (
            JAPANESE,
            "cp932",
            ["gbk", "gb18030", "latin-1", "cp1252", "cp1251", "mac-roman", "koi8-r", "cp437"],
        ),
        (JAPANESE, "euc-jp", ["big5", "latin-1", "cp1252", "cp1250", "mac-cyrillic", "cp437"]),
        (JAPANESE, "utf-8", ["latin-1", "mac-cyrillic", "koi8-r", "cp437"]),
        (KOREAN, "cp949", ["gbk", "gb18030", "euc-jp", "latin-1", "cp1252", "cp1251", "mac-roman", "koi8-r"]),
        (KOREAN, "utf-8", ["latin-1", "mac-cyrillic", "koi8-r", "cp437"]),
    ],
)
def test_japanese_and_korean_are_restored(line: str, true: str, pages: list[str]) -> None:
    for page in pages:
        garbled = line.encode(true).decode(page, "replace")
        if "\ufffd" in garbled:
            garbled = "".join(bytes((b,)).decode(page, "ignore") or chr(b) for b in line.encode(true))
        assert repaired(garbled) == line, page


@pytest.mark.parametrize(
    ("before", "run", "behind", "true", "page"),
    [
        ("会議では", "来年度の予算案について", "話し合いました。", "cp932", "gbk"),
        ("会議では", "来年度の予算案に", "ついて話し合いました。", "utf-8", "gb18030"),
        ("会議では", "来年度の予算案に", "ついて話し合いました。", "cp932", "cp1251"),
        ("자료를 입력한 다음 ", "저장 단추를", " 누르세요.", "cp949", "gbk"),
        ("자료를 입력한 다음 ", "저장 단추를", " 누르세요.", "cp949", "latin-1"),
        ("자료를 입력한 다음 ", "저장 단추를", " 누르세요.", "utf-8", "mac-roman"),
        ("他们写道：“", "회의에서는 내년도 예산안에 대해", "”，大家都看不懂。", "cp949", "gbk"),
    ],
)
def test_japanese_and_korean_are_restored_inside_a_line(
    before: str, run: str, behind: str, true: str, page: str
) -> None:
    assert repaired(before + run.encode(true).decode(page) + behind) == before + run + behind


@pytest.mark.parametrize(
    ("true", "page"),
    [("cp932", "gbk"), ("euc-jp", "gbk"), ("euc-jp", "cp437"), ("cp949", "cp1251"), ("cp949", "latin-1")],
)
def test_chinese_in_a_page_for_another_language_is_restored(true: str, page: str) -> None:
    line = "國家科學技術問題，人民生活改善，社會安定"
    assert repaired(line.encode(true).decode(page)) == line


@pytest.mark.parametrize(
    ("line", "true", "page"),
    [
        ("这首词的作者是一位不知名的诗人——王永彬", "gb18030", "cp949"),
        ("這是作者的意見——王永彬", "big5", "cp932"),
        ("這首詞的作者是一位不知名的詩人——王永彬", "gb18030", "mac-roman"),
    ],
)
def test_a_rare_character_at_the_end_of_a_damaged_line_is_restored(line: str, true: str, page: str) -> None:
    assert repaired(line.encode(true).decode(page)) == line


@pytest.mark.parametrize(
    ("true", "page"),
    [("cp932", "latin-1"), ("euc-jp", "latin-1"), ("cp949", "cp437"), ("cp932", "gbk"), ("euc-jp", "gbk")],
)
def test_chinese_in_a_page_for_another_language_is_restored_inside_a_line(true: str, page: str) -> None:
    before, run, behind = "他", "在日記裏寫道", "，生活是一本大書，每天都要翻過一頁。"
    line = before + run + behind
    assert repaired(before + run.encode(true).decode(page) + behind) == line


@pytest.mark.parametrize(
    ("before", "run", "behind", "true", "page"),
    [
        ("公司决定从", "下个月起调整", "上下班时间，并向员工发放交通补贴和午餐补贴。", "gbk", "euc-jp"),
        ("火车晚点了两个小时，候车室里挤满了提着大包小", "包回家过年的", "旅客。", "gbk", "euc-jp"),
        ("代表們討論了幾個", "要深化文化體", "制改革的問題。", "big5", "gbk"),  # half of it is kana
        ("孩子們唱起了", "通過文化交流", "學會的歌。", "big5", "gbk"),
        ("爷爷", "的收音机", "坏了，修理师傅说零件已经买不到了。", "gbk", "euc-jp"),
        ("这", "家书店开", "了二十多年，许多顾客都是从小看到大的。", "gbk", "euc-jp"),
        ("医生建议他每天早上", "散步半个", "小时，少吃油腻的食物。", "gbk", "euc-jp"),
    ],
)
def test_a_few_characters_are_enough(before: str, run: str, behind: str, true: str, page: str) -> None:
    line = before + run + behind
    assert repaired(before + run.encode(true).decode(page) + behind) == line


def test_a_run_that_begins_within_a_line_ends_within_it_where_that_reads_better() -> None:
    """The rest of the line, one character and a mark, may be damaged too: whole lines mostly are."""
    run = "我们也就能拿到手"
    text = "只要方法对路，高分" + run.encode("gbk").decode("euc-jp") + "了。"
    assert repaired(text) == f"只要方法对路，高分{run}了。"


def test_text_in_one_script_has_no_characters_of_the_other_at_the_ends_of_a_run() -> None:
    """處, as which 演 was read, is no less likely for the model."""
    before, run, behind = "有人在歌唱，", "演一些老掉牙的", "节目，观众都走了。"
    garbled = run.encode("gbk").decode("euc-jp")
    assert garbled.startswith("處")
    assert repaired(before + garbled + behind) == before + run + behind


def test_what_may_be_damage_stays_beside_damage_where_it_is_hardly_likelier_so() -> None:
    """Short runs are restored in texts that are known to be damaged, but 苻在 is hardly likelier than 權壓."""
    run = "一切法律之中最重要的法律不是文字而是民心中的道理"
    text = "\n做官的人不能以權壓法，也不能以權壓人。"
    assert repaired(run.encode("gbk").decode("euc-jp") + "。" + text) == run + "。" + text


def test_part_of_a_damaged_run_is_not_repaired_by_itself() -> None:
    """Two hanzi of GBK read as Latin-1 are too few to tell, but two of their bytes are a letter of UTF-8."""
    assert repaired("他说ÖÐ¹ú，好。") == "他说ÖÐ¹ú，好。"


@pytest.mark.parametrize(
    ("before", "run", "behind", "page"),
    [
        (
            "村",
            "里新修了一条",
            "公路，从此以后进城方便多了。",
            "euc-jp",
        ),  # which stands at a line's beginning
        ("", "“你放心吧，", "”他说，“我一定会把东西送到她手上。”", "big5"),  # the next mark would be 〃
        ("“你放心吧，”他说，“我一定会把东西", "送到她手上。", "”", "euc-jp"),  # few, but running text
        ("秋天到了，果园里的苹果熟透", "了，空气中", "都是香味。", "cp949"),
    ],
)
def test_damage_begins_and_ends_where_it_does(before: str, run: str, behind: str, page: str) -> None:
    line = before + run + behind
    assert repaired(before + run.encode("gbk").decode(page) + behind) == line


@pytest.mark.parametrize(
    "codec", sorted({codec for codecs in code_pages.VARIANTS.values() for codec in codecs})
)
def test_a_table_of_pairs_is_what_the_codec_reads(codec: str) -> None:
    table = code_pages.pairs(codec)
    for pair in product(range(0x81, 0xFF, 7), range(0x40, 0xFF)):
        try:
            read = bytes(pair).decode(codec)
        except UnicodeDecodeError:
            read = ""
        assert table[pair] == (ord(read) if len(read) == 1 else 0)


def test_characters_that_a_page_has_twice_are_known() -> None:
    others = code_pages.other_bytes("cp932")
    assert others["∵"] == [b"\x87\x9a", b"\xfa\x5b"]
    assert "あ" not in others
    assert all(raw.decode("cp932") == character for character, raws in others.items() for raw in raws)


def test_a_mark_before_damage_stands() -> None:
    run = "他和同事用算盤"
    assert repaired("\t——" + run.encode("gbk").decode("cp1252") + "算出數據。") == f"\t——{run}算出數據。"


def test_kana_that_both_pages_write_alike_are_evidence_for_japanese() -> None:
    line = "彼女は窓の外を眺めながら、故郷の海を思い出していた。"
    garbled = line.encode("euc-jp").decode("gbk")
    assert "めながら、" in garbled
    assert repaired(garbled) == line


@pytest.mark.parametrize("errors", ["replace", "ignore"])
def test_lost_bytes_are_found_again(errors: str) -> None:
    line = "他说今年的工作总体上是好的。"
    assert repaired(line.encode("utf-8").decode("gbk", errors) + "\n大家都同意。") == line + "\n大家都同意。"


LANGUAGES = {
    "German": "Die Straßen sind schön und größer geworden.",
    "French": "L’été dernier, nous étions à côté de la forêt.",
    "Spanish": "El niño comió piñas y mañana volverá.",
    "Portuguese": "A informação não está disponível amanhã.",
    "Czech": "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "Polish": "Zażółć gęślą jaźń, proszę bardzo.",
    "Turkish": "Güneş çok güçlü, şapkanı unutma.",
    "Swedish": "Räksmörgås på båten är gott.",
    "Russian": "Привет, как дела сегодня?",
    "Ukrainian": "Сьогодні гарна погода, чи не так?",
    "Greek": "Καλημέρα σε όλους τους φίλους.",
    "Vietnamese": "Hôm nay trời đẹp quá, chúng tôi rất vui.",
    "Korean": "오늘은 날씨가 정말 좋습니다.",
    "Thai": "สวัสดีครับ ยินดีที่ได้รู้จัก",
    "Emoji": "It works 😀👍 very well",
}


@pytest.mark.parametrize("page", ["latin-1", "cp1252", "twice"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_ftfy_repairs_is_repaired(language: str, page: str) -> None:
    line = LANGUAGES[language]
    garbled = line.encode().decode("latin-1")
    if page == "twice":
        garbled = garbled.encode().decode("latin-1")
    elif page == "cp1252":
        garbled = "".join(c.encode("latin-1").decode("cp1252", "ignore") or c for c in garbled)
    assert repaired(garbled) == line


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("\ufeff标题", "标题"),
        ("a\x01b\x02c", "abc"),
        ("\x1b[31m红\x1b[0m字", "红字"),
        ("donâ€™t", "don’t"),
        ("β€”", "β€”"),
        ("第一行\u2028第二行", "第一行\u2028第二行"),
    ],
)
def test_controls_go_and_typography_stays(text: str, clean: str) -> None:
    assert repaired(text) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("&#20320;&#22909;，世界", "你好，世界"),
        ("请看\\u4f60\\u597d\\u4e16\\u754c吧", "请看你好世界吧"),
        ("他说%E4%BD%A0%E5%A5%BD吧", "他说你好吧"),
        ("本文&nbsp;&nbsp;作者", "本文 作者"),
        ("http://example.com/%E4%BD%A0%E5%A5%BD", "http://example.com/%E4%BD%A0%E5%A5%BD"),
        ("请访问 example.com?q=%E4%BD%A0%E5%A5%BD 查询", "请访问 example.com?q=%E4%BD%A0%E5%A5%BD 查询"),
        (
            "见 http://a.cn/?q=8%E6%9C%88%E7%AC%AC1%E7%89%88%E5%90%A7",
            "见 http://a.cn/?q=8%E6%9C%88%E7%AC%AC1%E7%89%88%E5%90%A7",
        ),
        ('title = "\\u4f60\\u597d"', 'title = "\\u4f60\\u597d"'),
        ("写作 &lt;p&gt; 的标记", "写作 &lt;p&gt; 的标记"),
    ],
)
def test_escapes_are_resolved_where_they_are_text(text: str, clean: str) -> None:
    assert repaired(text) == clean


def test_misaligned_gbk_is_undone() -> None:
    # The first byte of 保 is gone, an undefined pair was dropped, and ； stands as its half-width form.
    assert (
        repaired("各項工作都要抓好,確;顒涌焖俑咝七M(jìn)。") == "各項工作都要抓好,確保活動快速高效推進(jìn)。"
    )


@pytest.mark.parametrize("errors", ["ignore", "replace"])
@pytest.mark.parametrize(
    ("text", "behind"),
    [
        # The last byte that is left over is dropped or replaced,
        ("村里修好了通往县城的公路，孩子们上学再也不用翻山了。", "里修好了通往"),
        ("大家都认为应该保护环境，把垃圾分类的工作坚持下去。", "该保护环境，"),
        ("图书馆每天早上八点开门，周末也对读者开放。", "每天早上八点开"),
        ("會議聽取了關於今年財政預算執行情況的報告，大家進行了認真討論。", "今年財政預"),
        ("醫院新開設的門診受到了附近居民的歡迎。", "到了附近居"),
        # or read as a letter.
        ("會議聽取了關於今年財政預算執行情況的報告，大家進行了認真討論。", "算執行情況"),
        ("醫院新開設的門診受到了附近居民的歡迎。", "院新開"),
        ("學校決定舉辦讀書活動，鼓勵同學們認真閱讀經典。", "勵同學"),
    ],
)
def test_a_run_of_gbk_that_lost_a_byte_is_undone(text: str, behind: str, errors: str) -> None:
    raw = text.encode("gbk")
    lost = len(text[: text.index(behind)].encode("gbk"))
    garbled = (raw[:lost] + raw[lost + 1 :]).decode("gbk", errors)
    assert garbled != text
    assert repaired(garbled) == text


def test_a_repair_leaves_white_space_and_marks_at_its_edges() -> None:
    # 经济社会发展 without the second byte of 经, behind an indentation and a mark.
    garbled = "经济社会发展".encode("gbk")[1:].decode("gbk", "ignore")
    for before in ("\u3000\u3000", "。", "”"):
        text = f"大会听取了报告{before}{garbled}\n取得了很大的成就"
        for edit in find(Document(text), Options()).edits:
            assert edit.start >= text.index(before) + len(before)
            assert edit.before[0] != edit.after[:1]
            assert edit.before[-1] != edit.after[-1:]


def test_a_stray_byte_before_misaligned_text_becomes_no_character() -> None:
    garbled = (b"\xa4" + "各地工作已经".encode("gbk")[:-1]).decode("gbk")
    text = f"继续加强管理\u3000\u3000{garbled}取得了很大成绩，还要继续努力。"
    assert repaired(text) == "继续加强管理\u3000\u3000各地工作已经取得了很大成绩，还要继续努力。"


RANDOM = random.Random(7)
GARBAGE = {
    "all hanzi": "".join(map(chr, range(0x3400, 0xA000))),
    "random hanzi": "".join(chr(RANDOM.randrange(0x4E00, 0x9FA6)) for _ in range(28_000)),
    "random Latin-1": "".join(chr(RANDOM.randrange(0xA1, 0x100)) for _ in range(28_000)),
    "anything": "".join(chr(RANDOM.randrange(0x20, 0xD800)) for _ in range(28_000)),
    "lost bytes": "".join(RANDOM.choice("\ufffd?浠婂勾鐨勫") for _ in range(28_000)),
    "misaligned": "顒涌焖俑咝七" * 4_000,
    "kana": "づ┐甯母" * 5_000,
}


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The characters that searches stepped over, in the order of the steps."""
    characters: list[str] = []
    step = beam._step

    def counted(before: beam._Beam, text: str, i: int, *others: Any) -> beam._Beam:
        characters.append(text[i])
        return step(before, text, i, *others)

    monkeypatch.setattr(beam, "_step", counted)
    return characters


@pytest.mark.parametrize("kind", GARBAGE)
def test_the_search_is_bounded_by_the_length(kind: str, steps: list[str]) -> None:
    for length in (500, 1_000, 2_000):
        steps.clear()
        find(Document(GARBAGE[kind][:length]), Options())
        # One allowance that may be in vain, and two kinds of damage to be tried where each seems to be right.
        assert len(steps) <= 2.5 * length + 700


PARAGRAPH = "村里修好了通往县城的公路，孩子们上学再也不用翻山了。老人们说，这样的日子以前想都不敢想。"


@pytest.mark.parametrize(
    ("true", "wrong", "loss"),
    [
        *product(["utf-8"], ["gb18030", "gbk"], ["\ufffd", "?", ""]),
        # Where pairs lose a byte without a trace, nothing says which bytes pair.
        *product(["gbk"], ["big5"], ["\ufffd", "?"]),
    ],
)
def test_lost_bytes_are_guessed(true: str, wrong: str, loss: str, steps: list[str]) -> None:
    garbled = PARAGRAPH.encode(true).decode(wrong, "replace").replace("\ufffd", loss)
    after = repaired(f"第一段没有乱码。\n{garbled}\n第三段也没有。")
    before = f"第一段没有乱码。\n{PARAGRAPH}\n第三段也没有。"
    assert sum(a != b for a, b in zip(after, before, strict=True)) <= 2
    if loss:
        # What begins and ends with a line is read at once, without a search.
        assert not steps


def test_what_is_read_without_guesses_is_no_reason_to_leave_marks_of_lost_bytes() -> None:
    run = "这座桥是一百年前由村民修建的"
    garbled = run.encode().decode("gb18030", "replace").replace("\ufffd", "?")
    assert repaired(f"大家都说，{garbled}，现在还能走车。") == f"大家都说，{run}，现在还能走车。"


def test_ascii_between_garbled_lines_is_passed_over(steps: list[str]) -> None:
    lines = [
        "<title>" + PARAGRAPH + "</title>",
        "",
        "    <p class='body'>",
        PARAGRAPH + " (2019)!",
        "-- 1 of 2 --",
    ]
    text = "\n".join(lines * 3)
    after = repaired(text.encode().decode("gb18030", "replace"))
    assert sum(a != b for a, b in zip(after, text, strict=True)) <= 6
    assert not steps


CHILDREN = "孩子们上学再也不用翻山了"
ELDERS = "老人們說，這樣的日子以前想都不敢想"


@pytest.mark.parametrize(
    ("line", "true", "wrong"),
    [
        (CHILDREN, "utf-8", "gb18030"),
        *product([PARAGRAPH, ELDERS], ["utf-8"], ["latin-1", "cp1251", "koi8-r"]),
        *product([PARAGRAPH + "\xa0", ELDERS], ["gb18030"], ["latin-1", "koi8-r"]),
        (ELDERS, "big5", "latin-1"),
        (CHILDREN, "gb18030", "big5"),
        (ELDERS, "big5", "gb18030"),
    ],
)
def test_a_text_that_is_garbled_throughout_is_undone_at_once(
    line: str, true: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(suspects, "find")
    text = "\n".join([f"<title>{line}</title>", "", line, "2024-05-06 10:20", *[line] * 6])
    assert repaired(_read_as(text, true, wrong)) == text


def _read_as(text: str, true: str, wrong: str) -> str:
    """What a page leaves undefined is a C1 control in it."""
    raw = text.encode(true)
    try:
        return raw.decode(wrong)
    except UnicodeDecodeError:
        return "".join(bytes((byte,)).decode(wrong, "ignore") or chr(byte) for byte in raw)


def test_japanese_text_is_not_garbled_throughout() -> None:
    # Its kana are the same in GBK, and its kanji are others there, as a title of two of them was once.
    text = (
        "警告：イントロダクションのデータによれば、インターフェースは存在しません。\n"
        "注意：プリンターのメッセージによれば、ネットワークのパスワードが必要です。\n"
    ) * 3
    assert throughout.find(text, screen.glance(text), beam.Budget(0)) is None
    assert repaired(text) == text


@pytest.mark.parametrize("errors", ["strict", "replace"])
def test_lines_that_are_right_stay_in_a_text_that_is_garbled_throughout(errors: str) -> None:
    line = CHILDREN if errors == "strict" else PARAGRAPH
    garbled = line.encode().decode("gb18030", errors)
    clean = ["第一段没有乱码。", "", "No mojibake, Zürich says."]
    after = repaired("\n".join([garbled, garbled, clean[0], garbled, clean[1], garbled, clean[2], garbled]))
    lines = after.split("\n")
    assert [lines[k] for k in (2, 4, 6)] == clean
    assert all(sum(a != b for a, b in zip(lines[k], line, strict=True)) <= 1 for k in (0, 1, 3, 5, 7))


def test_marks_are_guessed_where_nothing_else_is_possible() -> None:
    text = (
        "他在二〇二四年写道：“山村―城镇―都市，一步一步走来。”\n村里人记得，《山乡•公路•桥》是那一年的书名。"
    )
    garbled = text.encode().decode("gb18030", "replace")
    assert "\ufffd" in garbled
    assert repaired(f"{garbled}\n{garbled}") == f"{text}\n{text}"


def test_variants_that_taiwan_has_not_are_guessed() -> None:
    # 爲 lost both bytes, 羣 the byte that is no letter.
    line = "政府應當把羣衆的利益放在首位，作爲一切工作的出發點。"
    garbled = line.encode("gbk").decode("big5", "replace")
    assert sum(a != b for a, b in zip(repaired(garbled), line, strict=True)) <= 1


@pytest.mark.parametrize(
    "line",
    [
        # Three in a row: pairs alone make 軍事 and 機構 of it.
        "我們要堅持實事求是的態度，對經營體系進行改革，也要創造更多的機會。",
    ],
)
def test_more_than_neighbours_says_what_lost_both_bytes(line: str) -> None:
    garbled = line.encode("gbk").decode("big5", "replace")
    assert repaired(garbled) == line


def test_what_stands_apart_in_a_document_of_one_cause_has_that_cause() -> None:
    short = "网页标题文字"
    text = f"{short.encode().decode('gb18030', 'replace')}\n\n{'-' * 40}\n{PARAGRAPH.encode().decode('gb18030', 'replace') * 6}"
    assert repaired(text).startswith(short + "\n")


def test_a_real_question_mark_is_none_that_stands_for_a_byte() -> None:
    line = "谁来修这条路?谁来出这笔钱?大家都在等一个答案。"
    garbled = line.encode().decode("gbk", "ignore")
    assert repaired(garbled) == line


@pytest.mark.parametrize("kind", ["all hanzi", "random hanzi", "random Latin-1", "anything"])
def test_what_is_no_text_is_given_up_soon(kind: str, steps: list[str]) -> None:
    find(Document(GARBAGE[kind]), Options())
    assert len(steps) < 0.1 * len(GARBAGE[kind]) + 600


@pytest.mark.parametrize(
    "text",
    [
        "",
        SIMPLIFIED,
        TRADITIONAL,
        "Привет, мир! Как дела?",
        "Ångström, naïve café, Škoda",
        "好哦～～～明天见",
        "喀喇沁旗",
        # made-up names, by themselves and joined as foreign ones are
        "出席的有叶红翥·马强麤·白鑫·白琬·赖兰·姚瑄·万旸·钟骅·潘平犇·蒋骢兰等。",
        "名单 段彧·邓翱桂·常翯·董犇等。",
        "江璟·戴华鑫·马丽·梁翙秀·贺彧骞·邵磊·邓骎·宋娟涛。",
        "卢梅静·任彧婕·常伟·乔杰婕·叶芳骎·卢焱旸·朱琬骉·夏明煜。",
        "出席的有曼涅赫 利里 纳邦 珀达 舍尔。",
        "塔纳诺娃苏纳 西朱鲁恩莱尼 恩利涅乔凯 沃涅里鲁 斯克鲁莱等。",
        "例如：赫珀琼戈戈尼\n费哈娃\n欧朱泰赫等。",
        "希皮西费、邦琼哈邦辛、邦夫赫科、塔科坦科沃拉、沙尔邦毛、奇梅、亚格莱内库希。",
        "辛克温肯·丁涅·巴欧·丁肯·马恩库",
        "名单 郑翀鑫等。",
        "名单 赵淼娜。",
        "例如：纳莱乔内等。",
        "例如：邓娜骁\n戴翀\n孙翯\n邱平\n罗明\n白娟\n高勇熠\n陆昶骎\n冯明\n阎杰骞。",
        "例如：勒詹罗达\n奇鲁乌索\n米索尼亚哈\n耶费\n威德娃纳梅温\n梅沃威夫哈等。",
        "名单 尼努达、伊普勒、肯诺蒙詹丁、尼梅罗达等。",
        "例如：夏焱淼、余涛等。",
        "嬲嫐娚嫋嬺嬻嬼嬽",
        "僤僥僦僧僨僩僪僫僬僭僮僯",
        "荹荺荻荼荽荾荿莀莁莂莃莄莅莆莇莈莉莊莋莌莍莎莏莐莑莒莓莔莕莖莗",
        "三过家门而不入，孔繁森援藏十年",
        "向新时代县委书记廖俊波学习",
        "│   │   └── cleaners\n│   └── tests",
        "№ 5 «Война и мир», секунду, август, верасень",
        "ΑΒΓΔ Καλημέρα",
        "ÁÂÃÀ ÄÅÆ",
        "(´･ω･`) Σ(ﾟДﾟ) ٩(◕‿◕)۶",
        "∀x∈ℝ: x² ≥ 0 ⇔ √x ∈ ℝ",
        "\xa0" * 30 + "——",
        "你说“好”，他说‘不’；（完）",
        "fix_text('sÃ³')",
        "今日はとても寒いです。駅前で会いましょう。",
        "設定の引数の数が間違っています。必要な引数は二つです。\n形か複数の翻訳に登録されていない名前です。",
        "функция %qD имеет версию, цель %pB имеет версию",
        "斯顿岛\n柔佛\n朱兹詹省\n胡胡伊省\n汝拉",
        "里德\n科比列\n科贾埃利\n高知县\n科吉",
        "吕除涤、袁资鳜、陶个榷詆、田里亶魆",
        "他潜。热得发烫，吞嚼刺骨的寒风。",
        "【通知】\ue40c明天开会。\ue40c请准时。",
        "谷知谎脏、与祉斌、望涎紺、六徨櫪、照廁馥",
        "部痢櫟、州瑷、么餓、望巒歪、道槛娈、改鹬銬、人镍、特冪虿",
        "萧淼·钟涛昉·马旸旸·万芳·萧兰·傅刚磊·邵翱等。",
        "名单 何鑫·乔骎强·侯骢·陈骧·贺桂·汪麤。",
        "出席的有林亚威·托尤毛·谢凯凯塞·尤里·苏奇",
        "俛、服鋼熲、林谔膿、麼釜、和暸咋、相埴搐、下氰鼷、设赁",
        "尹杰英·马涛翙·方彧·郑骎军·任麤翙·邓骉羴·尹艳·廖瑄敏等。",
        "骥峣、時讖缈、务圻塚、過娩嘱、源侏、事谡儆、题榕橹",
        "他常穿着旧衣裳。慢慢地，宁愿饿着也不吞嚼刺喉的苞谷。",
        "파일 이름을 매핑할 때 <파일> 사용\n아카이브 파일 또는 장치\n압축 프로그램 사용\n경고 출력 제어",
        "시스템 형식을 알 수 없습니다. 범위를 벗어나는 값입니다. 일치하지 않는 각각의 디렉터리",
        "마운트가 “eject” 기능을 구현하지 않았습니다\n마운트가 “remount” 기능을 구현하지 않았습니다",
        "大韓民國(대한민국)의 國會(국회)는 서울에 있다.",
        "瓦维\n希姆洛沃\n兰什贝\n特伊辛阿\n什皮戈扎朱\n丁特塞。",
        "名单 伊皮瓦戈\n内拉\n约皮伊纳纳\n涅戈\n斯梅\n里凯马加达\n蒙曼辛坦穆恩",
        "例如：戈皮瓦伊\n加普巴曼\n希辛\n克克皮谢赫毛\n帕万库\n沃西邦\n西西。",
        "ﾌｧｲﾙを開いてﾃﾞｰﾀを保存してください。ｶﾀｶﾅの半角文字です。",
        # Some of these gain as misaligned bytes, but stand among their like.
        "门旐虺、动痈垠、发泓淙、位巖、知喽、兵薰蠋、后缬、當悫阨",
        "相蛙啡、明榕谑、何獒、品晝簪、平墀挞、多峒铃、發墅泝、府蠓貊",
        "問枧蒍\n需鞮\n发繃搀\n他冉鏟\n才毽鲵\n目椿\n或墒澜\n员濮",
        "霍汉冈盖佐、本英蒂、乌尤珀别、班沃谢南丁、宾达舍、廷洛、宁沙爱托、罗比",
        "丹奈莱沙乔\n博奈格昆沃\n谢芬安贝彼\n什西\n汤纽库\n琴谢\n多沙西\n维尔伦珍昂",
        "B鐫、X搋A、X奂養T、t礣噤b、X蛊瞥、a鋰侏、A諡膾、Q謅b",
        "A股小幅上涨，他穿着T恤去做B超和X光，回来看K线图，又去了KTV的K歌房。",
        "小米SU7、联想Y7000P、B站UP主、Q弹、T台、Y染色体、e租宝、U盘、M豆、C919大飞机",
        "髣髴兮若輕雲之蔽月，飄颻兮若流風之迴雪。瓌姿豔逸，儀靜體閑。",
        "扈江離與辟芷兮，紉秋蘭以為佩。朝搴阰之木蘭兮，夕攬洲之宿莽。",
        "貔貅、狻猊、狴犴、睚眥、囚牛、嘲風、蒲牢、贔屭、螭吻、負屭",
        "饾饤、觊觎、龃龉、囹圄、踟蹰、踯躅、蹀躞、趔趄、趑趄、窸窣、潺湲、氤氲",
        "亳州\n濮阳\n盱眙\n鄄城\n邗江\n邕宁\n郫都\n盩厔\n睢宁\n沭阳\n猇亭\n秭归",
        "氨氯地平、阿托伐他汀、羟丙基甲基纤维素、邻苯二甲酸二辛酯、苯并芘、噻吩、卟啉",
        "我哋今日去邊度食飯呀？佢話冇所謂，係咁先啦，唔該晒。嗰啲嘢咁貴，梗係唔買啦。",
        "ｱｶｻﾀﾅﾊﾏﾔﾗﾜ ﾃﾞｰﾀ ﾌｧｲﾙ ｺﾋﾟｰ ﾎﾞﾀﾝ",
        "一時停止\n障害の発生中\n完了",
        "手順は以下の通り:\nそして削除する。",
        "例えば、○○したら××まで△△するという話です。",
        "【谷中】迷い犬【柴】",
        "犬の毛の根元は油を含む。",
        "⁃ „pРЕГУЛЯРЕН_ИЗРАЗ“",
        "一叽、世叟瘳、么垫卉、体閎蓐",
        "「食べる」の意味是“吃”，「飲む」是“喝”。",
        "ㅋㅋㅋ 정말요? ㅠㅠ 그랬군요!",
        "ㅎㅎ 오늘 너무 추워요 ㅜㅜ 집에 가고 싶다 ㄱㄱ",
        "國會(국회)와 大法院(대법원)은 서울에 있다.",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert not find(Document(text), Options()).edits


def test_lone_surrogates_become_encodable() -> None:
    assert repaired("好\ud83d\ude00吧\ud800") == "好\U0001f600吧\ufffd"


def test_what_is_lost_is_flagged() -> None:
    flags = find(Document("前面是好的。锟斤拷锟斤拷锟斤拷"), Options()).flags
    assert [(flag.name, flag.start) for flag in flags] == [("mojibake_lossy", 6)]


def test_a_single_byte_page_is_undone_in_short_runs_of_a_text_that_is_full_of_it() -> None:
    line = "各项工作都要抓好，确保取得实效，大家都要努力"
    text = f"{line}\n\xa0\n资料来源：\n{line}"
    garbled = "".join(bytes((b,)).decode("cp1252", "ignore") or chr(b) for b in text.encode("gb18030"))
    assert repaired(garbled) == text


@pytest.mark.parametrize("page", ["cp949", "latin-1", "cp437"])
def test_short_lines_of_a_text_that_was_read_in_a_wrong_page_are_undone(page: str) -> None:
    text = "【1】\n资料来源：某日报\n各项工作都要抓好，确保取得实效，大家都要努力。\n（完）"
    assert repaired(text.encode("gb18030").decode(page)) == text


def test_marks_at_the_edges_of_a_run_come_back() -> None:
    text = "——为国防事业做出了重要贡献。\n他说：“各项工作都要抓好。”\n大家同意"
    garbled = "\n".join(line.encode("gbk").decode("big5") for line in text.split("\n")[:2])
    assert repaired(f"{garbled}\n大家同意") == text


CORPUS = Path(os.environ.get("JINGWEN_CORPUS", Path(__file__).parents[1] / "../shared/corpus")) / "documents"


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus here")
def test_repairs_of_real_documents_are_few_and_final() -> None:
    changed = 0
    for path in sorted(CORPUS.glob("*/*"))[::4]:
        text = path.read_bytes().decode("utf-8", "replace")
        clean = repaired(text)
        changed += clean != text
        assert repaired(clean) == clean, path
    assert changed <= 4


@given(st.text())
def test_any_text_gets_edits_that_fit(text: str) -> None:
    apply(text, find(Document(text), Options()).edits)


@pytest.mark.parametrize(
    "text",
    [
        "棉油麻丝茶糖菜烟果药杂各有所长。",
        "卓创资讯分析师刘冬娜则认为，价格还会上涨。",
        "操千曲而后晓声，观千剑而后识器。",
    ],
)
def test_lists_names_and_verse_are_not_flagged_as_mojibake(text: str) -> None:
    assert find(Document(text), Options()).flags == ()


def test_what_reads_like_no_text_and_cannot_be_restored_is_flagged() -> None:
    garbled = "勭緝瘮湰彴鎻閲愰緝鏂鎻鐨閲墖瘮勭娓閲"
    found = find(Document(f"会议指出，{garbled}，要抓好落实。"), Options())
    assert [(flag.name, flag.start) for flag in found.flags] == [("mojibake_left", 5)]


def test_what_has_lost_most_of_its_bytes_is_flagged_and_not_guessed() -> None:
    garbled = "会议听取了关于今年财政预算执行情况的报告".encode().decode("big5", "replace")
    found = find(Document(f"他说，{garbled}。"), Options())
    assert not found.edits
    assert {flag.name for flag in found.flags} >= {"mojibake_lossy"}
