"""Rebuild `japanese_korean.toml` from sentences of open text.

    python cleaners/data/build_japanese_korean.py japanese.txt korean.txt cleaners/data/japanese_korean.toml

Both texts are drawn from the repositories that SOURCES.md names; what else stands in them is passed over.
"""

import math
import re
import sys
from collections import Counter
from pathlib import Path

LETTERS = {"japanese": "[\u3041-\u30fa\u30fc\u4e00-\u9fff]", "korean": "[\uac00-\ud7a3]"}
# What is rarer than this (nats) has not been seen often enough to be told from what has not been seen.
RAREST = 9.5
WIDTH = 66


def main(texts: list[Path], table: Path) -> None:
    lines = [
        "# What letters cost in text of a language, wherever they stand: -ln P in nats, in steps of a half."
    ]
    for (language, letter), path in zip(LETTERS.items(), texts, strict=True):
        counts = Counter(re.findall(letter, path.read_text(encoding="utf-8")))
        total = counts.total()
        tiers: dict[float, str] = {}
        for character, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            nats = round(-2 * math.log(count / total)) / 2
            tiers[nats] = tiers.get(nats, "") + character
        lines += ["", f"[{language}]"]
        for nats, characters in tiers.items():
            if nats <= RAREST:
                rows = [characters[i : i + WIDTH] for i in range(0, len(characters), WIDTH)]
                lines.append(f'"{nats}" = """' + "\\\n".join(["", *rows]) + '"""')
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([Path(sys.argv[1]), Path(sys.argv[2])], Path(sys.argv[3]))
