"""Bytes become the text that was written, whatever they were written in."""

import gzip
from difflib import SequenceMatcher
from itertools import pairwise

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.encoding import containers, decode, decode_segments, detect
from cleaners.encoding.strict import decodes

SIMPLIFIED = (
    "会议听取了关于今年财政预算执行情况的报告。\n"
    "他推开门，院子里的桂花开了，香气一阵阵飘进来。\n"
    "本次更新修复了若干已知问题，建议所有用户尽快升级到3.2版。\n"
    "我们要把学习的成果转化为工作的动力，切实改进作风，狠抓落实。\n"
)
TRADITIONAL = (
    "立法院院會今日審查預算案，預計下週表決。\n"
    "他推開門，院子裡的桂花開了，香氣一陣陣飄進來。\n"
    "本次更新修復了若干已知問題，建議所有用戶儘快升級到3.2版。\n"
    "颱風過後，市區多處道路積水，交通一度中斷。\n"
)
JAPANESE = "昨日の会議で、来年度の予算案が承認されました。カタカナのテストもあります。\n"
KOREAN = "어제 회의에서 내년도 예산안이 승인되었습니다. 정부는 대책을 발표했다.\n"
RUSSIAN = "Вчера на заседании был утверждён проект бюджета на следующий год.\n"
FRENCH = "L'été dernier, la réunion a été reportée à cause de la grève générale.\n"
GERMAN = "Die Brücke über den Fluß wurde größtenteils für Fußgänger geöffnet.\n"

PAGES = [
    pytest.param("gb18030", SIMPLIFIED, id="simplified-gb18030"),
    pytest.param("gb18030", TRADITIONAL, id="traditional-gb18030"),
    pytest.param("cp950", TRADITIONAL, id="traditional-cp950"),
]
UTF_8 = pytest.param("utf-8", SIMPLIFIED, id="simplified-utf-8")


# ------------------------------------------------------------------ whole and clean


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "gb18030",
        "gbk",
        "gb2312",
        "utf-8-sig",
        "utf-16",
        "utf-32",
        "hz",
        "utf-16-le",
        "utf-16-be",
        "utf-32-le",
        "utf-32-be",
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_simplified_text_comes_back(encoding: str, ending: str) -> None:
    text = SIMPLIFIED.replace("\n", ending)
    document = decode(text.encode(encoding))
    assert document.text == text
    assert not document.flags


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "cp950", "big5hkscs", "gb18030", "utf-16-le"])
def test_traditional_text_comes_back(encoding: str) -> None:
    document = decode(TRADITIONAL.encode(encoding))
    assert document.text == TRADITIONAL
    assert not document.flags


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("啲嘢喺邊度？佢哋話唔知。", "big5hkscs"),
        ("恒裏碁粧銹嫺：售價€３０", "cp950"),
        ("～﹑‧都是標點", "cp950"),
    ],
)
def test_characters_that_only_one_page_of_big5_has(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("length", [4, 6, 8, 12, 20])
@pytest.mark.parametrize(("encoding", "text"), [pytest.param("utf-16-le", SIMPLIFIED, id="utf-16"), *PAGES])
def test_a_few_characters_suffice(encoding: str, text: str, length: int) -> None:
    for line in text.splitlines():
        assert decode(line[:length].encode(encoding)).text == line[:length]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp932", JAPANESE),
        ("cp932", JAPANESE + "①は髙橋さん。"),
        ("shift_jis", "平成20年 ﾄｳｷﾖｳﾄ ｼﾝｼﾞﾕｸｸ ｻｲﾄｳ ﾀﾛｳ"),
        ("euc_jp", "彼女は毎朝六時に起きて、犬と散歩する"),
        ("euc_jp", JAPANESE),
        ("iso2022_jp", JAPANESE),
        ("euc_kr", KOREAN),
        ("johab", KOREAN),
        ("iso2022_kr", KOREAN),
        ("utf-16-le", KOREAN),
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("koi8-r", "погода сегодня хорошая"),
        ("cp1255", "היום התקיימה ישיבה בנושא תקציב המדינה לשנה הבאה"),
        ("utf-8", RUSSIAN),
        ("latin-1", FRENCH),
        ("cp1252", FRENCH.replace("'", "’")),
        ("latin-1", GERMAN),
        ("utf-8", GERMAN),
    ],
)
def test_other_languages_are_told_apart_from_chinese(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("encoding", "text", "name"),
    [
        ("shift_jis", JAPANESE, "shift_jis"),
        ("cp932", JAPANESE + "①は髙橋さん。", "cp932"),
        ("euc_kr", KOREAN, "euc_kr"),
        ("cp949", KOREAN + "똠방각하", "cp949"),
    ],
)
def test_the_narrowest_page_that_has_all_is_named(encoding: str, text: str, name: str) -> None:
    assert decode(text.encode(encoding)).decoding.encoding == name


@given(
    st.sampled_from(
        [("gb18030", SIMPLIFIED), ("cp950", TRADITIONAL), ("utf-8", SIMPLIFIED), ("utf-16-be", TRADITIONAL)]
    ),
    st.lists(st.integers(0, 3), min_size=1, max_size=9),
)
def test_no_character_of_clean_text_changes(page: tuple[str, str], order: list[int]) -> None:
    encoding, text = page
    lines = text.splitlines(keepends=True)
    chosen = "".join(lines[i] for i in order)
    document = decode(chosen.encode(encoding))
    assert document.text == chosen
    assert not document.flags


@pytest.mark.parametrize("times", [1, 40, 4000])
@pytest.mark.parametrize(("encoding", "text"), PAGES)
def test_the_size_of_a_file_changes_nothing(encoding: str, text: str, times: int) -> None:
    assert decode((text * times).encode(encoding)).text == text * times


@pytest.mark.parametrize(("encoding", "text"), PAGES)
def test_chinese_after_much_ascii_is_found(encoding: str, text: str) -> None:
    page = "<li><a href='/index.php?id=1'>Home</a></li>\n" * 5000 + text
    assert decode(page.encode(encoding)).text == page


def test_a_declared_charset_may_lie() -> None:
    for declared in ("utf-8", "gbk", "big5", "iso-8859-1", "no-such-charset"):
        page = f'<html><head><meta charset="{declared}"></head><body>{TRADITIONAL}</body></html>'
        for encoding in ("utf-8", "gb18030", "cp950"):
            assert decode(page.encode(encoding)).text == page


def test_private_use_characters_stay_where_text_decodes_cleanly() -> None:
    text = SIMPLIFIED.replace("，", "\ue5e5\ue000")
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize(
    "word", ["it’s", "don’t", "50°C", "naïve", "résumé", "£100", "50 €", "“quoted”", "Zoë’s", "© 2010"]
)
def test_one_sign_in_english_is_no_hanzi(word: str) -> None:
    text = f"The committee met on Tuesday, and nobody said {word} when it was over. " * 3
    assert decode(text.encode("cp1252")).text == text


# ------------------------------------------------------------------ detected, not decoded


@pytest.mark.parametrize("times", [1, 60, 3000])
@pytest.mark.parametrize(
    ("encoding", "text"), [*PAGES, UTF_8, ("utf-16-le", SIMPLIFIED), ("hz", "工作会议。\n"), ("ascii", "a\n")]
)
def test_the_name_is_the_one_that_is_decoded_by(encoding: str, text: str, times: int) -> None:
    raw = (text * times).encode(encoding)
    assert detect(raw) == (decode(raw).decoding.encoding, 1.0)
    assert raw.decode(detect(raw).encoding) == text * times


@pytest.mark.parametrize(
    ("page", "text", "rare"),
    [
        ("gb18030", SIMPLIFIED, "\ue000㐀"),
        ("cp950", TRADITIONAL, "€"),
        ("big5hkscs", TRADITIONAL, "嘅"),
        ("cp932", JAPANESE, "髙"),
        ("utf-8", SIMPLIFIED, "€"),
    ],
)
def test_one_rare_character_in_a_large_file_is_kept(page: str, text: str, rare: str) -> None:
    text = text * 500 + rare + text * 500
    assert decode(text.encode(page)).text == text


@pytest.mark.parametrize(("encoding", "text"), PAGES)
def test_one_line_in_another_encoding_is_found_in_a_large_file(encoding: str, text: str) -> None:
    lines = [line + "\n" for line in text.splitlines()] * 500
    for one, others in (("utf-8", encoding), (encoding, "utf-8")):
        raw = b"".join(line.encode(one if i == 700 else others) for i, line in enumerate(lines))
        assert decode(raw).text == "".join(lines)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_the_name_says_that_a_mark_is_there(encoding: str) -> None:
    assert detect(SIMPLIFIED.encode(encoding)) == (encoding, 1.0)


def test_nothing_is_named_where_there_is_no_text() -> None:
    assert detect(b"") == detect(b"%PDF-1.7") == detect(bytes(range(256)) * 40) == ("", 0.0)
    assert detect(gzip.compress(SIMPLIFIED.encode("gb18030"))).encoding == "gb18030"


# ------------------------------------------------------------------ damaged


@pytest.mark.parametrize(("encoding", "text"), PAGES)
@pytest.mark.parametrize("at", range(41, 81, 3))
def test_a_lost_byte_costs_three_characters_at_most(encoding: str, text: str, at: int) -> None:
    raw = text.encode(encoding)
    damaged = raw[:at] + raw[at + 1 :]
    document = decode(damaged)
    if decodes(damaged, encoding):  # two wrong characters may close the gap: then nothing is altered
        assert document.text == damaged.decode(encoding)
    else:
        assert lost(document.text, text) <= 3
    assert decode_segments(damaged, document.decoding) == document.text


@pytest.mark.parametrize(("encoding", "text"), [*PAGES, UTF_8])
@pytest.mark.parametrize("stray", [b"\xff", b"\x80", b"\x00", b"\xb5"])
def test_a_stray_byte_costs_three_characters_at_most(encoding: str, text: str, stray: bytes) -> None:
    raw = text.encode(encoding)
    for at in range(30, 60):
        damaged = raw[:at] + stray + raw[at:]
        assert decodes(damaged, encoding) or lost(decode(damaged).text, text) <= 3


@pytest.mark.parametrize(("encoding", "text"), [*PAGES, UTF_8])
def test_a_file_cut_at_both_ends_is_still_read(encoding: str, text: str) -> None:
    assert lost(decode(text.strip().encode(encoding)[1:-1]).text, text.strip()) <= 3


@pytest.mark.parametrize("times", [1, 300])
@pytest.mark.parametrize(("encoding", "text"), [*PAGES, UTF_8])
def test_a_file_whose_last_character_is_cut_keeps_all_others(encoding: str, text: str, times: int) -> None:
    text = text.strip() * times
    for length in (len(text), len(text) - 7):
        document = decode(text[:length].encode(encoding)[:-1])
        assert document.text == text[: length - 1] + "\ufffd"
        assert document.decoding.undecodable_bytes == len(text[length - 1].encode(encoding)) - 1
        assert [flag.name for flag in document.flags] == ["lossy_decoding"]


@pytest.mark.parametrize(("encoding", "text"), PAGES)
def test_a_cut_first_character_is_seen_even_where_all_bytes_decode(encoding: str, text: str) -> None:
    for line in text.splitlines():
        raw = line.encode(encoding)[1:]
        assert lost(decode(raw).text, line) <= 3
        if encoding == "gb18030" and line.isalpha():
            assert lost(decode(raw[:-1]).text, line) <= 3


def test_damage_far_inside_a_long_line_is_mended() -> None:
    line = "".join(character for character in SIMPLIFIED if character > "\x7f") * 250
    raw = line.encode("gb18030")
    text = decode(raw[:30_001] + raw[30_002:]).text
    assert text.startswith(line[:14_998])
    assert text.endswith(line[15_003:])


def test_undecodable_bytes_are_counted_and_flagged() -> None:
    raw = SIMPLIFIED.encode()[:30] + b"\xff" + SIMPLIFIED.encode()[30:]
    document = decode(raw * 20)
    assert document.decoding.encoding == "utf-8"
    assert document.decoding.undecodable_bytes == 20
    assert [flag.name for flag in document.flags] == ["lossy_decoding"]
    assert document.flags[0].evidence.startswith("20 bytes could not be decoded, at byte offset 30, ")


def test_a_replacement_character_that_was_written_is_no_loss() -> None:
    document = decode("\ufffd".join(SIMPLIFIED).encode())
    assert document.decoding.undecodable_bytes == 0
    assert not document.flags


def test_the_euro_sign_and_the_no_break_space_of_windows() -> None:
    raw = (
        "价格：".encode("gbk")
        + b"\x80"
        + "３０元，\n含税。".encode("gbk")
        + b"\xa0"
        + "欢迎订购".encode("gbk")
    )
    assert decode(raw).text == "价格：€３０元，\n含税。\xa0欢迎订购"


def test_a_no_break_space_stands_alone_in_gbk() -> None:
    raw = "首页".encode("gbk") + b" \xa0 " + SIMPLIFIED.encode("gbk")
    assert decode(raw).text == "首页 \xa0 " + SIMPLIFIED


# ------------------------------------------------------------------ mixed


@pytest.mark.parametrize(("encoding", "text"), PAGES)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("chosen", [{0}, {1}, {1, 2}, {3}, {0, 1}, {1, 2, 3}])
def test_lines_in_another_encoding(encoding: str, text: str, ending: str, chosen: set[int]) -> None:
    lines = [line + ending for line in text.splitlines()]
    raw = b"".join(line.encode(encoding if i in chosen else "utf-8") for i, line in enumerate(lines))
    document = decode(raw)
    assert document.text == "".join(lines)
    assert [flag.name for flag in document.flags] == ["mixed_encoding"]
    assert {segment.encoding for segment in document.decoding.segments} == {encoding, "utf-8"}
    assert decode_segments(raw, document.decoding) == document.text


@pytest.mark.parametrize(("encoding", "text"), PAGES)
def test_the_encoding_changes_inside_a_line(encoding: str, text: str) -> None:
    line = text.replace("\n", "")
    for at in (20, 33, 60):
        for first, second in (("utf-8", encoding), (encoding, "utf-8")):
            assert decode(line[:at].encode(first) + line[at:].encode(second)).text == line


@pytest.mark.parametrize(("encoding", "text"), PAGES)
@pytest.mark.parametrize("shift", [-2, -1, 1, 2])
def test_a_change_near_the_end_of_a_line_is_found(encoding: str, text: str, shift: int) -> None:
    place = text.index("\n", 40) + (shift if shift < 0 else shift + 1)
    for first, second in (("utf-8", encoding), (encoding, "utf-8")):
        assert decode(text[:place].encode(first) + text[place:].encode(second)).text == text


def test_a_character_of_gbk_that_is_utf8_by_accident() -> None:
    before, after = "其身不正，虽令不行。\n8.知", "屋漏者在宇下，知政失者在草野。\n" + SIMPLIFIED
    assert "知".encode("gbk").decode() != "知"
    assert decode(before.encode("gbk") + after.encode()).text == before + after


@pytest.mark.parametrize("gloss", ["(yīng)", "(wù)", "(nǚ)", "(ㄓㄨˋ)"])
def test_glosses_in_utf8_are_beside_lines_in_a_code_page(gloss: str) -> None:
    lines = [line[:12] + gloss + line[12:] for line in SIMPLIFIED.splitlines()]
    for encoding in ("gb18030", "gbk"):
        raw = b"\n".join(
            line.encode("utf-8" if i % 2 else encoding, "ignore") for i, line in enumerate(lines)
        )
        text = "\n".join(
            line if i % 2 else line.encode(encoding, "ignore").decode(encoding)
            for i, line in enumerate(lines)
        )
        assert decode(raw).text == text


def test_what_is_not_utf8_in_a_chinese_file_is_rather_chinese() -> None:
    text = SIMPLIFIED + "仿句２：\n" + SIMPLIFIED
    raw = SIMPLIFIED.encode() + "仿句２：\n".encode("gbk") + SIMPLIFIED.encode()
    assert decode(raw).text == text


@pytest.mark.parametrize("times", [1, 40])
@pytest.mark.parametrize(("encoding", "text"), PAGES)
@pytest.mark.parametrize("picture", ["😀", "👍🏽👍🏽", "❤️", "👨‍👩‍👧"])
def test_pictures_in_utf8_stand_between_characters_of_a_code_page(
    encoding: str, text: str, times: int, picture: str
) -> None:
    lines = text.splitlines() * times
    raw = b"\n".join(
        line[:9].encode(encoding) + picture.encode() + line[9:].encode(encoding) for line in lines
    )
    assert decode(raw).text == "\n".join(line[:9] + picture + line[9:] for line in lines)
    assert decode(raw + picture.encode()).text.endswith(lines[-1][9:] + picture)


def test_hanzi_whose_bytes_hold_those_of_a_picture_are_hanzi() -> None:
    hanzi = b"\xb0\xf0\x9f\x98\x81\x40".decode("gb18030")
    assert "😁".encode() in hanzi.encode("gb18030")
    text = SIMPLIFIED + hanzi + SIMPLIFIED
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize("line", ["。", "年", "報告"])
def test_a_line_of_one_or_two_characters_in_utf8(line: str) -> None:
    text = TRADITIONAL + line + "\n" + TRADITIONAL
    raw = TRADITIONAL.encode("cp950") + f"{line}\n".encode() + TRADITIONAL.encode("cp950")
    assert decode(raw).text == text


def test_most_bytes_name_the_encoding() -> None:
    header = "标题：".encode() + "一次会议\n".encode()
    assert decode(header + SIMPLIFIED.encode("gb18030")).decoding.encoding == "gb18030"
    assert decode(SIMPLIFIED.encode() + "标题：一次会议\n".encode("gb18030")).decoding.encoding == "utf-8"


def test_segments_are_in_order_and_leave_out_marks_only() -> None:
    raw = b"\xef\xbb\xbf" + SIMPLIFIED.encode() + SIMPLIFIED.encode("gb18030")[1:]
    segments = decode(raw).decoding.segments
    assert segments[0].start == 3
    assert segments[-1].end == len(raw)
    assert all(a.end == b.start for a, b in pairwise(segments))


# ------------------------------------------------------------------ what is no text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "an empty file"),
        (b" \r\n\t" * 3, "holds only white space"),
        ("\u3000\n".encode("gb18030"), "holds only white space"),
        (b"\xef\xbb\xbf", "holds only white space"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF file"),
        (b"PK\x03\x04\x14\0\x06\0word/document.xml", "a Word document (docx)"),
        (b"PK\x03\x04\x14\0\x06\0notes.txt", "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        (bytes(range(256)) * 40, "binary data"),
        (bytes(range(128)) * 40, "binary data"),
        (gzip.compress(SIMPLIFIED.encode())[:-9], "a damaged gzip file: "),
        (zstandard.compress(SIMPLIFIED.encode())[:-9], "a damaged zstd file: "),
        (gzip.compress(b"%PDF-1.7 "), "a PDF file"),
        (gzip.compress(b""), "an empty file"),
    ],
)
def test_what_is_no_text_is_rejected_with_the_reason(raw: bytes, reason: str) -> None:
    document = decode(raw)
    assert document.rejected.startswith(reason)
    assert document.text == ""


@pytest.mark.parametrize("kind", containers.kinds(), ids=lambda kind: kind.name)
def test_every_kind_of_file_is_named(kind: containers.Kind) -> None:
    raw = kind.begins.rjust(kind.offset + len(kind.begins), b"\1") + b"\0\1\2" + kind.holds
    named = decode(raw).rejected
    assert named == kind.name or containers.compression(raw)


@pytest.mark.parametrize(
    "text", ["BM是什么？", "MZ时代的程序员", "PAR1的写法", "ID3标签说明", "GIF的历史", "%PDF"]
)
def test_text_may_begin_like_a_file_of_another_kind(text: str) -> None:
    assert decode(text.encode()).text == text


def test_text_full_of_nuls_is_text() -> None:
    text = SIMPLIFIED + "\0" * 5000
    assert decode(text.encode()).text == text
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize(("name", "compress"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_compressed_text_is_opened(name, compress) -> None:  # type: ignore[no-untyped-def]
    raw = compress(SIMPLIFIED.encode("gb18030")) + compress(SIMPLIFIED.encode("gb18030"))
    document = decode(raw)
    assert document.decoding.compression == name
    assert document.text == decode_segments(raw, document.decoding) == SIMPLIFIED * 2


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_a_decompression_bomb_is_refused(compress, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(containers, "LARGEST_OPENED", 1 << 20)
    assert decode(compress(b"a" * (1 << 20))).text
    assert decode(compress(b"a" * (1 << 20) + b"a")).rejected.endswith("holds more than 1 MB")


# ------------------------------------------------------------------ anything at all


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise_and_the_recipe_gives_the_text(raw: bytes) -> None:
    follows_its_recipe(raw)


@given(
    st.lists(
        st.sampled_from([*SIMPLIFIED.encode(), *SIMPLIFIED.encode("gb18030"), 0, 10, 0x80]), max_size=200
    )
)
@settings(max_examples=100, deadline=None)
def test_no_shuffled_text_raises(values: list[int]) -> None:
    follows_its_recipe(bytes(values))


@given(
    st.lists(
        st.sampled_from(
            [
                b"\x1b$B",
                b"\x1b$)C",
                b"\x1b.A",
                b"\x1bN",
                b"\x1b(B",
                b"\x0e",
                b"\x0f",
                b"~{",
                b"~}",
                b"VP",
                b"\n",
            ]
        )
    )
)
@settings(deadline=None)
def test_no_escape_sequences_raise(parts: list[bytes]) -> None:
    follows_its_recipe(b"".join(parts))


@given(st.text(min_size=1, max_size=80))
def test_all_utf8_longer_than_a_few_bytes_is_utf8(text: str) -> None:
    raw = (SIMPLIFIED + text).encode("utf-8", "ignore")
    document = decode(raw)
    assert document.rejected or document.text == raw.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [
        *(b"\xb0", b"\xff", b"a", b"\xe4\xb8", b"\xe4\xb8\n", b"\xb0\n", b"\xd8\x00", b"\x00\xd8\x00"),
        SIMPLIFIED.encode("gb18030")[1:-1],
        SIMPLIFIED.encode()[:20] + SIMPLIFIED.encode("gb18030")[:21],
    ],
)
def test_large_files_of_anything_are_read(pattern: bytes) -> None:
    follows_its_recipe(pattern * (20_000_000 // len(pattern)))


def follows_its_recipe(raw: bytes) -> None:
    document = decode(raw)
    assert decode(raw) == document
    if document.rejected:
        assert document == decode(raw)
        assert not document.text
        return
    assert decode_segments(raw, document.decoding) == document.text
    places = [0, *(place for s in document.decoding.segments for place in (s.start, s.end)), len(raw)]
    assert places == sorted(places)


def lost(text: str, truth: str) -> int:
    """How many characters of `truth` are not in `text`, in order."""
    blocks = SequenceMatcher(None, truth, text, autojunk=False).get_matching_blocks()
    return len(truth) - sum(block.size for block in blocks)
