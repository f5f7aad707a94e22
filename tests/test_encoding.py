"""Bytes become the text that was written, whatever they were written in."""

import gzip

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cleaners.encoding import decode, decode_segments

SIMPLIFIED = (
    "会议听取了关于今年财政预算执行情况的报告。\r\n他推开门，院子里的桂花开了，香气一阵阵飘进来。\r\n"
)
TRADITIONAL = "立法院院會今日審查預算案，預計下週表決。\n他推開門，院子裡的桂花開了，香氣一陣陣飄進來。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "gb2312", "utf-8-sig", "utf-16", "utf-32"])
def test_simplified_text_comes_back(encoding: str) -> None:
    assert decode(SIMPLIFIED.encode(encoding)).text == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "cp950", "big5hkscs", "gb18030"])
def test_traditional_text_comes_back(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding)).text == TRADITIONAL


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp932", "昨日の会議で、来年度の予算案が承認されました。カタカナのテストもあります。"),
        ("euc_jp", "昨日の会議で、来年度の予算案が承認されました。カタカナのテストもあります。"),
        ("cp949", "어제 회의에서 내년도 예산안이 승인되었습니다. 정부는 대책을 발표했다."),
        ("cp1251", "Вчера на заседании был утверждён проект бюджета на следующий год."),
        ("koi8-r", "Вчера на заседании был утверждён проект бюджета на следующий год."),
        ("cp1252", "L’été dernier, la réunion a été reportée à cause de la grève générale."),
        ("latin-1", "Die Brücke über den Fluß wurde größtenteils für Fußgänger geöffnet."),
    ],
)
def test_other_languages_are_told_apart_from_chinese(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "an empty file"),
        (b" \r\n\t" * 3, "holds only white space"),
        (b"\xef\xbb\xbf", "holds only white space"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF file"),
        (b"PK\x03\x04\x14\0\x06\0word/document.xml", "a Word document (docx)"),
        (b"PK\x03\x04\x14\0\x06\0notes.txt", "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        (gzip.compress(SIMPLIFIED.encode())[:-9], "a damaged gzip file: "),
        (zstandard.compress(SIMPLIFIED.encode())[:-9], "a damaged zstd file: "),
    ],
)
def test_what_is_no_text_is_rejected_with_the_reason(raw: bytes, reason: str) -> None:
    assert decode(raw).rejected.startswith(reason)


@pytest.mark.parametrize(
    ("name", "compress"),
    [("gzip", gzip.compress), ("zstd", zstandard.compress)],
    ids=lambda value: str(value),
)
def test_compressed_text_is_opened(name, compress) -> None:  # type: ignore[no-untyped-def]
    raw = compress(SIMPLIFIED.encode("gb18030"))
    document = decode(raw)
    assert document.decoding.compression == name
    assert document.text == decode_segments(raw, document.decoding) == SIMPLIFIED


def test_undecodable_bytes_are_counted_and_flagged() -> None:
    raw = SIMPLIFIED.encode()[:30] + b"\xff" + SIMPLIFIED.encode()[30:]
    document = decode(raw * 20)
    assert document.decoding.undecodable_bytes == 20
    assert [flag.name for flag in document.flags] == ["lossy_decoding"]
    assert "30" in document.flags[0].evidence


@given(st.binary(max_size=300))
def test_no_bytes_raise_and_the_recipe_gives_the_text(raw: bytes) -> None:
    document = decode(raw)
    if not document.rejected:
        assert decode_segments(raw, document.decoding) == document.text
