"""What holds for any document and any options: nothing raises, all is undone, a clean text stays."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners import Options, clean, undo
from cleaners.options import ALL_CLEANERS

TOP = Path(__file__).parent.parent

OPTIONS = st.builds(
    Options,
    cleaners=st.permutations(ALL_CLEANERS).flatmap(
        lambda order: st.integers(0, len(order)).map(lambda n: tuple(order[:n]))
    ),
    script=st.sampled_from(["simplified", "traditional", "taiwan", "hongkong", "keep"]),
    punctuation=st.sampled_from(["keep", "fullwidth"]),
    boilerplate=st.sampled_from(["careful", "bold", "off"]),
)

# Pieces that set cleaners to work, so that texts of them reach deeper than random characters do.
PIECES = [
    *[
        "同志们：",
        "一、提高认识",
        "（一）抓早",
        "抓小，",
        "发布时间：2020-11-20",
        "来源：日报",
        "上一篇：没有了",
        "關(guān)",
        "導(dǎo)",
        "(yī)",
        "領導發言",
    ],
    *[
        "浣犲ソ锛屼笘鐣岋紒",
        "ÄãºÃÊÀ½ç",
        "锟斤拷",
        "&#20320;&#22909;",
        "下一页",
        "XX书记",
        "讲三点意见。",
        "为市民服务。",
        "第一章",
        "总则",
    ],
    *"。！（）()1①|Aé🙂",
    *("\n", "\r\n", "  ", "\u3000\u3000", "\x00", "\ufeff", "\u200b", "\ufffd", "\ud800"),
]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=())), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
)


@given(TEXTS, OPTIONS)
@settings(max_examples=300, deadline=None)
def test_undo_gives_the_text_that_was_given(text: str, options: Options) -> None:
    assert undo(clean(text, options)) == text


@given(st.one_of(st.binary(), TEXTS.map(lambda text: text.encode("gb18030", "replace"))), OPTIONS)
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(raw: bytes, options: Options) -> None:
    document = clean(raw, options)
    decoded = clean(raw, Options(cleaners=("encoding",)))
    assert undo(document) == decoded.text
    assert document.rejected == decoded.rejected


@pytest.mark.parametrize(
    "text",
    [
        "(yī)" * 200,  # glosses on nothing
        "在修路动员会上大家都讲了自己的看法，一致同意先修村口的那一段。\n(yī)",
        "首页" + " > 新闻" * 30 + "。",  # a breadcrumb with so many parts, but for its end
        "|a" * 20_000 + "x",
        "0" * 40_000 + "x",
        "来源：" + "点击Ａ\r\n）" * 3_000 + "页",
    ],
    ids=["glosses", "gloss alone", "breadcrumb", "bars", "digits", "titles"],
)
def test_what_once_raised_or_took_too_long(text: str) -> None:
    assert undo(clean(text)) == text


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_the_same_input_gives_the_same_document(text: str) -> None:
    assert clean(text) == clean(text)


@pytest.mark.parametrize("path", sorted((TOP / "raw").iterdir()), ids=lambda path: path.stem)
def test_a_clean_sample_stays_as_it_is(path: Path) -> None:
    once = clean(path.read_bytes()).text
    assert clean(once).text == once
    assert clean((once + "\n").encode()).text == once


@pytest.mark.slow
def test_a_clean_document_of_the_corpus_stays_as_it_is(corpus: Path) -> None:
    changed = []
    for path in sorted((corpus / "documents").rglob("*.txt")):
        once = clean(path.read_bytes()).text
        if clean(once).text != once:
            changed.append(path.name)
    assert changed == []


def test_an_unknown_option_names_the_nearest_known_one() -> None:
    with pytest.raises(ValueError, match=r"unknown option 'scirpt'.*'script'"):
        Options(scirpt="simplified")  # type: ignore[call-arg]


def test_fingerprints_differ_when_options_do() -> None:
    options = [Options(), Options(script="keep"), Options(boilerplate="off"), Options(cleaners=("script",))]
    assert all(a.fingerprint != b.fingerprint for a, b in itertools.combinations(options, 2))
    assert Options().fingerprint == Options(script="simplified").fingerprint
