"""What a text is, as far as its wholeness depends on it."""

import re
from itertools import takewhile

from cleaners.completeness.rules import holds
from cleaners.outline import Outline

# What says the genre stands in the first paragraphs.
HEAD = 400

# A law has its articles at line starts.
ARTICLES = 3

# A title is no longer than this.
TITLE = 45

# An address may stand below a title, a date and a site's lines.
LINES = 14

# What each pattern says holds one of these words, for which to look is much faster.
_REPORT_WORDS = ("报告", "决议", "决定")
_SPEECH_WORDS = ("讲话", "致辞", "致词", "演讲", "发言", "报告", "幕词", "酒词", "迎辞")
_ADDRESS_WORDS = ("们", "各位", "尊敬")
_NEWS_WORDS = ("讯", "电", "消息", "记者", "报道")
_REPORT = re.compile(r"报告$|的(?:决议|决定)$|报告\s|\d{4}年.{0,20}工作报告")
_SPEECH = re.compile(
    r"(?:上|会|会议|仪式|典礼|论坛)的?\S{0,4}(?:讲话|致辞|致词|演讲|发言|报告)|"
    r"(?:发言材料|讲话稿|发言稿|演讲稿|致辞稿|开幕词|闭幕词|祝酒词|欢迎辞)$"
)
_REPORTING = re.compile(r"作.{0,24}报告|报告.{0,12}工作|请.{0,10}审议")
_ADDRESS = re.compile(
    r"(?:同志们|各位[^。,:!]{0,12}|女士们|先生们|朋友们|同学们|老师们|乡亲们|尊敬的[^。,:!]{1,16})[:,!、]"
)
_NEWS = re.compile(
    r"(?:本报|新华|中新|央视|\S{2,4}[网社报])\S{0,14}[讯电]|消息\S{0,8}[:)]|记者|据\S{2,10}报道"
)
# Begins with one class, to which the search skips.
_DIALOGUE = re.compile(
    r"[道说问答曰话却且下第](?:(?<=[道说问答曰])[:,]?[“「『]|(?<=[话却且])说|(?<=下)回分解|(?<=第).{1,6}[回章]\s)"
)
# Where lines end, and where they did in a text on one line.
_LINE_END = re.compile(r"[\n ](?:(?<=\n)|(?<=  )|(?<=[。!?:] ))")


def genre(folded: str, parts: Outline) -> str:
    """law, news, report, speech, novel or essay: the first whose signs a folded text shows.

    >>> from cleaners import outline
    >>> text = "同志们:今天我讲三点。"
    >>> genre(text, outline.read(text))
    'speech'
    """
    on_one_line = "\n" not in folded.strip()
    opening = [place for place in parts.places if place.opens_line or on_one_line]
    articles = [place for place in opening if folded[place.end - 1] == "条"]
    if len(articles) >= ARTICLES:
        return "law"
    head = folded[:HEAD]
    lines = [line.strip() for line in _LINE_END.split(head) if line.strip()]
    addressed = holds(head, _ADDRESS_WORDS) and any(_ADDRESS.match(line) for line in lines[:LINES])
    titles = list(takewhile(lambda line: len(line) <= TITLE, lines[:3]))
    if not addressed and _says(_NEWS, _NEWS_WORDS, [line[:TITLE] for line in lines[:3]]):
        return "news"
    if _says(_REPORT, _REPORT_WORDS, titles) or (addressed and _REPORTING.search(head)):
        return "report"
    if addressed or _says(_SPEECH, _SPEECH_WORDS, titles):
        return "speech"
    return "novel" if len(_DIALOGUE.findall(folded, 0, 2000)) >= 2 else "essay"


def _says(pattern: re.Pattern[str], words: tuple[str, ...], lines: list[str]) -> bool:
    return any(holds(line, words) and pattern.search(line) for line in lines)
