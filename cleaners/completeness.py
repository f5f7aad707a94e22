"""Is the document whole, and if not, how does it end?

Judged on the clean text, and on what boilerplate removed behind it; where that cleaner did not run, lines
at the tail that are clearly no body are set aside first.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from cleaners import markers, outline
from cleaners.document import Document, Findings, Flag, Measures
from cleaners.folding import fold
from cleaners.options import Options

# How much of the end of a text is looked at, in characters: a tail with its chrome is far shorter.
TAIL = 2000
HEAD = 1500

# A heading is no longer than this; a longer line without an end mark is a sentence that was cut.
HEADING = 60

_END = "。!?…"
_CLOSERS = "”’\"'」』》〉)】]〕"
_NOTE = r"(?:[〔\[(]\d{1,3}[〕\])]|[①-⑳]|\*)"
# An end mark, what closes behind it, and note marks; a point ends a sentence only behind hanzi.
_ENDED = re.compile(rf"(?:[{_END}]|(?<=[\u4e00-\u9fff)”’])\.)[{re.escape(_CLOSERS)} ]*(?:{_NOTE} ?)*$")
_LAST_END = re.compile(rf".*(?:[{_END}]|(?<=[\u4e00-\u9fff)”’])\.(?!\d))[{re.escape(_CLOSERS)} ]*", re.DOTALL)

# Lines behind the body: what sites put there. Each is matched at the start of a short line.
_CHROME = re.compile(
    r"(?:相关(?:热词|文章|阅读|新闻|链接|推荐|专题|报道|资讯)|热点文章|热门|推荐阅读|延伸阅读|猜你喜欢|责任?编辑|编辑:|"
    r"来源:|(?:资料|文章|信息)来源|原标题|上一[篇页章条]|下一[篇页章条]|返回|打印|关闭|分享|版权|copyright|©|.{0,8}icp备|https?:|www\.|"
    r".{0,3}更多|点击|扫描|扫码|关注|微信|标签:|tags?:|浏览|阅读[:(\d]|发布时间|字号|收藏|评论|登录|注册|首页|免责|声明:|"
    r"本文(?:来源|链接|地址)|转载|阅读原文|查看|展开|下载|举报|赞\b|点赞|热词|关键词:|当前位置|公众号|文档|本站|客服|顶部|>>|\[?责编)"
)
_PAGER = re.compile(
    r"下一页|后一页|余下全文|(?:阅读|展开|查看|显示)(?:全文|剩余|余下|更多内容)|未完待续|\(未完\)|\(待续\)|试读(?:结束|已结束|到此)|"
    r"剩余(?:内容|\d+%)|第\s*(?P<page>\d+)\s*页[\s/,|]{0,3}共\s*(?P<pages>\d+)\s*页|(?P<page2>\d+)\s*/\s*(?P<pages2>\d+)\s*页|"
    r"(?:付费|购买|登录|下载|开通会员|vip)后?(?:可|即可|方可)?(?:阅读|查看|继续)"
)
_SYMBOLS = re.compile(r"[^\w。!?…]+")
_DIGIT = r"[一二三四五六七八九十〇○零\d]"
_DATE = rf"{_DIGIT}{{4}}[年.-]{_DIGIT}{{1,3}}[月.-](?:{_DIGIT}{{1,3}}日?)?"
# What may stand behind the last sentence of a whole text, none of it a sentence.
_SIGNATURE = re.compile(
    rf"(?:[\s*]|\(?{_DATE}.{{0,8}}|"
    r"\(?(?:\S{0,8}(?:记者|通讯员|实习生)|作者|编辑|摄影|撰文|撰稿|文|图|整理|供稿|翻译|译者?)[\s:/][^,。]{2,24}|"
    r"\(?\S{0,6}(?:记者|通讯员)[^,。\s]{2,4}(?:摄|文|报道)?(?=\s|$|\()|新华社\S{0,12}|据\S{2,8}报道|"
    r"[—―-]{1,3}[^,。、;]{2,10}$|"
    r"\(?(?:全书完|全文完|完|终|the end|end)\)?|"
    r"[^,。、;:]{2,24}(?:局|院|委|委员会|办公室|政府|部|厅|会|社|公司|中心|大学|学院|组|署|处|法院|检察院|党委)$|"
    r"[(\[【〔〈][^)\]】〕〉]{1,160}[)\]】〕〉])+"
)
_APPARATUS = re.compile(r"(?:资料来源|参考资料|参考文献|相关链接):?")
_PLACEHOLDER = re.compile(
    r"(?<![a-z0-9])x{2,6}(?![a-z0-9.])|(?<=[\u4e00-\u9fff“])x(?=[\u4e00-\u9fff](?<!光)(?<!线)(?<!射)(?<!轴)(?<!染))|×{2,}|"
    r"(?<=[\u4e00-\u9fff])×(?=[\u4e00-\u9fff])|某某"
)
_EXCERPT = re.compile(
    r"(?:讲话|报告|谈话|文章|信|发言|讲稿|致辞|致词|批示|指示)(?:的|中的)?(?:一部分|主要部分|部分内容|要点|节选|摘要|摘录)|"
    r"[(\[【](?:节选|摘录|摘编|摘要|有删节|略有删节|有删改|本文有删节)[)\]】]|有删节|节选自|摘自|选自"
)
_SPEECH = re.compile(r"同志们|各位(?:代表|领导|来宾|同事|委员|朋友)|女士们|朋友们|同学们|讲话|致辞|致词")
_CLOSING = re.compile(
    r"谢谢|奋斗|贡献|而努力|推向前进|新(?:局面|篇章|胜利|辉煌|征程|台阶|成绩|业绩|步伐)|圆满|成功|万岁|让我们|"
    r"我(?:就|先)讲(?:这些|到这|这么多)|此致|敬礼|完了|决定|执行"
)


# Where paragraphs were collapsed into one line: white space behind an end mark, wide white space, or a
# character of private use, which some sites put between paragraphs.
_GAP = re.compile(rf"(?<=[{_END}{re.escape(_CLOSERS)}]) +|  +|[\ue000-\uf8ff]+")


# Pinyin in brackets, which hides what a label says where the glosses were not removed.
_GLOSS = re.compile(r"\([a-z\u00e0-\u01dc]{1,7}\)")


class Ending(NamedTuple):
    """How a text ends once what is no body is set aside."""

    line: str  # the last line of the body, folded
    start: int  # character offset of that line
    before: str  # the line above it
    signed: bool  # a date, an agency, a note or the like follows
    pager: str  # what says that the rest is elsewhere
    listed: bool  # it is one of several short lines without end marks: a list, a table, verse


def find(document: Document, options: Options) -> Findings:
    """Whether `document.text` is whole, and what else a reader should know of its wholeness."""
    folded = fold(document.text)
    genre = _genre(folded)
    announced = outline.announcements(document.text)
    flags = [
        flag
        for flag in (
            _truncated(document, folded, announced),
            _beginning_missing(folded),
            _excerpt(document.text, folded),
            _placeholders(document.text, folded),
        )
        if flag
    ]
    return Findings(flags=tuple(flags), measures=Measures(genre=genre))


def _truncated(document: Document, folded: str, announced: list[outline.Announcement]) -> Flag | None:
    text = document.text
    ending = _ending(folded)
    if not ending.line:
        return None
    pager = ending.pager or _removed_pager(document)
    line = ending.line
    if not _ENDED.search(line) and not ending.listed:
        tail = _after_last_end(line)
        marker = markers.at(tail)
        if marker and marker.family in markers.HEADING_FAMILIES and len(tail) <= HEADING:
            return Flag(
                "truncated",
                "at_heading",
                f"ends on the heading “{tail}” with nothing under it",
                ending.start,
                0.95,
            )
        return Flag(
            "truncated", "mid_sentence", f"ends without an end mark: “…{tail[-40:]}”", ending.start, 0.95
        )
    if pager:
        return Flag("truncated", "cut_page", f"the rest is on another page: “{pager}”", None, 0.9)
    for one in announced:
        if 0 < one.found < one.count and _open(folded, one):
            last = one.items[-1]
            return Flag(
                "truncated",
                "missing_sections",
                f"announces {one.count} items at character {one.start}, has {one.found}: "
                f"the last is “{text[last.start : last.start + 20]}” at character {last.start}",
                one.start,
                0.8,
            )
    return None


def _open(folded: str, one: outline.Announcement) -> bool:
    """Whether the last item found runs to the end of the text, as its siblings' lengths allow."""
    starts = [place.start for place in one.items]
    longest = max((b - a for a, b in pairwise(starts)), default=600)
    return len(folded) - starts[-1] <= max(2 * longest, 200)


def _ending(folded: str) -> Ending:
    lines = _lines(folded)
    pager = ""
    signed = False
    for i in range(len(lines) - 1, max(len(lines) - 5, 0), -1):
        if _APPARATUS.fullmatch(lines[i][1]) and _ENDED.search(lines[i - 1][1]):
            del lines[i:]
            signed = True
            break
    while lines:
        start, line = lines[-1]
        found = _PAGER.search(line) if len(line) < 80 else None
        if found and _another_page(found):
            pager = pager or found.group()
        if found or _SYMBOLS.fullmatch(line) or (_CHROME.match(line) and len(line) < 60):
            lines.pop()
            continue
        behind = _after_last_end(line)
        whole = not _ENDED.search(line) and len(behind) < 200 and _SIGNATURE.fullmatch(behind)
        if whole and len(behind) < len(line):
            lines[-1] = (start, line[: -len(behind)].strip())
        elif whole and len(lines) > 1:
            lines.pop()
        else:
            break
        signed = True
    if not lines:
        return Ending("", 0, "", signed, pager, False)
    before = lines[-2][1] if len(lines) > 1 else ""
    return Ending(lines[-1][1], lines[-1][0], before, signed, pager, _listed([line for _, line in lines]))


def _listed(lines: list[str]) -> bool:
    """Whether the last lines are a list, a table or verse: short, without end marks, none of them wrapped."""
    last = lines[-4:]
    width = max(len(line) for line in lines)
    return len(last) == 4 and all(
        len(line) <= min(30, 0.7 * width) and not re.search(r"[。!?]", line) for line in last
    )


def _lines(folded: str) -> list[tuple[int, str]]:
    """The last lines, with their places; where paragraphs were collapsed, what was a line."""
    first = max(0, len(folded) - TAIL)
    found = []
    for match in re.finditer(r"[^\n]+", folded[first:]):
        done = 0
        line = match.group()
        for gap in _GAP.finditer(line):
            found.append((first + match.start() + done, line[done : gap.start()].strip()))
            done = gap.end()
        found.append((first + match.start() + done, line[done:].strip()))
    return [(start, _GLOSS.sub("", line)) for start, line in found if line]


def _another_page(found: re.Match[str]) -> bool:
    page, pages = found["page"] or found["page2"], found["pages"] or found["pages2"]
    return page is None or int(page) < int(pages)


def _after_last_end(line: str) -> str:
    """What stands behind the last end mark of a line."""
    found = _LAST_END.match(line)
    return line[found.end() :] if found else line


def _removed_pager(document: Document) -> str:
    """What boilerplate removed behind the body that says the rest is elsewhere."""
    behind = 0
    for step in reversed(document.steps):
        if step.cleaner != "boilerplate":
            continue
        for edit in reversed(step.edits[-12:]):
            behind += 1
            found = _PAGER.search(fold(edit.before))
            if found and _another_page(found):
                return found.group()
    return ""


def _beginning_missing(folded: str) -> Flag | None:
    first = re.match(r"\s*([,、。;:!?)”’」』》】])", folded)
    if first:
        return Flag(
            "beginning_missing", evidence=f"starts with “{folded.strip()[:20]}”", start=0, confidence=0.9
        )
    return None


def _excerpt(text: str, folded: str) -> Flag | None:
    for start, end in ((0, 300), (max(0, len(text) - 400), len(text))):
        found = _EXCERPT.search(folded, start, end)
        if found:
            return Flag(
                "excerpt",
                evidence=f"says so: “{text[found.start() : found.end()]}”",
                start=found.start(),
                confidence=0.9,
            )
    return None


def _placeholders(text: str, folded: str) -> Flag | None:
    found = list(_PLACEHOLDER.finditer(folded))
    if not found:
        return None
    first = found[0].start()
    return Flag(
        "placeholders",
        evidence=f"“{text[first : first + 8]}” at character {first}"
        + (f" and {len(found) - 1} more" if len(found) > 1 else ""),
        start=first,
        confidence=0.95 if len(found) > 1 else 0.7,
    )


def _genre(folded: str) -> str:
    head = folded[:HEAD]
    if len(re.findall(r"(?:^|\n)\s*第.{1,4}条", folded)) >= 3:
        return "law"
    if "工作报告" in head[:200]:
        return "report"
    if _SPEECH.search(head):
        return "speech"
    if re.search(r"电\(?|本报讯|记者|新华社|中新网|消息", head[:300]):
        return "news"
    if re.search(r"第.{1,6}[章回节]", head[:300]):
        return "novel"
    return "essay"
