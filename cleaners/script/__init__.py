"""Simplified and traditional: which script a text is in, and how the asked one is written.

Every hanzi that exists in one script only is a sign (`signs`). Clauses, lines and the whole text are
judged by the signs they hold (`parts`), and only what is in another script than asked is converted
(`conversion`), once: OpenCC is not idempotent (simplified to traditional writes 了 as 瞭 in a text that
is traditional already), so what is right must not pass through it.
"""

from dataclasses import fields

from cleaners.document import Document, Edit, Findings, Flag, Measures, Metadata, apply
from cleaners.options import Options
from cleaners.script import parts, signs
from cleaners.script.conversion import changes
from cleaners.script.parts import MIXED, NONE, detect

__all__ = ["convert", "detect", "find"]

# What a text can be written in whose own script has to be found out.
TARGETS = ("simplified", *signs.VARIETIES)
# How many characters of context a flag shows on either side.
CONTEXT = 8


def find(document: Document, options: Options) -> Findings:
    """Edits that write `options.script`, and what script was found.

    The values of `document.metadata` are converted as the text is.
    """
    found = detect(document.text)
    flags = _flags(document.text) if found == MIXED else ()
    if options.script == "keep" or found == NONE:
        return Findings(flags=flags, measures=Measures(script_found=found, script_written=found))
    values = {
        field.name: value for field in fields(Metadata) if (value := getattr(document.metadata, field.name))
    }
    return Findings(
        _edits(document.text, "", options),
        flags,
        Metadata(**{name: apply(value, _edits(value, found, options)) for name, value in values.items()}),
        Measures(script_found=found, script_written=options.script),
    )


def convert(text: str, target: str, *, source: str = "", phrases: bool = False) -> str:
    """`text` written in `target`: "simplified", "traditional", "taiwan" or "hongkong".

    `source` is the one of these that all of the text is in. Without it the text is judged as `find` judges
    it: only the parts that are in another script are converted. With `phrases` the words become those of
    the place, too. Where the source is named, either may be "japanese", the forms that Japan writes. Raises
    KeyError for other names.

    >>> convert("這是「繁體」，这是简体。", "taiwan"), convert("头发", "hongkong", source="simplified")
    ('這是「繁體」，這是簡體。', '頭髮')
    >>> convert("艺术", "japanese", source="simplified"), convert("駅弁当", "traditional", source="japanese")
    ('芸術', '驛辨當')
    >>> convert("软件", "taiwan", source="simplified", phrases=True)
    '軟體'
    """
    if not source and target not in TARGETS:
        raise KeyError(target)
    return apply(
        text, [Edit(*change, "script", 1.0) for change in changes(text, target, phrases, source=source)]
    )


def _edits(text: str, within: str, options: Options) -> tuple[Edit, ...]:
    rule = f"script.{options.script}"
    return tuple(
        Edit(start, before, after, rule, 1.0)
        for start, before, after in changes(text, options.script, options.phrases, within=within)
    )


def _flags(text: str) -> tuple[Flag, ...]:
    simplified, traditional, start = parts.minority(text)
    sample = text[max(start - CONTEXT, 0) : start + CONTEXT].replace("\n", " ")
    evidence = f"{simplified} signs of simplified and {traditional} of traditional script: …{sample}…"
    return (Flag("mixed_script", evidence=evidence, start=start),)
