"""Half-width marks become full-width in Chinese sentences, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import punctuation
from cleaners.document import Document, apply, revert
from cleaners.options import Options

ASKED = Options(punctuation="fullwidth")


def widened(text: str) -> str:
    return apply(text, punctuation.find(Document(text), ASKED).edits)


@pytest.mark.parametrize(
    ("half", "full"),
    [
        ("今天下雨,路很滑.", "今天下雨，路很滑。"),
        ("他问:“来吗?”", "他问：“来吗？”"),
        ('他说:"走吧!"便走了.', "他说：“走吧！”便走了。"),
        ("(一)修桥;(二)铺路.", "（一）修桥；（二）铺路。"),
        ("增长5.1%,不算少.", "增长5.1%，不算少。"),
        ("总产值(GDP)达1,200亿元,比2010年多.", "总产值（GDP）达1,200亿元，比2010年多。"),
        ("路还长......慢慢走.", "路还长……慢慢走。"),
        ("先学Python,再学别的.", "先学Python，再学别的。"),
        ("他叫'老三',住村东.", "他叫‘老三’，住村东。"),
        (
            "国内生产总值(GDP)和GDP(国内生产总值)是一回事.",
            "国内生产总值（GDP）和GDP（国内生产总值）是一回事。",
        ),
        ("(5)2025年起执行,(6)2026年完成.", "（5）2025年起执行，（6）2026年完成。"),
        ('他说:"来.\n"走到门口,"又停下了.', "他说：“来。\n“走到门口，”又停下了。"),
        ('她说:"走吧,\n"天亮了,"他说.\n"路还远.', "她说：“走吧，\n“天亮了，”他说。\n“路还远。"),
        ('    "没有."\n    她说.', "    “没有。”\n    她说。"),
        ("他低语着.......\n......\n没有人答.", "他低语着……。\n……\n没有人答。"),
        ("他来了--真的来了.\n--老舍", "他来了——真的来了。\n——老舍"),
        ("把工作做好.　　*这是他的讲话.", "把工作做好。　　*这是他的讲话。"),
        # Whatever other lines have, this one has half-width marks only.
        (
            "他来了。她没有。\n后来,两人都走了.谁也没有说话.",
            "他来了。她没有。\n后来，两人都走了。谁也没有说话。",
        ),
        ("今年增长 3.5%, 不算多, 共有 9 项, 210 人.", "今年增长 3.5%， 不算多， 共有 9 项， 210 人。"),
        ('他说: "来? "她道: "不来.', "他说： “来？ ”她道： “不来。"),
        # A partner is lost.
        ('甲道:"来."乙道:"不来.甲又道:"走.",便走了.', "甲道：“来。”乙道：“不来。甲又道：“走。”，便走了。"),
        ('他说:"来?"她道:"不来.\n', "他说：“来？”她道：“不来。\n"),
        ('写的是守土在此"四字,又写"平安"二字.', '写的是守土在此"四字，又写"平安"二字。'),
        (
            "**老渡口**,水面很宽.据说有一百年了⑷.从前没有桥.",
            "**老渡口**，水面很宽。据说有一百年了⑷。从前没有桥。",
        ),
        (
            "系统用的是 Linux,桌面是 GNOME,浏览器是 Firefox.大家都说好.",
            "系统用的是 Linux，桌面是 GNOME，浏览器是 Firefox。大家都说好。",
        ),
    ],
)
def test_marks_of_a_chinese_sentence(half: str, full: str) -> None:
    assert widened(half) == full


# Technical prose as it is written with care: full-width in the sentence, half-width in everything else.
TECHNICAL = [
    '接口返回 {"code": 0, "msg": "成功"}，前端据此判断。',
    "执行 `pip install -U pip, wheel` 之后，重启终端。",
    "服务监听 0.0.0.0:8080，健康检查每 30 秒一次。",
    "会议时间为 14:30-16:00，地点见 https://example.com/room?id=3;floor=2 一页。",
    "版本 v2.3.1 修复了 12,345 个问题，比例为 3:2。",
    'print("你好, 世界!") 会在屏幕上显示问候。',
    "调用 connect(host, port, timeout=3.5) 时，若主机名为空则报错。",
    '配置文件写作 name = "张三" 即可，不必加分号。',
    'He said, "你好," and left; nobody answered.',
    "参考 Smith, J. (2020). Deep Learning for Text. MIT Press. 一书的第三章。",
    'if (x > 0) { return "正数"; } else { return "非正"; }',
    '<p class="intro">欢迎光临</p> 是一段网页代码。',
    "文件名为 report.final.docx，大小 1.5 MB。",
    "联系邮箱 someone@example.org，电话 010-8888:6666。",
    "方程 f(x, y) = x^2 + y^2 的等高线是圆。",
    "SELECT name, age FROM users WHERE city = '北京' AND age > 18; -- 查询",
    '列表 ["苹果", "梨", "桃"] 有三个元素。',
    "日志格式为 2024-05-01 08:00:00,123 INFO 启动完成。",
    "快捷键 Ctrl+Shift+P, 然后 Enter 即可打开面板。",
    '在 config.yaml 里写入 key: "值"，缩进为两个空格。',
    'git commit -m "修复: 登录失败的问题" 之后推送。',
    'print(f"总数: {n}") # 输出总数, 不换行',
    '邮件主题写 "Re: 会议纪要"，附件为 minutes(final).pdf。',
    "公式 E = mc^2 (爱因斯坦, 1905) 人人皆知，坐标 (116.40, 39.90) 也是。",
    "[2024-01-02 03:04:05] ERROR: 数据库连接失败, retry=3, timeout=30s",
    "参数写作 --all 或 -a，注释以 -- 开头，分隔线是 ----。",
    "更多文章见[前端](https://example.com/#前端)、[后端](docs/后端.md)两栏。",
    "    colnames = ('姓名', '介绍', '好评数', '学科')",
    "C++ 中用 std::vector<int> 存放整数，用 a ? b : c 作选择。",
]


@pytest.mark.parametrize("text", TECHNICAL)
def test_technical_texts_stay(text: str) -> None:
    assert widened(text) == text


def test_technical_texts_stay_in_one_document() -> None:
    assert widened("\n".join(TECHNICAL)) == "\n".join(TECHNICAL)


def test_code_between_fences_and_settings_in_front_stay() -> None:
    text = (
        "---\ntitle: 渡口(一)\nkeywords: 渡口,船工\n---\n渡口。\n```sh\necho 开始,请等待(一会儿)\n```\n完了。"
    )
    assert widened(text) == text
    assert widened("```\n他来了,她没有.") == "```\n他来了，她没有。"


def test_nothing_is_done_unless_asked() -> None:
    assert punctuation.find(Document("今天下雨,路很滑."), Options()).edits == ()


@pytest.mark.parametrize(
    "text", ["今天下雨，路很滑。", "1.修桥\n2.铺路", "乔治.马洛里登山。他说了。", '他说"走吧。']
)
def test_what_is_right_or_unclear_stays(text: str) -> None:
    assert widened(text) == text


@given(st.text(alphabet="甲乙。，,.;:!?()\"'…“” 1aA\n`{}[]=<>/&", max_size=120) | st.text())
def test_edits_fit_any_text_can_be_undone_and_are_enough(text: str) -> None:
    edits = punctuation.find(Document(text), ASKED).edits
    wide = apply(text, edits)
    assert revert(wide, edits) == text
    assert widened(wide) == wide
