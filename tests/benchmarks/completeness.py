"""How well cut documents are told from whole ones: `python -m tests.benchmarks.completeness`.

Whole documents are those that the corpus' truncation.jsonl calls complete. Each is cut where that file says
(`--labels`), or in every way, anew but seeded. `--show KIND` prints what
was judged wrongly; further documents can be named with `--also FILE`, a JSON list of [source, name, text].
"""

import argparse
import json
import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import opencc

from cleaners import clean, outline
from cleaners.document import Document, Flag
from cleaners.options import Options

CORPUS = Path(os.environ.get("JINGWEN_CORPUS", "../shared/corpus"))
OPTIONS = Options(cleaners=("outline", "completeness"))
SEED = 20

HANZI = re.compile(r"[\u4e00-\u9fff]{2}")
SENTENCE_END = re.compile(r"[。！？]”?")
HEADING = re.compile(
    r"(?:^|\n|\u3000\u3000)[ \u3000\t]*"
    r"((?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|"
    r"第[一二三四五六七八九十]{1,3}[章节][ \u3000])"
    r"[^，。；：\n\u3000]{3,40})(?=\s*\n|\u3000\u3000)"
)
SECTION = re.compile(
    r"(?:^|\n|\u3000\u3000)[ \u3000\t]*([一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}章)"
)

# What sites leave behind a text; none of these lines says that the text goes on.
CHROME = (
    "责任编辑：王小明",
    "【打印本页】【关闭窗口】",
    "上一篇：关于做好防汛工作的通知\n下一篇：全市教育工作会议召开",
    "相关热词搜索：工作 会议 报告",
    "分享到：微信 微博 QQ空间",
    "版权所有 某某网 京ICP备12345678号",
    "来源：青山日报",
    "相关文章：\n领导干部述职报告\n年度工作总结",
    "返回顶部",
    "本文来源：http://www.example.com/a/123.html",
    "点击次数：1024 收藏 评论(0)",
)
PAGERS = ("下一页", "第1页 共8页", "上一页 1 2 3 下一页", "余下全文", "1/5页", "未完待续", "展开全文")


Judge = Callable[[str], Document]


class Case(NamedTuple):
    source: str
    name: str
    kind: str  # complete, mid_sentence, at_heading, missing_sections, sentence_end, beginning
    text: str


def documents() -> Iterator[tuple[str, str, str]]:
    """The whole documents: source, name, text."""
    for row in _labels():
        if row["kind"] == "complete":
            text = _read(row) if row["source"] == "xwlb_item" else _part(row)
            yield row["source"], f"{row['path'][-20:]}:{row['a']}", text.strip("\n")
    for path in sorted((CORPUS / "documents/seeds").glob("00[012]*")):
        yield "seeds", path.name, path.read_text(encoding="utf-8")


def labelled() -> Iterator[Case]:
    """The cases of truncation.jsonl; without the 22 documents whose offsets don't fit their text."""
    fits = {(row["path"], row["a"]) for row in _labels() if row["kind"] == "complete" and _fits(row)}
    for row in _labels():
        if (row["path"], row["a"]) in fits:
            kind = {"sentence_boundary": "sentence_end"}.get(row["kind"], row["kind"])
            yield Case(row["source"], f"{row['path'][-20:]}:{row['a']}", kind, _read(row)[: row["cut"]])


def _labels() -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in (CORPUS / "truncation.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def _fits(complete: dict[str, Any]) -> bool:
    return len(_read(complete)) == complete["cut"] - complete["a"] * (complete["source"] != "xwlb_item")


def _part(row: dict[str, Any]) -> str:
    return (CORPUS / "documents" / row["path"]).read_text(encoding="utf-8")[row["a"] : row["b"]]


def _read(row: dict[str, Any]) -> str:
    """The text that the offsets of a row count in: speeches stand there without the line of their source."""
    text = _part(row)
    if row["source"] == "xwlb_item":
        return re.sub(r"<[^>]+>", "", text.replace("</p>", "\n")).strip()
    if row["source"] == "jzm_speech":
        return re.sub(r"^\s*出处[^\n]*\n", "", text.replace("\u3000\u3000", "\n\u3000\u3000")).strip()
    return text


def cases(source: str, name: str, text: str) -> Iterator[Case]:
    """A document whole and cut in every way that it can be."""
    dice = random.Random(f"{SEED} {name}")
    yield Case(source, name, "complete", text)
    first, last = len(text) // 5, len(text) * 19 // 20
    inside = [m.start() + 1 for m in HANZI.finditer(text, first, last)]
    ends = [m.end() for m in SENTENCE_END.finditer(text, first, last)]
    headings = [m.end(1) for m in HEADING.finditer(text) if m.end(1) > 100]
    sections = [m.start() for m in SECTION.finditer(text)]
    if inside:
        yield Case(source, name, "mid_sentence", text[: dice.choice(inside)])
        start = next((i for i in inside if i >= first), inside[0])
        yield Case(source, name, "beginning", text[start:])
    if ends:
        yield Case(source, name, "sentence_end", text[: dice.choice(ends)])
    if headings:
        yield Case(source, name, "at_heading", text[: dice.choice(headings)])
    if len(sections) >= 3 and sections[-1] > len(text) // 3:
        yield Case(source, name, "missing_sections", text[: sections[-1]])


def _half_width(text: str) -> str:
    return text.translate(str.maketrans("，。；：！？（）", ",.;:!?()"))


def _collapsed(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text.strip())


def _wrapped(text: str) -> str:
    return "\n".join(line[i : i + 40] for line in text.split("\n") for i in range(0, max(len(line), 1), 40))


def _with_chrome(text: str) -> str:
    dice = random.Random(len(text))
    return text + "\n" + "\n".join(dice.sample(CHROME, 3))


def _with_pager(text: str) -> str:
    return text + "\n" + random.Random(len(text)).choice(PAGERS)


SHAPES: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "traditional": opencc.OpenCC("s2t").convert,
    "half-width": _half_width,
    "one line": _collapsed,
    "wrapped": _wrapped,
    "chrome behind": _with_chrome,
    "pager behind": _with_pager,
}


def truncated(document: Document) -> Flag | None:
    """The flag for a cut end."""
    return next((flag for flag in document.flags if flag.name == "truncated"), None)


def c4(marks: str) -> Callable[[str], bool]:
    """C4's rule for a line: it is whole if an end mark closes it."""
    return lambda text: not text.rstrip().endswith(tuple(marks))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", default="", help="print what was judged wrongly of this kind")
    parser.add_argument("--also", default="", help="more documents, JSON")
    parser.add_argument("--only", default="", help="this source only")
    parser.add_argument("--shape", default="as it is", choices=SHAPES, help="the shape that is judged")
    parser.add_argument("--pipeline", action="store_true", help="after all other cleaners")
    parser.add_argument("--labels", action="store_true", help="cut where truncation.jsonl says")
    parser.add_argument("--shapes", action="store_true", help="all shapes, not only the text as it is")
    given = parser.parse_args()
    judge = partial(clean, options=Options() if given.pipeline else OPTIONS)
    found = list(documents())
    if given.also:
        found += [tuple(row) for row in json.loads(Path(given.also).read_text(encoding="utf-8"))]
    made = list(labelled()) if given.labels else [case for row in found for case in cases(*row)]
    made = [case for case in made if given.only in ("", case.source)]
    made = [case._replace(text=SHAPES[given.shape](case.text)) for case in made]
    _by_source(made, judge, given.show)
    _reliability(made, judge)
    if given.shapes:
        _by_shape(made, judge)
    _announced()
    _speed(found)


def _by_source(made: list[Case], judge: Judge, show: str) -> None:
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0, 0])
    ascii_rule, chinese_rule = c4('.!?"'), c4('.!?"。！？…”’」』）)')
    for case in made:
        document = judge(case.text)
        flags = {flag.name: flag for flag in document.flags}
        cut, beginning = flags.get("truncated"), flags.get("beginning_missing")
        said = (
            True,
            cut,
            cut and cut.kind == "suspected",
            beginning,
            ascii_rule(case.text),
            chinese_rule(case.text),
        )
        for source in (case.source, "ALL"):
            for i, yes in enumerate(said):
                counts[case.kind, source][i] += bool(yes)
        wrong = beginning if case.kind != "beginning" else not beginning
        if (show == "beginning" and wrong) or (show == case.kind and bool(cut) == (case.kind == "complete")):
            evidence = flag.evidence if (flag := cut or beginning) else ""
            print(f"{case.kind} {case.source} {case.name} [{document.measures.genre}]: {evidence}")
            print(f"    {case.text[:50]!r} ... {case.text[-70:]!r}")
    heads = ("cases", "flagged", "suspected", "beginning", "C4 ASCII", "C4 中文")
    print(f"{'kind':18}{'source':12}" + "".join(f"{head:>11}" for head in heads))
    for (kind, source), (n, *yes) in sorted(counts.items()):
        shares = [f"{100 * count / n:.1f}%" for count in yes]
        print(f"{kind:18}{source:12}{n:>11}" + "".join(f"{share:>11}" for share in shares))


def _reliability(made: list[Case], judge: Judge) -> None:
    """Of the flags with a confidence, how many were right."""
    right: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0])
    for case in made:
        for flag in judge(case.text).flags:
            cut = flag.name == "truncated" and case.kind != "beginning"
            begun = flag.name == "beginning_missing" and case.kind in ("beginning", "complete")
            if cut or begun:
                tally = right[f"{flag.name} {flag.kind}", round(flag.confidence, 2)]
                tally[0] += 1
                tally[1] += case.kind != "complete"
    print("\nkind and confidence: flags, share of right ones")
    for (kind, confidence), (n, good) in sorted(right.items()):
        print(f"{kind:30}{confidence:5.2f}{n:>7}{good / n:>8.3f}")


def _by_shape(made: list[Case], judge: Judge) -> None:
    """Shares of flagged cases; of whole ones also those whose beginning is missed."""
    kinds = [*sorted({case.kind for case in made}), "complete: beginning"]
    print(f"\n{'shape':16}" + "".join(f"{kind:>20}" for kind in kinds))
    for name, shape in SHAPES.items():
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for case in made:
            flags = {flag.name for flag in judge(shape(case.text)).flags}
            counts[case.kind][0] += 1
            counts[case.kind][1] += (
                "beginning_missing" if case.kind == "beginning" else "truncated"
            ) in flags
            if case.kind == "complete":
                counts["complete: beginning"][0] += 1
                counts["complete: beginning"][1] += "beginning_missing" in flags
        print(f"{name:16}" + "".join(f"{100 * counts[kind][1] / counts[kind][0]:>19.1f}%" for kind in kinds))


def _announced() -> None:
    """Precision and recall of announcements, and of their counts once the last item is cut away."""
    tallies = dict.fromkeys(("true", "missed", "false", "counted", "cut found", "cut", "whole flagged"), 0)

    def squeeze(text: str) -> str:
        return re.sub(r"[\s/]", "", text)

    for line in (CORPUS / "announced.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = (CORPUS / "documents" / row["path"]).read_text(encoding="utf-8")
        near = [
            one
            for one in outline.announcements(text)
            if squeeze(text[one.start - 3 : one.start + 7]) in squeeze(row["context"])
        ]
        tallies["true"] += bool(row["announces"] and near)
        tallies["missed"] += bool(row["announces"] and not near)
        tallies["false"] += bool(near and not row["announces"])
        if row["announces"] and near and near[0].found:
            one = near[0]
            tallies["counted"] += one.found == row["n"]
            tallies["whole flagged"] += truncated(clean(text, OPTIONS)) is not None
            tallies["cut"] += 1
            tallies["cut found"] += truncated(clean(text[: one.items[-1].start], OPTIONS)) is not None
    print("\nannouncements:", ", ".join(f"{name} {count}" for name, count in tallies.items()))


def _speed(found: list[tuple[str, str, str]]) -> None:
    texts = [text[:10_000] for _, _, text in found if len(text) >= 10_000][:20]
    size = sum(len(text) for text in texts)
    one_pass = re.compile(r"[一二三四五六七八九十]、")

    def seconds(work: Callable[[str], object]) -> float:
        start = time.perf_counter()
        for text in texts:
            work(text)
        return time.perf_counter() - start

    both = min(seconds(lambda text: clean(text, OPTIONS)) for _ in range(3))
    plain = min(seconds(lambda text: (text.splitlines(), one_pass.findall(text))) for _ in range(3))
    print(
        f"\n10,000 characters: outline and completeness {1e3 * both / len(texts):.2f} ms, "
        f"splitlines and one regex {1e3 * plain / len(texts):.2f} ms "
        f"({size * 3 / both / 1e6:.1f} and {size * 3 / plain / 1e6:.1f} MB/s)"
    )
    for unit in ("一、", "1", "（", "一、\n"):
        text = unit * (1_000_000 // len(unit))
        start = time.perf_counter()
        for name in ("outline", "completeness"):
            clean(text, Options(cleaners=(name,)))
        print(f"a megabyte of {unit!r}: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
