"""Paragraph breaks restored after wrapping, splitting at links and collapsing; marks after folding.

    python -m tests.benchmarks.layout [--every N] [--seed N]

Takes the corpus' documents that are whole and have one paragraph a line (`JINGWEN_CORPUS`, default
../shared/corpus), damages their layout, lets the cleaner mend it, and compares the places of the
paragraph breaks, counted in characters that are no white space. Then folds their full-width marks to half width
and counts how many come back.
"""

import argparse
import json
import os
import random
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from cleaners import layout, punctuation
from cleaners.document import Document, apply
from cleaners.options import Options

CORPUS = Path(os.environ.get("JINGWEN_CORPUS", "../shared/corpus"))
FINAL = tuple("。！？!?…；;：:”’」』）)】.")
WIDE = Options(punctuation="fullwidth")
HALF_WIDTH = str.maketrans({**dict(zip("，。；：？！（）“”‘’", ",.;:?!()\"\"''", strict=True)), "…": "..."})
Damage = Callable[[list[str], random.Random], str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take every n-th document only")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    documents = dict(sorted(whole_documents())[:: arguments.every])
    print(f"{len(documents)} documents: {dict(Counter(name.split('/')[0] for name in documents))}")
    print(
        f"{'damage':<28}{'F1':>7}{'right':>8}{'missed':>8}{'invented':>9}{'text as before':>16}{'stable':>8}"
    )
    for name, damage in DAMAGES.items():
        print(row(name, damage, documents, arguments.seed))
    print_marks(documents)


def row(name: str, damage: Damage, documents: dict[str, list[str]], seed: int) -> str:
    right = missed = invented = same = stable = 0
    for title, paragraphs in documents.items():
        rng = random.Random(f"{seed} {name} {title}")
        mended = laid_out(damage(paragraphs, rng))
        wanted, found = breaks("\n".join(paragraphs)), breaks(mended)
        right += len(wanted & found)
        missed += len(wanted - found)
        invented += len(found - wanted)
        same += mended == "\n".join(paragraphs)
        stable += laid_out(mended) == mended
    f1 = 2 * right / max(2 * right + missed + invented, 1)
    share = f"{same}/{len(documents)}"
    return f"{name:<28}{f1:>7.4f}{right:>8}{missed:>8}{invented:>9}{share:>16}{stable / len(documents):>8.3f}"


def print_marks(documents: dict[str, list[str]]) -> None:
    """How many marks that were made half-width become again what they were, by mark."""
    marks, restored, others = Counter[str](), Counter[str](), 0
    for paragraphs in documents.values():
        text = "\n".join(paragraphs)
        edits = punctuation.find(Document(text.translate(HALF_WIDTH)), WIDE).edits
        # An ellipsis is three points a sign; every other mark is one character.
        done = {edit.start + 3 * i: mark for edit in edits for i, mark in enumerate(edit.after)}
        place = 0
        for mark in text:
            half = mark.translate(HALF_WIDTH)
            if half != mark:
                marks[mark] += 1
                restored[mark] += done.pop(place, "") == mark
            place += len(half)
        others += len(done)
    print(f"{'mark':<28}{'restored':>9}{'of':>8}")
    for mark, count in [("all", marks.total()), *marks.most_common()]:
        share = (restored.total() if mark == "all" else restored[mark]) / count
        print(f"{mark:<28}{share:>9.4f}{count:>8}")
    print(f"{others} marks that were half-width before became full-width, too")


def laid_out(text: str) -> str:
    return apply(text, layout.find(Document(text), Options()).edits)


def breaks(text: str) -> set[int]:
    """After how many characters that are no white space a line ends."""
    places, seen = set(), 0
    for line in text.split("\n"):
        seen += sum(not character.isspace() for character in line)
        places.add(seen)
    return places


def whole_documents() -> Iterator[tuple[str, list[str]]]:
    """The paragraphs of each corpus document that is whole and nowhere broken."""
    whole = CORPUS / "truncation.jsonl"
    for case in map(json.loads, whole.read_text(encoding="utf-8").splitlines()):
        if case["kind"] != "complete":
            continue
        text = read(CORPUS / "documents" / case["path"])[case["a"] : case["b"]]
        # The speeches have all paragraphs on one line, each with its indentation.
        speech = case["source"] == "jzm_speech"
        lines = re.split(r"\u3000\u3000+", text) if speech else text.split("\n")
        paragraphs = [line.strip() for line in lines if line.strip() and not line.startswith("出处")]
        if len(paragraphs) >= 4 and not any(map(broken, paragraphs)):
            yield f"{case['path']}#{case['a']}", paragraphs
    for path in sorted((CORPUS / "documents" / "novels").iterdir()):
        paragraphs = [line.strip() for line in read(path).split("\n") if line.strip()]
        if len(paragraphs) >= 4 and not any(map(broken, paragraphs)):
            yield f"novels/{path.name}", paragraphs


def read(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def broken(paragraph: str) -> bool:
    """Whether this looks like a part of a sentence: such a document can't say what is right."""
    return paragraph[0] in "，。、；：！？》）”,.;:!?)" or (
        len(paragraph) >= 60 and not paragraph.endswith(FINAL)
    )


def wrapped(
    measure: Callable[[str], int], *, indent: str = "", between: str = "\n", kinsoku: bool = False
) -> Damage:
    def damage(paragraphs: list[str], rng: random.Random) -> str:
        width = rng.randint(30, 80) * measure("中")
        return between.join("\n".join(wrap(indent + p, width, measure, kinsoku)) for p in paragraphs)

    return damage


def wrap(text: str, width: int, measure: Callable[[str], int], kinsoku: bool) -> Iterator[str]:
    """Lines as long as they can be, Latin words and numbers whole."""
    line = ""
    for unit in re.findall(r"[A-Za-z0-9.%]{1,20}|.", text):
        if line and measure(line + unit) > width:
            if kinsoku and unit in "，。、；：！？》）”":
                yield line + unit
                line = ""
                continue
            yield line.rstrip(" ")
            line = ""
        line += unit
    if line:
        yield line


def columns(text: str) -> int:
    return sum(1 if ord(character) < 0x2E80 else 2 for character in text)


def octets(text: str) -> int:
    return len(text.encode())


def by_textwrap(paragraphs: list[str], rng: random.Random) -> str:
    width = rng.randint(30, 80)
    return "\n".join("\n".join(textwrap.wrap(p, width)) for p in paragraphs)


def every_line_apart(paragraphs: list[str], rng: random.Random) -> str:
    return wrapped(len)(paragraphs, rng).replace("\n", "\n\n")


def linked(paragraphs: list[str], rng: random.Random) -> str:
    """About one link in 150 characters, two to twelve characters long, each on a line of its own."""
    return "\n".join(split_at_links(p, rng) for p in paragraphs)


def linked_apart(paragraphs: list[str], rng: random.Random) -> str:
    return "\n\n　　".join(split_at_links(p, rng) for p in paragraphs)


def split_at_links(paragraph: str, rng: random.Random) -> str:
    parts, done = [], 0
    while (start := done + round(rng.expovariate(1 / 150)) + 1) < len(paragraph) - 12:
        end = start + rng.randint(2, 12)
        parts += paragraph[done:start], paragraph[start:end]
        done = end
    return "\n".join(part.strip() for part in (*parts, paragraph[done:]) if part.strip())


def collapsed(space: str) -> Damage:
    return lambda paragraphs, rng: space.join(paragraphs)


def collapsed_and_wrapped(paragraphs: list[str], rng: random.Random) -> str:
    return wrapped(len)([" ".join(paragraphs)], rng)


DAMAGES: dict[str, Damage] = {
    "none": lambda paragraphs, rng: "\n".join(paragraphs),
    "blank lines, indentation": lambda paragraphs, rng: "　　" + "\r\n\r\n　　".join(paragraphs),
    "wrapped: characters": wrapped(len),
    "wrapped: columns": wrapped(columns),
    "wrapped: columns, kinsoku": wrapped(columns, kinsoku=True),
    "wrapped: octets": wrapped(octets),
    "wrapped: indented": wrapped(len, indent="　　"),
    "wrapped: blank lines between": wrapped(columns, between="\n\n"),
    "wrapped: every line apart": every_line_apart,
    "wrapped: textwrap": by_textwrap,
    "links": linked,
    "links, paragraphs apart": linked_apart,
    "collapsed: space": collapsed(" "),
    "collapsed: wide spaces": collapsed("　　"),
    "collapsed and wrapped": collapsed_and_wrapped,
}

if __name__ == "__main__":
    main()
