"""Only what is in another script than asked is converted, once."""

from pathlib import Path

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import Document, Options, clean, undo
from cleaners.document import Metadata
from cleaners.script import convert, detect, find

TARGETS = ("simplified", "traditional", "taiwan", "hongkong")


def written(text: str, script: str, phrases: bool = False) -> str:
    return clean(text, Options(cleaners=("script",), script=script, phrases=phrases)).text


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("会议于下午三点开始", "simplified"),
        ("會議於下午三點開始", "traditional"),
        ("他看著窗外，心裡為難", "taiwan"),
        ("他説：這裏的税怎麼算？", "hongkong"),
        ("他說爲什麼着急，這裏人羣擁擠", "traditional"),
        ("会议开始了，大家都来了。\n會議開始了，大家都來了。", "mixed"),
        ("台灣有「污染」問題", "taiwan"),
        ("人民", "neutral"),
        ("", "none"),
        ("Nothing to see", "none"),
        ("😀😀", "none"),
        ("𠀀", "neutral"),
        ("東京都は晴れ、大阪府は雨です。", "none"),
        ("大韓民國 헌법 제1조", "none"),
    ],
)
def test_detect(text: str, script: str) -> None:
    assert detect(text) == script


@pytest.mark.parametrize(
    ("text", "target", "result"),
    [
        ("開會", "simplified", "开会"),
        ("开会", "traditional", "開會"),
        ("裡面", "simplified", "里面"),
        ("里面", "taiwan", "裡面"),
        ("这里说过", "hongkong", "這裏説過"),
        ("頭髮", "simplified", "头发"),
        ("發展和頭髮，乾杯", "simplified", "发展和头发，干杯"),
        ("理发和发展", "traditional", "理髮和發展"),
        ("吳祕、李祕", "simplified", "吴祕、李祕"),
        (
            "這兩句是繁體，这两句是简体，寫的是「開會」",
            "simplified",
            "这两句是繁体，这两句是简体，写的是「開會」",
        ),
        ("太后在后面", "traditional", "太后在後面"),
        ("开会", "keep", "开会"),
        ("開會", "keep", "開會"),
    ],
)
def test_what_is_in_another_script_is_converted(text: str, target: str, result: str) -> None:
    assert written(text, target) == result


@pytest.mark.parametrize(
    "text",
    [
        "乾隆年间，宫商角徵羽，他著书立说，前途瞭望",
        "招牌上写着「開會」两个字。",
        "《論語》是一部书，这里不讲。",
        '招牌上写着"開會"两个字，"關門"也是。',
        "他在读一本书，读了很久，没有读完。\n“學而時習之，不亦說乎？”\n读到这里，他停下来了。",
        "他在读一本书，读了很久，没有读完。\n他看了《論語》。\n读到这里，他停下来了。",
        "陳寅恪这个名字，读音有争论，很多人说不清楚，还有人写过文章。",
        "日语的「東京は晴れ」怎么读？",
        "東京都は晴れ、大阪府は雨です。",
        "대한민국 大韓民國",
    ],
)
def test_what_stands_in_simplified_text_is_left_alone(text: str) -> None:
    assert written(text, "simplified") == text


def test_only_the_lines_in_another_script_are_converted() -> None:
    text = "这一行是简体，写着乾隆。\n這一行是繁體，寫著乾隆。\n这一行又是简体。"
    assert (
        written(text, "simplified") == "这一行是简体，写着乾隆。\n这一行是繁体，写着乾隆。\n这一行又是简体。"
    )
    assert written(text, "traditional").startswith("這一行是簡體，寫着乾隆。\n這一行是繁體，")


def test_between_the_varieties_only_the_forms_change() -> None:
    assert written("為了群眾，裡面說明", "traditional") == "爲了羣衆，裏面說明"
    assert written("爲了羣衆，裏面說明", "taiwan") == "為了群眾，裡面說明"
    assert written("為了群眾，裡面說明", "hongkong") == "為了羣眾，裏面説明"


def test_phrases_are_converted_when_asked() -> None:
    assert written("软件和鼠标", "taiwan") == "軟件和鼠標"
    assert written("软件和鼠标", "taiwan", phrases=True) == "軟體和滑鼠"
    assert written("軟體和滑鼠", "simplified", phrases=True) == "软件和鼠标"


def test_runs_stay_apart_where_phrases_change_the_length() -> None:
    # The first sentence grows by one, the last shrinks by one.
    document = clean(
        "用互联网。我不看。卡塔尔。", Options(cleaners=("script",), script="taiwan", phrases=True)
    )
    assert document.text == "用網際網路。我不看。卡達。"
    assert all("。" not in edit.before for edit in document.steps[0].edits)


@pytest.mark.parametrize("unfit", ["\0", "\ud800", "\udfff\0"])
def test_what_opencc_cannot_take_stays(unfit: str) -> None:
    assert written(f"開會{unfit}開會", "simplified") == f"开会{unfit}开会"
    assert written(f"软件{unfit}软件", "taiwan", phrases=True) == f"軟體{unfit}軟體"


def test_edits_are_runs_of_changed_characters() -> None:
    document = clean("他們開會了", Options(cleaners=("script",)))
    assert [(edit.start, edit.before, edit.after) for edit in document.steps[0].edits] == [
        (1, "們開會", "们开会")
    ]
    assert document.measures.script_found == "traditional"
    assert document.measures.script_written == "simplified"


def test_metadata_is_converted_like_the_text() -> None:
    document = Document("今天開會講黨課。", metadata=Metadata(title="黨課", source="黨課講稿", author="乾隆"))
    found = find(document, Options()).metadata
    assert (found.title, found.source, found.author) == ("党课", "党课讲稿", "乾隆")


def test_a_mixed_text_is_flagged() -> None:
    document = clean("这是简体。\n這是繁體。", Options(cleaners=("script",)))
    assert [flag.name for flag in document.flags] == ["mixed_script"]


@pytest.mark.parametrize("target", TARGETS)
@given(
    text=st.text(
        st.sampled_from("开開会會着著里裡裏后後为為爲说說説了瞭台臺「」《》\n，。a\0\ud800の한"), max_size=40
    )
)
def test_a_second_time_changes_nothing(target: str, text: str) -> None:
    once = clean(text, Options(cleaners=("script",), script=target))
    assert undo(once) == text
    assert written(once.text, target) == once.text


@given(st.text(st.characters(codec=None, exclude_categories=())), st.sampled_from(TARGETS))
def test_any_text_is_taken(text: str, target: str) -> None:
    assert undo(clean(text, Options(cleaners=("script",), script=target))) == text


@pytest.mark.parametrize("target", TARGETS)
def test_over_the_corpus_a_second_time_changes_nothing(corpus: Path, target: str) -> None:
    options = Options(cleaners=("script",), script=target)
    for path in sorted((corpus / "documents").glob("*/*"))[::25]:
        once = clean(path.read_text(encoding="utf-8"), options)
        assert not clean(once.text, options).steps, path.name


def test_the_corpus_is_simplified_already(corpus: Path) -> None:
    for path in sorted((corpus / "documents").glob("*/*")):
        text = path.read_text(encoding="utf-8")
        if detect(text) == "simplified":
            assert written(text, "simplified") == text, path.name


@pytest.mark.parametrize(
    ("target", "config"), [("traditional", "s2t"), ("taiwan", "s2tw"), ("hongkong", "s2hk")]
)
def test_a_simplified_document_is_converted_as_opencc_does(corpus: Path, target: str, config: str) -> None:
    path = sorted((corpus / "documents" / "zhonggong").iterdir())[0]
    text = path.read_text(encoding="utf-8")
    assert written(text, target) == opencc.OpenCC(config).convert(text)


def test_a_text_known_to_be_in_one_script_is_converted_whole() -> None:
    assert (
        convert("他看了《論語》，狸猫也看了。", "simplified", source="traditional")
        == "他看了《论语》，狸猫也看了。"
    )
    assert convert("狸猫 狸貓", "taiwan", source="traditional") == "狸猫 狸貓"
    assert convert("狸猫 狸貓", "taiwan") == "狸貓 狸貓"
    assert convert("這樣才行", "traditional", source="taiwan") == "這樣纔行"
    assert convert("软件\0在内存里", "taiwan", source="simplified", phrases=True) == "軟體\0在記憶體裡"
    assert convert("開會", "traditional", source="traditional") == "開會"


def test_japanese_forms_are_written_where_the_source_is_named() -> None:
    assert convert("对应历史", "japanese", source="simplified") == "対応歴史"
    assert convert("関係图", "japanese", source="japanese") == "関係图"
    for source in TARGETS:
        text = convert("実験の結果", source, source="japanese")
        assert convert(text, "japanese", source=source) == "実験の結果"
    assert convert("実験の結果を伝える。", "traditional") == "実験の結果を伝える。"
    for source in ("", "klingon"):
        with pytest.raises(KeyError):
            convert("艺术", "japanese", source=source)


@pytest.mark.parametrize("source", TARGETS)
@pytest.mark.parametrize("target", TARGETS)
def test_every_script_can_be_written_in_every_other(source: str, target: str) -> None:
    text = "他说：为什么这里的人群这么多？"
    assert detect(convert(convert(text, source), target, source=source)) == target


@pytest.mark.parametrize("line", ["秦军克其城，擒慕容暐，暐降。", "齐师违穀七里，穀人不知。"])
def test_a_name_in_simplified_text_is_kept_however_often(line: str) -> None:
    text = f"{line}\n" + "诸侯之师皆还，将军乘马归国，见农夫耕于陇上，问以岁时丰歉。\n" * 4
    assert detect(text) == "simplified"
    assert written(text, "simplified") == text
