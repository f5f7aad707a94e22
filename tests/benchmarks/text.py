"""Text as its author meant it: script, glosses, layout and punctuation, in one table.

    python -m tests.benchmarks.text [--every N] [--seed N] [--opencc testcases.json]

Damages the corpus' documents (`JINGWEN_CORPUS`, default ../shared/corpus) in known ways, and counts what is found
and mended. OpenCC writes the copies in other scripts, pypinyin the glosses. `--opencc` is the file
test/testcases/testcases.json of OpenCC's repository: conversions are compared with what its own tests expect.

Every row says how much is right, of how many, and what else happened. A paragraph break is right if it stands
where it stood, counted in characters that are no white space; its share is F1.
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

import opencc
from pypinyin import Style, pinyin

from cleaners import Document, Options, clean, script

CORPUS = Path(os.environ.get("JINGWEN_CORPUS", "../shared/corpus"))
PART = 400  # characters; what detection is measured on
COPIES = {"traditional": "s2t", "taiwan": "s2tw", "hongkong": "s2hk"}
SCRIPTS = {"s": "simplified", "t": "traditional", "tw": "taiwan", "hk": "hongkong"}
COMMON_CHARACTERS = 800  # the rare ones are those behind
FINAL = tuple("。！？!?…；;：:”’」』）)】.")
# The names of OpenCC's configurations.
NAMES = SCRIPTS | {"jp": "japanese"}
CONFIG = re.compile("^(jp|s|t|tw|hk)2(jp|s|t|tw|hk)(p?)$")
HALF_WIDTH = {**dict(zip("，。；：？！（）“”‘’", ",.;:?!()\"\"''", strict=True)), "…": "..."}
Damage = Callable[[list[str], random.Random], str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="take every n-th document only")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--opencc", type=Path, help="OpenCC's test/testcases/testcases.json")
    arguments = parser.parse_args()
    simplified = [text for text in texts() if script.detect(text) == "simplified"][:: arguments.every]
    whole = dict(sorted(whole_documents())[:: arguments.every])
    print(f"{'what':<38}{'right':>9}{'of':>9}   besides")
    detection(simplified)
    idempotence(simplified)
    if arguments.opencc:
        opencc_pairs(arguments.opencc)
    glosses(simplified, random.Random(arguments.seed))
    paragraph_breaks(whole, arguments.seed)
    marks(whole, "in all paragraphs", 1)
    marks(whole, "in every second paragraph", 2)


def row(what: str, right: float, of: int, besides: str = "") -> None:
    """`right` is a share."""
    print(f"{what:<38}{right:>9.2%}{of:>9}   {besides}")


def texts() -> Iterator[str]:
    return (path.read_text("utf-8") for path in sorted((CORPUS / "documents").glob("*/*")))


def written(text: str, cleaner: str, **options: str | bool) -> Document:
    return clean(text, Options(cleaners=(cleaner,), **options))


def changed(document: Document) -> int:
    return sum(len(edit.before) for step in document.steps for edit in step.edits)


# --- script


def detection(documents: list[str]) -> None:
    """How many parts are recognised, and what is said of them; of Taiwan's and Hong Kong's, how many can be."""
    parts = [text[at : at + PART] for text in documents for at in range(0, len(text) - PART, 10 * PART)]
    copies = {"simplified": parts}
    copies |= {name: list(map(opencc.OpenCC(config).convert, parts)) for name, config in COPIES.items()}
    for name in COPIES:
        for share in (2, 5):
            cut = PART - PART // share
            copies[f"mixed: {name} but for 1/{share}"] = [
                copy[:cut] + part[cut:] for copy, part in zip(copies[name], parts, strict=True)
            ]
    for name, made in copies.items():
        said = Counter(map(script.detect, made))
        row(f"script: {name}", said[name.split(":")[0]] / len(made), len(made), str(dict(said)))
    for name in ("taiwan", "hongkong"):
        telling = [
            copy for copy, other in zip(copies[name], copies["traditional"], strict=True) if copy != other
        ]
        right = sum(script.detect(copy) != "traditional" for copy in telling)
        row(f"script: {name} or mainland, if they differ", right / len(telling), len(telling))


def idempotence(documents: list[str]) -> None:
    """How many characters in 200,000 each target changes, and changes again."""
    for origin in SCRIPTS.values():
        copies = documents
        if origin != "simplified":
            copies = [opencc.OpenCC(COPIES[origin]).convert(text) for text in documents[::5]]
        length = sum(map(len, copies))
        for target in (*SCRIPTS.values(), "keep"):
            once = [written(text, "script", script=target) for text in copies]
            again = sum(changed(written(document.text, "script", script=target)) for document in once)
            first = sum(map(changed, once)) / length * 200_000
            row(
                f"{origin} to {target}", 1 - again / length, length, f"of 200,000: {first:.1f}, again {again}"
            )


def opencc_pairs(path: Path) -> None:
    """Agreement with what OpenCC's own tests expect, if the script is known and if it has to be found out."""
    told, found = Counter[bool](), Counter[bool]()
    lines = re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    for case in json.loads(re.sub(r",(\s*[}\]])", r"\1", lines))["cases"]:
        for config, wanted in case["expected"].items():
            origin, to, words = CONFIG.findall(config)[0]
            source, target, phrases = NAMES[origin], NAMES[to], bool(words)
            text = case["input"]
            told[script.convert(text, target, source=source, phrases=phrases) == wanted] += 1
            if "jp" not in config:  # nothing is taken for Japanese that has to be found out
                found[script.convert(text, target, phrases=phrases) == wanted] += 1
    row("OpenCC's pairs, script told", told[True] / told.total(), told.total())
    row("OpenCC's pairs, script to be found", found[True] / found.total(), found.total())


# --- glosses

GLOSSED = {
    "toned, rare": (Style.TONE, "rare", "()"),
    "toned, rare, full-width": (Style.TONE, "rare", "（）"),
    "toned, all": (Style.TONE, "all", "()"),
    "toned, one in ten": (Style.TONE, "some", "()"),
    "numbered, rare": (Style.TONE3, "rare", "[]"),
    "untoned, all": (Style.NORMAL, "all", "()"),
    "untoned, one in ten": (Style.NORMAL, "some", "（）"),
    "zhuyin, rare": (Style.BOPOMOFO, "rare", "()"),
    "zhuyin, all": (Style.BOPOMOFO, "all", "（）"),
}


def glosses(documents: list[str], rng: random.Random) -> None:
    """How many glosses of glossed copies are removed, and what else is."""
    frequency = Counter(character for text in documents for character in text)
    common = {character for character, _ in frequency.most_common(COMMON_CHARACTERS)}
    for name, (style, which, brackets) in GLOSSED.items():
        number = left = other = 0
        for text in documents[::10]:
            copy, inserted = glossed(text[:4000], style, which, brackets, common, rng)
            steps = written(copy, "glosses").steps
            removed = {(edit.start, edit.before) for step in steps for edit in step.edits}
            number += len(inserted)
            left += len(inserted - removed)
            other += len(removed - inserted)
        row(f"glosses: {name}", 1 - left / number, number, f"{other} other edits")
    untouched = sum(not written(text, "glosses").steps for text in documents)
    row("glosses: none there", untouched / len(documents), len(documents))


def glossed(
    text: str, style: Style, which: str, brackets: str, common: set[str], rng: random.Random
) -> tuple[str, set[tuple[int, str]]]:
    """A copy with glosses, and where they stand."""
    copy, length, inserted = [], 0, set()
    for run in re.split(r"([\u4e00-\u9fff]+)", text):
        if not ("\u4e00" <= run[:1] <= "\u9fff"):
            copy.append(run)
            length += len(run)
            continue
        for character, readings in zip(run, pinyin(run, style=style), strict=True):
            copy.append(character)
            length += 1
            if which == "all" or (rng.random() < 0.1 if which == "some" else character not in common):
                gloss = brackets[0] + readings[0] + brackets[1]
                inserted.add((length, gloss))
                copy.append(gloss)
                length += len(gloss)
    return "".join(copy), inserted


# --- layout


def paragraph_breaks(documents: dict[str, list[str]], seed: int) -> None:
    """Breaks that stand where they stood, after each damage."""
    for name, damage in DAMAGES.items():
        right = missed = invented = same = stable = 0
        for title, paragraphs in documents.items():
            mended = laid_out(damage(paragraphs, random.Random(f"{seed} {name} {title}")))
            whole = "\n".join(paragraphs)
            wanted, found = breaks(whole), breaks(mended)
            right += len(wanted & found)
            missed += len(wanted - found)
            invented += len(found - wanted)
            same += mended == whole
            stable += laid_out(mended) == mended
        row(
            f"paragraphs: {name}",
            2 * right / (2 * right + missed + invented),
            right + missed,
            f"{missed} missed, {invented} invented; {same} of {len(documents)} as before, {stable} stable",
        )


def laid_out(text: str) -> str:
    return written(text, "layout").text


def breaks(text: str) -> set[int]:
    """After how many letters and marks a line ends; no hyphens, since they may be a wrap's."""
    places, seen = set(), 0
    for line in text.split("\n"):
        seen += sum(not character.isspace() and character != "-" for character in line)
        places.add(seen)
    return places


def whole_documents() -> Iterator[tuple[str, list[str]]]:
    """The paragraphs of each corpus document that is whole and nowhere broken."""
    for case in map(json.loads, (CORPUS / "truncation.jsonl").read_text("utf-8").splitlines()):
        if case["kind"] == "complete":
            text = (CORPUS / "documents" / case["path"]).read_text("utf-8")[case["a"] : case["b"]]
            # The speeches have all paragraphs on one line, each with its indentation.
            speech = case["source"] == "jzm_speech"
            yield from whole_document(
                f"{case['path']}#{case['a']}", re.split("\u3000\u3000+" if speech else "\n", text)
            )
    for path in sorted((CORPUS / "documents" / "novels").iterdir()):
        yield from whole_document(f"novels/{path.name}", path.read_text("utf-8-sig").split("\n"))


def whole_document(name: str, lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    paragraphs = [line.strip() for line in lines if line.strip() and not line.startswith("出处")]
    if len(paragraphs) >= 4 and not any(map(broken, paragraphs)):
        yield name, paragraphs


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


def in_pages(paragraphs: list[str], rng: random.Random) -> str:
    lines = wrapped(len, indent="\u3000\u3000")(paragraphs, rng).split("\n")
    return "\n\f\n".join("\n".join(lines[at : at + 30]) for at in range(0, len(lines), 30))


def split_at_links(paragraph: str, rng: random.Random) -> str:
    """About one link in 150 characters, two to twelve characters long, each on a line of its own."""
    parts, done = [], 0
    while (start := done + round(rng.expovariate(1 / 150)) + 1) < len(paragraph) - 12:
        end = start + rng.randint(2, 12)
        parts += paragraph[done:start], paragraph[start:end]
        done = end
    return "\n".join(part.strip() for part in (*parts, paragraph[done:]) if part.strip())


def linked(between: str) -> Damage:
    return lambda paragraphs, rng: between.join(split_at_links(p, rng) for p in paragraphs)


def linked_in_sentences(paragraphs: list[str], rng: random.Random) -> str:
    """A link in every third sentence, two to eight characters long."""

    def split(match: re.Match[str]) -> str:
        start = rng.randint(2, len(match[0]) - 10)
        end = start + rng.randint(2, 8)
        parts = match[0][:start], match[0][start:end], match[0][end:]
        return "\n".join(part.strip() for part in parts) if rng.random() < 1 / 3 else match[0]

    return "\n".join(re.sub(r"[^。！？]{14,}[。！？]", split, p) for p in paragraphs)


def hyphenated(paragraphs: list[str], rng: random.Random) -> str:
    """Lines of as many characters, whatever words that breaks: Latin ones are hyphenated."""
    width = rng.randint(30, 80)
    lines = (p[at : at + width] + "\n" for p in paragraphs for at in range(0, len(p), width))
    return re.sub("(?<=[a-z])(\n)(?=[a-z])", r"-\1", "".join(lines))


def collapsed(space: str) -> Damage:
    return lambda paragraphs, rng: space.join(paragraphs)


DAMAGES: dict[str, Damage] = {
    "none": collapsed("\n"),
    "blank lines, indentation": lambda paragraphs, rng: "　　" + "\r\n\r\n　　".join(paragraphs),
    "wrapped by characters": wrapped(len),
    "wrapped by columns": wrapped(columns),
    "wrapped by columns, kinsoku": wrapped(columns, kinsoku=True),
    "wrapped by octets": wrapped(octets),
    "wrapped, indented": wrapped(len, indent="　　"),
    "wrapped, CRLF": lambda paragraphs, rng: wrapped(len)(paragraphs, rng).replace("\n", "\r\n"),
    "wrapped, blank lines between": wrapped(columns, between="\n\n"),
    "wrapped, every line apart": lambda paragraphs, rng: wrapped(len)(paragraphs, rng).replace("\n", "\n\n"),
    "wrapped by textwrap": by_textwrap,
    "wrapped by characters, hyphens": hyphenated,
    "wrapped in pages": in_pages,
    "split at links": linked("\n"),
    "split at links, paragraphs apart": linked("\n\n　　"),
    "split in every third sentence": linked_in_sentences,
    "collapsed, space": collapsed(" "),
    "collapsed, wide spaces": collapsed("　　"),
    "collapsed and wrapped": lambda paragraphs, rng: wrapped(len)([" ".join(paragraphs)], rng),
}


# --- punctuation


def marks(documents: dict[str, list[str]], what: str, every: int) -> None:
    """How many marks that were made half-width, in every n-th paragraph, become again what they were."""
    number, restored, others = Counter[str](), Counter[str](), 0
    for paragraphs in documents.values():
        half, wanted = "", {}
        for i, paragraph in enumerate(paragraphs):
            for mark in paragraph + "\n":
                if mark in HALF_WIDTH and not i % every:
                    wanted[len(half)] = mark
                    half += HALF_WIDTH[mark]
                else:
                    half += mark
        steps = written(half, "punctuation", punctuation="fullwidth").steps
        # An ellipsis is three points a sign; every other mark is one character.
        done = {
            edit.start + 3 * i: mark
            for step in steps
            for edit in step.edits
            for i, mark in enumerate(edit.after)
        }
        number.update(wanted.values())
        restored.update(mark for place, mark in wanted.items() if done.pop(place, "") == mark)
        others += len(done)
    row(
        f"marks: {what}",
        restored.total() / number.total(),
        number.total(),
        f"{others} that were half-width before; "
        + ", ".join(f"{mark} {restored[mark] / count:.1%}" for mark, count in number.most_common()),
    )


if __name__ == "__main__":
    main()
