"""How often an encoding is found, ours beside chardet, charset-normalizer and faust-cchardet.

    python -m tests.benchmarks.encoding [--seed 1] [--cases 200] [--only damaged] [--suite CHARDET/tests/data]

Cases are drawn with the seed from the documents in JINGWEN_CORPUS (default ../shared/corpus) and from the
sentences in other_languages.toml; the true text of each is known. A case is right when the text is exactly
the true one (damaged: when at least 98 % of the characters are kept that the true code page keeps; beside it
the share of all characters that are kept, and how often the true code page or a superset of it is named). The
other detectors' names are decoded with errors="replace". The last tables compare speed: detecting beside
chardet's detecting, decoding beside that and the decoding that must follow it, and beside strict decoding.
--suite takes the files of chardet's own tests, a folder for each encoding, and judges them by chardet's own rule.
"""

import argparse
import codecs
import os
import random
import re
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import opencc

from cleaners.encoding import decode, detect

CORPUS = Path(os.environ.get("JINGWEN_CORPUS", "../shared/corpus"))
LANGUAGES = Path(__file__).with_name("other_languages.toml")
PAGES = ("gbk", "gb18030", "big5", "big5hkscs", "cp950", "utf-8")
LENGTHS = {"8-16 B": (8, 16), "20-50 B": (20, 50), "100-400 B": (100, 400), "2-20 KB": (2000, 20000)}
SUPERSETS = {"gbk": ("gbk", "gb18030"), "big5": ("big5", "cp950", "big5hkscs")}
# Damaged: kept characters as a share of those that can be kept.
KEPT = 0.98


@dataclass(frozen=True)
class Case:
    raw: bytes
    text: str
    encoding: str  # the true code page, of most of the text
    damaged: bool = False


# ---------------------------------------------------------------- cases


def clean(pages: tuple[str, ...], length: tuple[int, int]) -> Callable[[random.Random], Case]:
    def draw(rng: random.Random) -> Case:
        page = rng.choice(pages)
        text = passage(rng, page, rng.randint(*length))
        return Case(text.encode(page), text, page)

    return draw


def damaged(page: str) -> Callable[[random.Random], Case]:
    def draw(rng: random.Random) -> Case:
        text = passage(rng, page, rng.randint(300, 4000))
        raw = bytearray(text.encode(page))
        how = rng.choice(("head", "tail", "both", "stray", "lost", "nul", "markup"))
        if how in ("head", "both"):
            del raw[0]
        if how in ("tail", "both"):
            del raw[-1]
        if how in ("stray", "lost", "nul"):
            for at in sorted(rng.sample(range(len(raw)), rng.randint(1, 3)), reverse=True):
                if how == "lost":
                    del raw[at]
                else:
                    raw.insert(at, 0 if how == "nul" else rng.choice((0x80, 0xFF, rng.randint(0x80, 0xFF))))
        if how == "markup":
            tag = rng.choice((b"div", b"p", b"span"))
            cut = rng.choice((0, 1))
            head = b'<html><head><meta charset="iso-8859-1"></head><%s class="x">' % tag
            raw = bytearray(head + bytes(raw[cut:]) + b"</%s></html>" % tag)
            text = head.decode() + text + f"</{tag.decode()}></html>"
        return Case(bytes(raw), text, page, damaged=True)

    return draw


def mixed(page: str, part: str) -> Callable[[random.Random], Case]:
    def draw(rng: random.Random) -> Case:
        ending = rng.choice(("\n", "\n", "\r\n"))
        lines = [line.strip() for line in passage(rng, page, 4000).splitlines() if line.strip()]
        while len(lines) < 6:
            lines += [line.strip() for line in passage(rng, page, 4000).splitlines() if line.strip()]
        if part == "cut anywhere":
            text = ending.join(lines)
            at = rng.randrange(len(text) // 4, 3 * len(text) // 4)
            encodings = rng.choice((("utf-8", page), (page, "utf-8")))
            raw = text[:at].encode(encodings[0]) + text[at:].encode(encodings[1])
            return Case(raw, text, encodings[0])
        place = rng.randrange(len(lines))
        in_page = {
            "line": range(place, place + 1),
            "paragraph": range(place, min(place + 4, len(lines))),
            "half": range(len(lines) // 2) if rng.random() < 0.5 else range(len(lines) // 2, len(lines)),
            "header": range(rng.choice((1, 2)), len(lines)),
        }[part]
        raw = b"".join(
            (line + ending).encode(page if i in in_page else "utf-8") for i, line in enumerate(lines)
        )
        text = "".join(line + ending for line in lines)
        main = sum(len(lines[i]) for i in in_page if i < len(lines)) * 2 > sum(map(len, lines))
        return Case(raw, text, page if main else "utf-8")

    return draw


def after_ascii(rng: random.Random) -> Case:
    page = rng.choice(("gbk", "gbk", "big5", "utf-8"))
    head = "<div class='menu'><a href=\"/index.php?id=1\">Home</a></div>\n"
    text = head * (rng.randint(20_000, 400_000) // len(head)) + passage(rng, page, 2000)
    return Case(text.encode(page), text, page)


def other_language(language: str, pages: tuple[str, ...]) -> Callable[[random.Random], Case]:
    sentences = tomllib.loads(LANGUAGES.read_text("utf-8"))[language]

    def draw(rng: random.Random) -> Case:
        page = rng.choice(pages)
        text = ""
        while len(text.encode(page, "ignore")) < rng.randint(50, 600):
            text += rng.choice(sentences) + rng.choice((" ", "\n"))
        text = text.encode(page, "ignore").decode(page)
        return Case(text.encode(page), text, page)

    return draw


def plain_ascii(rng: random.Random) -> Case:
    words = ("the", "meeting", "was", "moved", "to", "next week,", "nobody", "told", "us", "about", "it.\n")
    text = " ".join(rng.choice(words) for _ in range(rng.randint(12, 200)))
    return Case(text.encode(), text, "ascii")


CLASSES: dict[str, Callable[[random.Random], Case]] = {
    **{f"clean {page}, {name}": clean((page,), span) for page in PAGES for name, span in LENGTHS.items()},
    "with BOM, UTF-16/32": clean(("utf-8-sig", "utf-16", "utf-32", "utf-32-le", "utf-32-be"), (20, 2000)),
    "HZ": clean(("hz",), (20, 2000)),
    "UTF-16 without BOM, 8-16 B": clean(("utf-16-le", "utf-16-be"), (8, 16)),
    "UTF-16 without BOM, >= 20 B": clean(("utf-16-le", "utf-16-be"), (20, 1000)),
    **{f"damaged {page}": damaged(page) for page in ("utf-8", "gbk", "big5")},
    **{
        f"mixed UTF-8 and {page}, {part}": mixed(page, part)
        for page in ("gbk", "big5")
        for part in ("line", "paragraph", "half", "header", "cut anywhere")
    },
    "Chinese after 20-400 KB of ASCII": after_ascii,
    "Japanese": other_language("japanese", ("cp932", "euc_jp", "iso2022_jp")),
    "Korean": other_language("korean", ("euc_kr", "cp949")),
    "Russian": other_language("russian", ("cp1251", "koi8-r")),
    "French": other_language("french", ("latin-1", "cp1252")),
    "German": other_language("german", ("latin-1", "cp1252")),
    "ASCII": plain_ascii,
}


def passage(rng: random.Random, page: str, size: int) -> str:
    """About `size` bytes of `page` out of a document, from any place in it, with Chinese in it."""
    traditional = page in ("big5", "big5hkscs", "cp950") or rng.random() < 0.25
    while True:
        text = rng.choice(documents(traditional))
        start = rng.randrange(max(len(text) - size // 2, 1))
        piece = text[start : start + size]
        if page in ("big5", "cp950"):  # Python has these where the Big5 of the web has other characters
            piece = re.sub("[•\u3041-\u30ff]", "", piece)
        while len(piece.encode(page, "ignore")) > size:
            piece = piece[: min(len(piece) - 1, int(len(piece) * size / len(piece.encode(page, "ignore"))))]
        piece = piece.encode(page, "ignore").decode(page)
        if sum("\u4e00" <= character <= "\u9fff" for character in piece) >= max(2, len(piece) * 0.3):
            return piece


@cache
def documents(traditional: bool) -> list[str]:
    rng = random.Random(0)
    texts = []
    for path in sorted((CORPUS / "documents").rglob("*.txt")):
        try:
            texts.append(path.read_bytes().decode("utf-8-sig"))
        except UnicodeDecodeError:
            continue
    if traditional:
        convert = opencc.OpenCC("s2t").convert
        return [convert(text) for text in rng.sample(texts, 250)]
    return texts


# ---------------------------------------------------------------- judges


def ours(case: Case) -> tuple[str, str]:
    document = decode(case.raw)
    return document.text, document.decoding.encoding or document.rejected


def by_name(detect: Callable[[bytes], str | None]) -> Callable[[Case], tuple[str, str]]:
    def judge(case: Case) -> tuple[str, str]:
        name = detect(case.raw) or ""
        name = {"gb2312": "gb18030", "gbk": "gb18030"}.get(name.lower(), name)
        try:
            text = case.raw.decode(name or "utf-8", "replace")
        except LookupError:
            return "", name
        return text.removeprefix("\ufeff"), name

    return judge


def detectors() -> dict[str, Callable[[Case], tuple[str, str]]]:
    """Ours and what else is installed."""
    import chardet

    found: dict[str, Callable[[Case], tuple[str, str]]] = {
        "ours": ours,
        "chardet": by_name(lambda raw: chardet.detect(raw, compat_names=False)["encoding"]),
    }
    try:
        import charset_normalizer

        found["normalizer"] = by_name(lambda raw: charset_normalizer.detect(raw)["encoding"])  # type: ignore[arg-type,return-value]
    except ImportError:
        print("charset-normalizer is not installed (extra `bench`)")
    try:
        import cchardet

        found["cchardet"] = by_name(lambda raw: cchardet.detect(raw)["encoding"])
    except ImportError:
        print("faust-cchardet is not installed (extra `bench`)")
    return found


def kept(text: str, case: Case) -> float:
    """Share of the true characters that stand in `text`, in order."""
    matcher = SequenceMatcher(None, case.text, text, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / max(len(case.text), 1)


def is_right(text: str, case: Case) -> bool:
    if not case.damaged:
        return text == case.text
    best = kept(case.raw.decode({"gbk": "gb18030"}.get(case.encoding, case.encoding), "replace"), case)
    return kept(text, case) >= KEPT * best


def is_named(name: str, case: Case) -> bool:
    """Whether `name` is the true code page or a superset of it."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return False
    return found in SUPERSETS.get(case.encoding, (case.encoding,))


def measure(
    name: str, seed: int, cases: int, judges: dict[str, Callable[[Case], tuple[str, str]]]
) -> Iterator[str]:
    rng = random.Random(f"{seed} {name}")
    drawn = [CLASSES[name](rng) for _ in range(cases)]
    for judge in judges.values():
        judged = [judge(case) for case in drawn]
        texts = [text for text, _ in judged]
        right = sum(is_right(text, case) for text, case in zip(texts, drawn, strict=True))
        share = f"{100 * right / cases:.1f}"
        if drawn[0].damaged:
            mean = sum(kept(text, case) for text, case in zip(texts, drawn, strict=True)) / cases
            named = sum(is_named(name, case) for (_, name), case in zip(judged, drawn, strict=True)) / cases
            share += f" ({100 * mean:.1f}, {100 * named:.1f})"
        yield share


# ---------------------------------------------------------------- speed


SIZES = (10, 100, 1_000, 3_500, 10_000, 50_000, 500_000, 5_000_000)


def speed() -> None:
    import chardet

    def name(raw: bytes) -> str | None:
        return chardet.detect(raw, compat_names=False)["encoding"]

    print(f"\n{'microseconds':20}{'detect':>10}{'chardet':>10}{'ratio':>7}", end="")
    print(f"{'decode':>12}{'strict':>10}{'ratio':>7}{'chardet + strict':>18}{'ratio':>7}")
    for page in ("utf-8", "gb18030", "big5"):
        raw = "".join(documents(page == "big5")).encode(page, "ignore")
        raw *= -(-SIZES[-1] // len(raw))
        for size in SIZES:
            text = raw[30_000 : 30_000 + size].decode(page, "ignore")
            part = text.encode(page)
            detecting, theirs, decoding = (microseconds(work, part) for work in (detect, name, decode))
            strict = microseconds(lambda raw: raw.decode(page), part)  # noqa: B023
            print(f"{f'{page}, {size} B':20}{detecting:10.1f}{theirs:10.1f}{theirs / detecting:7.1f}", end="")
            print(f"{decoding:12.1f}{strict:10.1f}{strict / decoding:7.2f}", end="")
            print(f"{theirs + strict:18.1f}{(theirs + strict) / decoding:7.1f}", flush=True)


def microseconds(work: Callable[[bytes], object], raw: bytes) -> float:
    """Process time of one call: the least of several rounds, each of at least 5 ms."""
    best, times = float("inf"), 1
    for _ in range(8):
        start = time.process_time()
        for _ in range(times):
            work(raw)
        spent = time.process_time() - start
        best = min(best, spent / times)
        times = max(times, int(0.005 / max(spent / times, 1e-8)))
    return best * 1e6


# ---------------------------------------------------------------- chardet's own files


def suite(folder: Path) -> None:
    """How many files of chardet's own tests are named so that chardet's own rule accepts it, and which are not."""
    import chardet
    from chardet.evaluation import is_acceptable

    ways: dict[str, Callable[[bytes], str | None]] = {
        "decode": lambda raw: decode(raw).decoding.encoding or None,
        "detect": lambda raw: detect(raw).encoding or None,
        "chardet": lambda raw: chardet.detect(raw, compat_names=False)["encoding"],
    }
    files = [path for path in sorted(folder.glob("*/*")) if path.is_file()]
    right = dict.fromkeys(ways, 0)
    for path in files:
        raw, expected = path.read_bytes(), re.sub(r"-(?!sig)[a-z]{4,}$", "", path.parent.name)
        names = {way: name(raw) for way, name in ways.items()}
        accepted = {way: is_acceptable(raw, expected, name) for way, name in names.items()}
        for way in ways:
            right[way] += accepted[way]
        if not all(accepted.values()):
            print(f"{path.parent.name}/{path.name}: {names}")
    print(f"{len(files)} files, named acceptably: {right}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--only", default="", help="classes whose name holds this")
    parser.add_argument("--ours", action="store_true", help="leave the other detectors out")
    parser.add_argument("--suite", type=Path, help="judge the files of chardet's own tests instead")
    arguments = parser.parse_args()
    if arguments.suite:
        suite(arguments.suite)
        return
    judges = {"ours": ours} if arguments.ours else detectors()
    print("% right (damaged: % characters kept, % named right)")
    print(f"{'':34}" + "".join(f"{name:>21}" for name in judges))
    for name in CLASSES:
        if arguments.only in name:
            shares = measure(name, arguments.seed, arguments.cases, judges)
            print(f"{name:34}" + "".join(f"{share:>21}" for share in shares), flush=True)
    if not arguments.only:
        speed()


if __name__ == "__main__":
    main()
