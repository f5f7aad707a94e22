"""Script: detection, conversion, idempotence, speed. Glosses: removed from glossed copies, kept elsewhere.

    python -m tests.benchmarks.script [--every N] [--seed N] [--opencc testcases.json]

Takes the corpus' simplified documents (`JINGWEN_CORPUS`, default ../shared/corpus). OpenCC writes their
traditional copies, pypinyin their glosses. `--opencc` is the file test/testcases/testcases.json of
OpenCC's repository: conversions are compared with what its own tests expect.
"""

import argparse
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import opencc
from pypinyin import Style, pinyin

from cleaners import Document, Options, clean, script
from cleaners.glosses import find as find_glosses

CORPUS = Path(os.environ.get("JINGWEN_CORPUS", "../shared/corpus"))
PART = 400  # characters; what detection is measured on
TARGETS = ("simplified", "traditional", "taiwan", "hongkong")
CONFIGS = {"traditional": "s2t", "taiwan": "s2tw", "hongkong": "s2hk"}
# Which options stand for which of OpenCC's configurations.
PAIRS = {
    "t2s": ("simplified", False),
    "tw2s": ("simplified", False),
    "hk2s": ("simplified", False),
    "tw2sp": ("simplified", True),
    "hk2sp": ("simplified", True),
    "s2t": ("traditional", False),
    "s2tw": ("taiwan", False),
    "s2twp": ("taiwan", True),
    "s2hk": ("hongkong", False),
    "s2hkp": ("hongkong", True),
    "tw2t": ("traditional", False),
    "hk2t": ("traditional", False),
    "t2tw": ("taiwan", False),
    "t2hk": ("hongkong", False),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take every n-th document only")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--opencc", type=Path, help="OpenCC's test/testcases/testcases.json")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    texts = list(simplified_documents())[:: arguments.every]
    print(f"{len(texts)} simplified documents, {sum(map(len, texts)):,} characters\n")
    detection(texts, rng)
    conversion(texts)
    if arguments.opencc:
        pairs(arguments.opencc)
    glosses(texts, rng)
    speed(texts)


def simplified_documents() -> Iterator[str]:
    for path in sorted((CORPUS / "documents").glob("*/*")):
        text = path.read_text(encoding="utf-8")
        if script.detect(text) == "simplified":
            yield text


def detection(texts: list[str], rng: random.Random) -> None:
    """How many parts are recognised, for each script."""
    parts = [text[at : at + PART] for text in texts for at in range(0, len(text) - PART, 10 * PART)]
    convert = {name: opencc.OpenCC(config).convert for name, config in CONFIGS.items()}
    kinds: dict[str, Callable[[str], str]] = {"simplified": str, **convert}
    for name, make in convert.items():
        kinds[f"half {name}"] = lambda part, make=make: part[: PART // 2] + make(part[PART // 2 :])
        kinds[f"{name} but for a fifth"] = lambda part, make=make: (
            make(part[: PART * 4 // 5]) + part[PART * 4 // 5 :]
        )
    print(f"detection on {len(parts)} parts of {PART} characters")
    for name, make in kinds.items():
        said = Counter(script.detect(make(part)) for part in parts)
        right = said["mixed" if name not in TARGETS else name] / len(parts)
        either = sum(said[kind] for kind in TARGETS[1:]) / len(parts)
        print(
            f"  {name:<28}{right:>8.2%}   traditional of any kind {either:>7.2%}   {dict(said.most_common(4))}"
        )


def conversion(texts: list[str]) -> None:
    """How many characters each target changes, and how many it changes again."""
    total = sum(map(len, texts))
    print("\nconversion, changed characters per 200,000")
    for origin in TARGETS:
        copies = (
            texts
            if origin == "simplified"
            else [opencc.OpenCC(CONFIGS[origin]).convert(t) for t in texts[::5]]
        )
        length = sum(map(len, copies))
        for target in TARGETS:
            options = Options(cleaners=("script",), script=target)
            first, second = 0, 0
            for text in copies:
                once = clean(text, options)
                first += changed(once)
                second += changed(clean(once.text, options))
            print(f"  {origin:<12} to {target:<12}{first / length * 200_000:>12.1f}   again {second}")
    back = right = 0
    for text in texts[::5]:
        for config in CONFIGS.values():
            again = clean(opencc.OpenCC(config).convert(text), Options(cleaners=("script",))).text
            back += len(text)
            right += sum(a == b for a, b in zip(text, again, strict=False)) if len(text) == len(again) else 0
    print(
        f"  there by OpenCC and back: {(back - right) / back * 200_000:.1f} of 200,000 differ ({total:,} in all)"
    )


def changed(document: Document) -> int:
    return sum(len(edit.before) for step in document.steps for edit in step.edits)


def pairs(path: Path) -> None:
    """Agreement with what OpenCC's own tests expect."""
    text = re.sub(
        r",(\s*[}\]])", r"\1", re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.M)
    )
    agreed, number = Counter(), Counter()
    for case in json.loads(text)["cases"]:
        for config, wanted in case["expected"].items():
            if config in PAIRS:
                target, phrases = PAIRS[config]
                written = clean(
                    case["input"], Options(cleaners=("script",), script=target, phrases=phrases)
                ).text
                # "other": the input is wholly in the script that the configuration converts from.
                found = script.detect(case["input"])
                kind = (
                    "other" if (found == "simplified") == (config[0] == "s") and found != "mixed" else "rest"
                )
                number[config, kind] += 1
                agreed[config, kind] += written == wanted
    print("\nOpenCC's test pairs: in another script than asked; mixed, neutral or in the asked one")
    for config in PAIRS:
        print(
            f"  {config:<8}"
            + "".join(f"{agreed[config, k]:>6}/{number[config, k]:<4}" for k in ("other", "rest"))
        )
    print(f"  all     {sum(agreed.values())} of {sum(number.values())}")


# How glossed copies are made: style, which characters, brackets.
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
COMMON_CHARACTERS = 800  # the rare ones are those behind


def glosses(texts: list[str], rng: random.Random) -> None:
    """How many glosses of glossed copies are removed, and what else is."""
    frequency = Counter(character for text in texts for character in text)
    common = {character for character, _ in frequency.most_common(COMMON_CHARACTERS)}
    options = Options(cleaners=("glosses",))
    sample = [text[:4000] for text in texts[::10]]
    print(f"\nglosses, {len(sample)} documents, their first 4,000 characters")
    for name, (style, which, brackets) in GLOSSED.items():
        number = left = other = whole = 0
        for text in sample:
            copy, inserted = glossed(text, style, which, brackets, common, rng)
            document = clean(copy, options)
            removed = {(edit.start, edit.before) for step in document.steps for edit in step.edits}
            number += len(inserted)
            left += len(inserted - removed)
            other += len(removed - inserted)
            whole += document.text == text
        print(
            f"  {name:<26}{1 - left / max(number, 1):>9.3%} of {number:<8} other {other:<5}"
            f"whole documents {whole}/{len(sample)}"
        )
    plain = [text for text in texts if clean(text, options).steps]
    print(f"  removed from the {len(texts)} documents as they are: {len(plain)}")


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


def speed(texts: list[str]) -> None:
    """Megabytes of UTF-8 a second, the best of three."""
    text = "\n".join(texts)
    copy = opencc.OpenCC("s2tw").convert(text)
    size = len(text.encode()) / 1e6
    convert = opencc.OpenCC("tw2s").convert
    jobs: dict[str, Callable[[], object]] = {
        "detect, simplified": lambda: script.detect(text),
        "find, simplified": lambda: script.find(Document(text), Options()),
        "find, Taiwan's to simplified": lambda: script.find(Document(copy), Options()),
        "  OpenCC alone": lambda: convert(copy),
        "find glosses, none there": lambda: find_glosses(Document(text), Options()),
    }
    print("\nspeed")
    for name, job in jobs.items():
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            job()
            seconds.append(time.perf_counter() - start)
        print(f"  {name:<30}{size / min(seconds):>8.0f} MB/s")


if __name__ == "__main__":
    main()
