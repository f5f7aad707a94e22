"""Line breaks, paragraph breaks and white space: what is joined, parted, removed, and what stays."""

import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaners import clean, layout
from cleaners.document import Document, Metadata, apply, revert
from cleaners.layout import language, lines, running, widths, wrapping
from cleaners.options import Options

FERRY = (
    "去年冬天，河边的老渡口重新开了起来，两岸的人不用再绕到十里外的桥上去。"
    "渡船是新打的，船工还是原来的船工，他说水性和从前一样，只是坐船的人变了。"
)
CROWD = (
    "镇上的人起初不大相信，以为过不了多久又要停，可是到了春天，渡口反而比桥上还热闹，"
    "赶集的日子要排很长的队，有人索性把货摊摆到了码头边上。"
)
SONG = (
    "我在那里住了三个月，每天早晨听见的第一个声音就是船工的号子，没有词，只有高低长短。"
    "可是两岸的人都听得懂，知道船是来了还是去了，水是涨了还是落了，今天过不过得江。"
)
TICKET = (
    "后来我离开那里，许多年没有再回去。前些日子整理旧物，翻出一张当年的船票，纸已经发黄，上面的字还看得清楚。"
)
PROSE = [FERRY, CROWD, SONG, TICKET]

# Whole documents of several kinds, each line as its author set it.
WHOLE = {
    "novel": [
        "第三章 渡口", FERRY, "“你还记得我吗？”她问。", "“记得。”", "他想了一会儿，摇摇头",
        "她低声念道：", "春水初生，", "春林初盛，", "春风十里，", "不如你。", SONG, "……", "* * *", TICKET,
    ],
    "report": [
        "关于老渡口修缮工作的报告", "各位代表：", "受县人民政府委托，现将有关情况报告如下，请予审议。",
        "一、基本情况", FERRY, "（一）资金来源", CROWD, "主要支出如下：", "项目 数量 金额", "木料 三十方 六万元",
        "铁件 二百件 一万元", "二、存在的问题", SONG, "1.汛期水位高，码头容易被淹；",
        "2.夜间没有照明，行船不安全；", "3.船工年纪偏大，后继无人。", "县渡口管理所", "二○二三年五月六日",
    ],
    "poem": [
        "渡口", "船来了", "船又走了", "留下一圈一圈的水纹", "像谁写了一半的信", "我在岸上数着",
        "一只、两只、三只", "白鸟从对岸飞起来", "把黄昏驮走了", "我把名字写在水上", "等风来读",
    ],
    "couplets": [
        "登楼", "白日依山下碧波，黄河入海起渔歌。", "欲穷千里登高处，更上层楼望远河。",
        "春江潮水，", "明月何年，", "照我旧时庭院。", "人归后，", "花落满阶前。",
    ],
    "letter": ["亲爱的母亲：", f"您好！来信收到了。{FERRY}", CROWD, "此致", "敬礼！", "儿 明远", "2021年9月3日"],
    "interview": ["渡口十年", "问：您干了多少年？", "答：四十年了。", "问：想过离开吗？", f"答：想过。{SONG}"],
    "manual": [
        "安装说明", "首先确认系统中已经安装了 Python 3.11 或更高的版本，否则请先到官方网站下载安装包。",
        "在终端里运行：", "pip install jingwen", "jingwen clean raw clean", "然后新建文件，写入下面的内容：",
        "from cleaners import clean", "text = open('a.txt').read()", "print(clean(text).text)",
        "保存之后运行它，屏幕上会显示清洗过的文本。如果出现错误，请检查文件的路径是否正确。",
    ],
    "lyrics": [
        "老船工", "词：林一舟", "摇啊摇 摇到外婆桥", "桥下的水呀 慢慢地流", "流过了春天 又流过秋",
        "只有你呀 还在渡口守", "你说人生 不过一渡", "渡人渡己 莫问来处",
    ],
    "news": [
        "老渡口恢复通航", "2021年04月12日 08:30", f"本报讯（记者 林一舟）{FERRY}", CROWD,
        "船工在渡口。本报记者 周远 摄", TICKET, "相关链接", "老渡口的前世今生", "一条江和一座城",
    ],
    "verse that runs on": [
        "渡口，黄昏", "船还没有来，对岸的灯", "先亮了，照着几个", "等船的人。他们不说话，", "只把篮子，伞，一只", "睡着的鸡",
        "换一只手提着。风从", "上游来，带着柴烟", "和潮湿的木头。我也", "站在他们中间，像", "一件没有人认领的行李",
    ],
    "sayings, each under its number": [
        "本周摘录", "1、", f"{FERRY}", "—— 老船工", "2、", f"{CROWD}**", "—— 镇志**", "3、", f"{SONG}", "—— 《渡口十年》",
    ],
    "list": ["采购清单", "大米五十斤", "食盐十包", "白糖三斤，红糖两斤", "毛巾、牙刷、肥皂各十", "火柴一箱"],
    "contents": ["目录", "第一章 源头 ........ 1", "第二章 渡口 ........ 15", "后记 ........ 120"],
    "chat": ["今天去了老渡口，", "风很大，", "吹得人睁不开眼睛", "但是真的好开心啊", "明天还想去"],
}  # fmt: skip


DEFAULTS = Options()


def laid_out(text: str, options: Options = DEFAULTS) -> str:
    return apply(text, layout.find(Document(text), options).edits)


def cut(text: str, width: int) -> str:
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff　　甲。\r\n\r\n \t乙。 \r\n", "甲。\n乙。"),
        ("甲\u200b乙\x00丙\u200d丁", "甲乙丙丁"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("甲。\u2028乙。\x0c丙。", "甲。\n乙。\n丙。"),
        ("甲\xa0乙　丙", "甲 乙　丙"),
        ("  \n\n", ""),
        ("\ufeff\n", ""),
        ("", ""),
        ("城东旧事 城西新篇 本月文化活动预告", "城东旧事 城西新篇 本月文化活动预告"),
        ("去年 3 月，XX 站开通。", "去年 3 月，XX 站开通。"),
    ],
)
def test_white_space_and_what_nobody_sees(text: str, expected: str) -> None:
    assert laid_out(text) == expected


def test_full_width_letters_are_narrowed_on_request() -> None:
    assert laid_out("１２日ＡＢ，２．５％") == "１２日ＡＢ，２．５％"
    assert laid_out("１２日ＡＢ，２．５％", Options(letters="halfwidth")) == "12日AB，2.5%"


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_document_keeps_its_lines(name: str) -> None:
    assert laid_out("\n".join(WHOLE[name])) == "\n".join(WHOLE[name])


@pytest.mark.parametrize("width", [28, 30, 34, 47, 60])
@pytest.mark.parametrize("name", ["novel", "report", "letter", "interview", "news"])
def test_a_wrapped_document_gets_its_lines_back(name: str, width: int) -> None:
    lines = WHOLE[name]
    # One long paragraph more, so that short documents show their width too.
    long = [*lines, "".join(PROSE)]
    wrapped = "\n".join(cut(line, width) for line in long)
    mended = laid_out(wrapped).split("\n")
    wrong = set(mended) ^ set(long)
    # A sentence that ends exactly at the width looks like a paragraph's end: one line for two, or two for one.
    assert len(wrong) <= 3, wrong


def test_blank_lines_between_wrapped_paragraphs_are_believed() -> None:
    assert laid_out("\n\n".join(cut(paragraph, 36) for paragraph in PROSE)) == "\n".join(PROSE)


def test_indentation_of_wrapped_paragraphs_is_believed() -> None:
    assert laid_out("\n".join(cut("　　" + paragraph, 36) for paragraph in PROSE)) == "\n".join(PROSE)


def test_a_sentence_goes_on_over_a_page_break() -> None:
    first, second = cut(FERRY + CROWD, 36), cut(SONG + TICKET, 36)
    broken = first.replace("\n", "\n\n\x0c\n", 3).replace("\n\n\x0c\n", "\n", 2)
    assert "\x0c" in broken
    assert laid_out(f"{broken}\n{second}") == f"{FERRY}{CROWD}\n{SONG}{TICKET}"


def test_a_sentence_broken_once_is_joined() -> None:
    long = FERRY + CROWD
    lines = [SONG, long[:91], long[91:], TICKET]
    assert laid_out("\n".join(lines)) == "\n".join([SONG, long, TICKET])


def test_lines_split_at_links_are_joined() -> None:
    split = [
        "根据《", "中华人民共和国渡口管理办法", "》第五条和《", "内河交通安全条例", "》的规定，渡口应当配备救生设备。",
"各地要认真落实安全责任，加强对", "渡口", "、码头和", "船舶", "的检查，船工必须持证上岗。",
    ]  # fmt: skip
    assert laid_out("\n".join(split)) == "".join(split[:5]) + "\n" + "".join(split[5:])


RULES = [
    "渡口管理办法",
    "第一条　为了加强渡口管理，保障人民群众生命财产安全，维护两岸交通秩序，根据有关法律、法规，结合本县实际，制定本办法。",
    "第二条　本县行政区域内渡口的设置、经营、安全管理，适用本办法。",
    "第三条　县人民政府应当加强对渡口安全工作的领导，将渡口安全纳入本县安全生产工作体系，建立健全渡口安全责任制。",
    "第四条　渡口经营者应当按照规定配备救生、消防设备，定期维护渡船，不得使用不合格的渡船。",
    "第五条　渡船应当具备下列条件：",
    "（一）经船舶检验机构检验合格，并在有效期限以内；",
    "（二）配备与核定载客人数相适应的救生衣，船上通道和出口不得堆放货物；",
    "（三）船工持有合格的证件。",
    "第六条　本办法自公布之日起施行。",
]


def test_articles_of_a_law_are_no_headings() -> None:
    wrong = 0
    for width in range(30, 60):
        wrapped = "\n".join(cut(line, width) for line in RULES * 3)
        wrong += len(set(laid_out(wrapped).split("\n")) ^ set(RULES))
    # One line for two, where an article ends exactly at the width.
    assert wrong <= 24


def test_marks_of_a_quotation_hang_over_the_width() -> None:
    talk = [f"{FERRY}“坐船的人变了。”{CROWD}{SONG}", TICKET, f"“水涨了？”他问。{CROWD}", SONG + FERRY]
    for width in range(26, 60):
        wrapped = "\n".join(line for paragraph in talk * 2 for line in hanging(paragraph, width))
        assert len(set(laid_out(wrapped).split("\n")) ^ set(talk)) <= 3, width


def hanging(text: str, width: int) -> list[str]:
    """The lines of a text, no one of which begins with a mark that closes something."""
    return re.findall(f".{{1,{width}}}[，。？”]*", text)


def test_a_number_goes_on_with_its_unit() -> None:
    assert (
        min(running.runs_on(last, first) for last, first in ("7年", "2亿", "31"))
        > 0
        > running.runs_on("7", "的")
    )


def test_an_address_is_not_joined_to_what_follows() -> None:
    paragraphs = [
        "各位代表：",
        f"现在报告工作。{FERRY}",
        "我们制定了《\n渡口管理办法\n》，修订了《\n检查规定\n》。",
    ]
    mended = laid_out("\n\n\n".join([*paragraphs, CROWD, paragraphs[2], paragraphs[2]]))
    assert mended.startswith("各位代表：\n现在")


def test_latin_words_are_parted_by_a_space_and_hanzi_are_not() -> None:
    english = (
        "The old ferry was opened again last winter, so that people on both banks need no longer walk to "
        "the bridge. The boat is new, but the ferryman is the same, and he says nothing has changed."
    )
    mixed = (
        "我们使用 Kubernetes 和 Docker Compose 部署 state-of-the-art 的模型，监控采用 Prometheus 与 Grafana，"
        "日志采用 Elasticsearch，全部运行在同一个集群里。"
    )
    for paragraphs in ([english, english.upper()], [mixed, FERRY, mixed, CROWD, SONG]):
        wrapped = "\n\n".join("\n".join(textwrap.wrap(paragraph, 44)) for paragraph in paragraphs)
        assert laid_out(wrapped) == "\n".join(paragraphs)


@pytest.mark.parametrize("space", [" ", "　　", "  "])
def test_paragraphs_on_one_line_are_parted(space: str) -> None:
    paragraphs = [
        "同志们：", FERRY, "一、修好渡口 造福两岸", CROWD + FERRY, "（一）抓好“渡口”", SONG, "二、修好道路", TICKET,
    ]  # fmt: skip
    assert laid_out(space.join(paragraphs)) == "\n".join(paragraphs)


COLLAPSED = {
    "notes": [FERRY, CROWD, "------------------", "〔1〕 见《渡口志》第三卷。", "〔2〕 船工姓林，名一舟。"],
    "rules": [
        "渡口管理办法", "2007年7月11日 县人民政府第三十次会议通过", "2007年8月1日 公布", "第一章 总则",
        f"第一千一百四十九条 {FERRY}", f"第一千一百五十条 {CROWD}", f"（一）{SONG}",
    ],
    "Latin words set apart": [
        "镇上去年用上了 Ubuntu 22.04 和 GNOME 42.9，船票只有 1.25 公斤重，后来又换成 PDF 的。",
        "船票与手机", "镇上的人起初不大相信，以为还要改，可是到了春天，人人都用手机出示 PDF 了。", SONG, "* 渡船三只。", "* 船工五人。",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", COLLAPSED)
def test_other_paragraphs_on_one_line_are_parted(name: str) -> None:
    assert laid_out(" ".join(COLLAPSED[name])) == "\n".join(COLLAPSED[name])


def test_collapsed_and_wrapped() -> None:
    paragraphs = ["同志们：", FERRY, "一、修好渡口", CROWD, SONG, "二、修好道路", TICKET]
    assert laid_out(cut(" ".join(paragraphs), 37)) == "\n".join(paragraphs)


@pytest.mark.parametrize(
    "text",
    [
        "他来了 ， 又走了 ， 后来 ， 再没有来 。 谁也不知道 ， 他去了哪里 。 江水还是那样 ， 流着 。",
        "联系人：林一舟 电话：010-12345678 地址：滨江路一号。",
        "第一章 渡口 第二章 号子 第三章 船票",
        f"{FERRY} {CROWD}",
    ],
)
def test_other_spaces_stay(text: str) -> None:
    assert laid_out(text) == text


UNSURE = {
    "a quotation that nothing closes was cut off with its sentence": [
        f"{FERRY}只有两岸的人都肯出力，才能让渡口真正“活起来", f"渡口活起来，要靠两岸的人。{SONG}", TICKET,
    ],
    "what joins sentences begins one": [f"{FERRY}谁也没有想到，老渡口成了全县最热闹的集市", f"所以，{SONG}", TICKET],
    "what somebody says, all of it": ["掌柜的摆了摆手：", "“都回去吧”，", "“是，掌柜的，船已经拴好了，明早再来。”", SONG],
    "a quotation's end on a line of its own": ["“渡口要开了。", "”", "老船工点了点头，把缆绳系好，走上岸去。", SONG],
    "a question's number behind a comma": [f"{FERRY[:-1]}，", "问题二：请谈谈老渡口重开的意义。", SONG],
    "who took the picture": ["渡船靠岸，人们排队下船。周远摄", "本报讯老渡口恢复通航的消息传开以后，人们纷纷赶来。"],
    "a salutation behind a title": ["2019年县渡口工作报告", "各位代表：", "我们按照《", "渡口条例", f"》行事。{SONG}"],
}  # fmt: skip


@pytest.mark.parametrize("why", UNSURE)
def test_what_does_not_go_on_stays_a_line(why: str) -> None:
    lines = UNSURE[why]
    mended = laid_out("\n".join(lines)).split("\n")
    kept = {"“渡口要开了。": "“渡口要开了。”", "”": "“渡口要开了。”"}
    assert [
        line for line in mended if line.startswith(("我们按照", "“渡口要开了")) or line in lines
    ] == mended
    assert {kept.get(line, line) for line in lines[:3]} - {"我们按照《"} <= set(mended)


def test_headings_apart_are_kept_where_links_split_their_paragraphs() -> None:
    paragraphs = [
        "五年来，渡口建设成效显著，两岸往来日益便利",
        CROWD,
        "五年来，船工队伍不断壮大，技艺得到传承",
        SONG,
    ]
    law = "我们制定了《\n渡口管理办法\n》，还修订了《\n船舶检查规定\n》。"
    whole = law.replace("\n", "")
    assert laid_out("\n\n\n".join([*paragraphs, law, law, law])) == "\n".join([*paragraphs, *[whole] * 3])


@pytest.mark.parametrize("number", ["- {} -", "{}", "第 {} 页", "\x0c{}", "{}/9", "·{}·"])
def test_sentences_are_joined_over_page_numbers(number: str) -> None:
    lines = "\n".join(cut("　　" + paragraph, 36) for paragraph in PROSE * 3).split("\n")
    pages = [lines[i : i + 8] for i in range(0, len(lines), 8)]
    numbered = "\n".join("\n".join([*page, number.format(i)]) for i, page in enumerate(pages, 1))
    assert laid_out(numbered) == "\n".join(PROSE * 3)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(line for i, paragraph in enumerate(PROSE, 1) for line in (str(i), paragraph)),
        "木料与铁件的数量如下，按验收的先后排列\n1\n松木板，长三尺\n2\n铁钉，长两寸\n3\n桐油，二十斤",
        f"{FERRY}\n2019\n{CROWD}\n2020\n{SONG}",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert laid_out(text) == text


def test_a_private_character_behind_sentences_parts_paragraphs() -> None:
    text = f"{FERRY}\ue40c{CROWD}　老渡口　也热\u200b闹起来。\ue40c{SONG}"
    edits = layout.find(Document(text), Options()).edits
    assert apply(text, edits) == f"{FERRY}\n{CROWD}　老渡口　也热闹起来。\n{SONG}"
    assert revert(apply(text, edits), edits) == text
    assert laid_out("甲\ue40c乙\ue40c丙。\uf0b7丁。\uf0b7戊。") == "甲\ue40c乙\ue40c丙。\uf0b7丁。\uf0b7戊。"


def test_spaces_that_stand_for_quotation_marks_stay() -> None:
    chapter = [
        "话说老船工走到渡口，向众人问道： 今日过江的是哪几位？ 一个货郎应道： 小的要过江去赶集。 老船工又问： 可带了船钱？ "
        "货郎笑道： 船钱自然带了，只是不多。 众人听了都笑起来，老船工也不再问，解开缆绳，撑着船往江心去了。"
        "江上起了雾，对岸的灯火时隐时现，货郎坐在船头，低声说道： 这雾怕是散不了了。 老船工应道： 散得了。",
        TICKET,
    ]
    assert laid_out("\n".join(chapter)) == "\n".join(chapter)
    assert laid_out(chapter[0]) == chapter[0]


PIECES = [
    *[
        "甲",
        "去年冬天",
        "渡口",
        "。",
        "，",
        "“",
        "”",
        "（",
        "）",
        "一、",
        "A",
        "word",
        "1.",
        "3",
        "-",
        "！",
        "：",
        "…",
    ],
    *[
        "同志们：",
        "〔1〕",
        "|",
        "\n- 1 -\n",
        "\n2\n",
        "\ue40c",
        "。\ue40c",
        "<b>",
        "２",
        "\u200d",
        "\x00",
        "\u200b",
        "\ufeff",
    ],
    *[" ", "  ", "　", "\xa0", "\n", "\n\n", "\r\n", "\t", "\x0c"],
]


def assert_no_join_is_hidden(text: str) -> None:
    """What is looked at no further, for it can't be a join or show a width, makes no difference."""
    seen = lines.visible(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wrapping, "_nothing_goes_on", lambda *_: False)
        patch.setattr(language.Seams, "undecided", property(lambda seams: range(len(seams.lines) - 1)))
        patch.setattr(widths, "_most", lambda full, *_: full + np.inf)
        joins = wrapping.joins(text, seen)
    assert wrapping.joins(text, seen) == joins


@given(
    st.lists(st.sampled_from([*PIECES, *PROSE, "\n\n　　", "一、渡口\n", "同志们：\n"]), max_size=40).map(
        "".join
    )
)
def test_no_join_is_hidden(text: str) -> None:
    assert_no_join_is_hidden(text)


def test_no_join_is_hidden_in_real_documents(corpus: Path) -> None:
    for path in sorted((corpus / "documents").glob("*/*"))[::20]:
        text = path.read_text("utf-8", "replace")
        assert_no_join_is_hidden(text)
        assert_no_join_is_hidden("\n".join(cut(line, 34) for line in text[:4000].split("\n")))


@given(st.text(alphabet="甲a 。\n\x00\u200b\u200c\u200d\ufeff", max_size=200))
def test_what_is_hidden_is_found_by_what_it_is_made_of(text: str) -> None:
    assert layout._hidden(text) == [match.span() for match in layout.INVISIBLE.finditer(text)]


@given(st.from_regex(lines._ITEM, fullmatch=True))
def test_what_items_begin_with_hides_none(item: str) -> None:
    assert lines.heads(item, 0)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text())
@example(" -\nword")
@settings(max_examples=300)
def test_edits_fit_any_text_can_be_undone_and_are_enough(text: str) -> None:
    edits = layout.find(Document(text), Options(letters="halfwidth")).edits
    mended = apply(text, edits)
    assert revert(mended, edits) == text
    assert mended == mended.strip("\n")
    assert "\n\n" not in mended
    assert laid_out(mended, Options(letters="halfwidth")) == mended


@pytest.mark.slow
def test_a_second_time_changes_nothing_in_the_corpus(corpus: Path) -> None:
    again = []
    for path in sorted((corpus / "documents").glob("*/*"))[::4]:
        text = laid_out(clean(path.read_bytes(), Options(cleaners=("encoding",))).text)
        if laid_out(text) != text:
            again.append(path.name)
    assert again == []


def test_what_was_wrapped_with_the_rest_is_no_title() -> None:
    text = "".join(PROSE)
    wrapped = cut(text, 31)
    first = Metadata(title=wrapped.split("\n")[0])
    edits = layout.find(Document(wrapped, metadata=first), Options()).edits
    assert apply(wrapped, edits) == text


def test_a_title_is_never_joined_to_what_follows() -> None:
    text = "申论写作：怎样写好结尾\n，是许多人问过的问题。\n其实并不难，多练就行。"
    titled = Document(text, metadata=Metadata(title="申论写作：怎样写好结尾"))
    assert [edit.rule for edit in layout.find(Document(text), Options()).edits] == ["layout.join"]
    assert layout.find(titled, Options()).edits == ()
