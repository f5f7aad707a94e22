"""How much noise goes and how much body with it, on the labelled documents; beside simpler rules.

    python -m tests.benchmarks.boilerplate [--show]

Each source is judged without what was added to the lexicon after reading that source (ADDED_FOR); the weights
were never fitted. With a profile: learnt from the site's other documents, two folds. `--show` prints every
line that is judged wrongly.
"""

import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from cleaners.boilerplate import find, lexicon
from cleaners.document import Document
from cleaners.options import Options
from flows import learn

CORPUS = Path(os.environ.get("JINGWEN_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
DUMPS = {"trafilatura_zh", "readability_zh"}
NOISE = {"promo", "metadata", "chrome"}

# Patterns that were written after reading a source: judged without them.
ADDED_FOR = {
    "gwr": ["本作品", "本模板", "具有立法", "维基(?:文库|百科", "不适用于该法"],
    "xwlb": [],
    "zhonggong": [
        "考试内容,请访问",
        "更多.{2,20}尽在",
        "中.?公?.?教育版权",
        "中\\.公教育版权",
        "共?\\d{2,5}字",
        "本文(?:源自",
        "》 ?\\( ?(?:19|20)",
        "原文标题",
    ],
    "novels": ["章节内容(?:开始", "还在连载中", "好友作品", "(?:开始|结束)】", "好书尽在"],
    "jzm_speech": ["出处:"],
    "trafilatura_zh": ["{2,5}记者 "],
    "readability_zh": [
        "畅言",
        "企鹅智酷",
        "腾讯创业",
        "青春励志",
        "科普中国",
        "栏目精粹",
        "我的社区",
        "48小时点击",
    ],
    "seeds": ["自建平台", "实时分享"],
    "sogouca": ["相关画报", "(据?《?"],
}


class Labelled(NamedTuple):
    source: str
    path: str
    text: str
    lines: list[tuple[int, int, str]]  # start, end, label; ambiguous lines are left out
    spans: set[int]  # characters of noise inside body lines


# What a method takes away: the character offsets.
Method = Callable[[Labelled], set[int]]


def labelled() -> Iterator[Labelled]:
    for row in map(json.loads, (CORPUS / "lines.jsonl").open(encoding="utf-8")):
        text = (CORPUS / "documents" / row["path"]).read_bytes().decode("utf-8")
        starts = [0]
        for line in text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        found = [
            (starts[line["i"]], starts[line["i"] + 1] - 1, line["label"])
            for line in row["lines"]
            if line["i"] not in set(row["ambiguous"])
        ]
        spans = {
            starts[line["i"]] + offset
            for line in row["lines"]
            for a, b, _ in line.get("spans", ())
            for offset in range(a, b)
        }
        yield Labelled(row["source"], row["path"], text, found, spans)


def ours(strength: str, profiles: dict[str, frozenset[str]] | None = None) -> Method:
    def method(document: Labelled) -> set[int]:
        profile = (profiles or {}).get(document.path, frozenset())
        with_lexicon_without(document.source)
        edits = find(Document(document.text), Options(boilerplate=strength, profile=profile)).edits
        return {offset for edit in edits for offset in range(edit.start, edit.end)}

    return method


def with_lexicon_without(source: str) -> None:
    """Lets the cleaner use the lexicon without what was added for `source`."""
    lexicon.raw = lambda: _RAW[source]  # type: ignore[assignment]
    lexicon.load = lambda added=(): _LEXICA[source]  # type: ignore[assignment]


def _without(tables: object, added: list[str]) -> object:
    if isinstance(tables, dict):
        return {key: _without(value, added) for key, value in tables.items()}
    if isinstance(tables, list):
        return [
            _without(value, added)
            for value in tables
            if not (isinstance(value, str) and any(word in value for word in added))
        ]
    return tables


# A name that is not in the lexicon any more would take nothing away.
for _added in (word for words in ADDED_FOR.values() for word in words):
    assert _added in str(lexicon.raw()).replace("\\\\", "\\"), _added
_SHIPPED, _LOAD = lexicon.raw(), lexicon._loaded.__wrapped__
_RAW = {source: _without(_SHIPPED, added) for source, added in ADDED_FOR.items()}
_LEXICA = {}
for _source, _tables in _RAW.items():
    lexicon.raw = lambda tables=_tables: tables  # type: ignore[assignment, misc]
    _LEXICA[_source] = _LOAD(())


def learnt(documents: list[Labelled]) -> dict[str, frozenset[str]]:
    """For each document a profile of its site, from those documents that are in the other fold."""
    profiles = {}
    sites: dict[str, list[Path]] = defaultdict(list)
    for path in sorted((CORPUS / "documents").glob("*/*")):
        sites[path.parent.name].append(path)
    for site, paths in sites.items():
        for fold in (0, 1):
            pages = [
                learn.Page((site,), path.read_bytes().decode("utf-8", "replace"))
                for path in paths[1 - fold :: 2]
            ]
            profile = learn.decoded(learn.encoded(learn.repeated(learn.count(pages, learn.sketch(pages)))))
            profiles |= {f"{site}/{path.name}": profile for path in paths[fold::2]}
    return {document.path: profiles[document.path] for document in documents}


def by_lines(goes: Callable[[str], bool]) -> Method:
    def method(document: Labelled) -> set[int]:
        return {
            offset
            for start, end, _ in document.lines
            if document.text[start:end].strip() and goes(document.text[start:end].strip())
            for offset in range(start, end)
        }

    return method


ENDS = tuple("。！？；…”’）」』.!?;\"'")
KEYWORDS = re.compile(
    "责任编辑|来源[:：]|作者[:：]|版权所有|转载|点击|浏览|下载|关注|微信|会员|上一篇|下一篇|首页|更多|评论|分享|推荐|ICP|http"
)


class Score(NamedTuple):
    precision: float
    recall: float
    lost: float  # share of body characters
    hit: int  # documents that lose any
    spans: float  # share of noise characters inside body lines that go

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)


def score(documents: list[Labelled], method: Method, show: bool = False) -> Score:
    """A noise line is found when more than 80 % of what it shows goes."""
    count: Counter[str] = Counter()
    for document in documents:
        gone = method(document)
        lost_here = 0
        for start, end, label in document.lines:
            visible = [i for i in range(start, end) if _shows(document.text[i])] or [start]
            took = [i for i in visible if i in gone]
            whole = len(took) > 0.8 * len(visible)
            if label in NOISE:
                count["found" if whole else "missed"] += 1
                wrong = not whole
            else:
                lost = [i for i in took if i not in document.spans]
                count["body"] += len(visible)
                count["lost"] += len(lost)
                count["false"] += whole and len(lost) > 0
                lost_here += len(lost)
                wrong = bool(lost)
            if show and wrong:
                verdict = "kept" if label in NOISE else "LOST"
                print(f"{verdict} {document.path}: {document.text[start:end].strip()[:90]}")
        count["hit"] += lost_here > 0
        count["spans"] += len(document.spans)
        count["cut"] += len(document.spans & gone)
    return Score(
        count["found"] / max(1, count["found"] + count["false"]),
        count["found"] / max(1, count["found"] + count["missed"]),
        count["lost"] / max(1, count["body"]),
        count["hit"],
        count["cut"] / max(1, count["spans"]),
    )


def _shows(character: str) -> bool:
    """Whether a character is neither a space nor one of private use, which stand for line ends in the news."""
    return not character.isspace() and not "\ue000" <= character <= "\uf8ff"


def main() -> None:
    if not CORPUS.exists():
        sys.exit(f"no corpus in {CORPUS}: set JINGWEN_CORPUS")
    documents = list(labelled())
    repeats = Counter(
        line
        for path in (CORPUS / "documents").glob("*/*")
        for line in {line.strip() for line in path.read_bytes().decode("utf-8", "replace").split("\n")}
    )
    methods: dict[str, Method] = {
        "ours, careful": ours("careful"),
        "ours, careful, with profile": ours("careful", learnt(documents)),
        "ours, bold": ours("bold"),
        "ours, off": ours("off"),
        "C4 with Chinese marks": by_lines(lambda line: not line.endswith(ENDS) or len(line) < 5),
        "keyword list": by_lines(lambda line: KEYWORDS.search(line) is not None),
        "repeated in 5 documents": by_lines(lambda line: repeats[line] >= 5),
    }
    groups = {
        "text documents": [d for d in documents if d.source not in DUMPS],
        "page dumps": [d for d in documents if d.source in DUMPS],
    }
    print(f"{'':32}{'P':>7}{'R':>7}{'F1':>7}{'body lost':>11}{'documents hit':>15}{'spans':>8}")
    for group, chosen in groups.items():
        print(f"{group} ({len(chosen)})")
        for name, method in methods.items():
            _row(f"  {name}", score(chosen, method), len(chosen))
    print("by source, ours, careful")
    for source in sorted({d.source for d in documents}):
        chosen = [d for d in documents if d.source == source]
        _row(f"  {source}", score(chosen, methods["ours, careful"], "--show" in sys.argv), len(chosen))


def _row(name: str, s: Score, documents: int) -> None:
    print(
        f"{name:32}{s.precision:7.3f}{s.recall:7.3f}{s.f1:7.3f}{s.lost:11.3%}"
        f"{f'{s.hit} of {documents}':>15}{s.spans:8.0%}"
    )


if __name__ == "__main__":
    main()
