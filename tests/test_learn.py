"""Site profiles: what repeats around bodies is learnt, however the documents are divided."""

from collections import Counter

import pytest

from cleaners.boilerplate import find
from cleaners.document import Document
from cleaners.options import Options
from flows import learn

BODIES = [
    "春季造林工作已经全面展开，各乡镇要按照县里的统一部署，抢抓时机，确保栽一片、活一片、成林一片。",
    "今年以来，全市消费市场平稳运行，社会消费品零售总额同比增长百分之五点二，网上零售增长较快。",
    "博物馆新展上周开幕，两百余件文物首次与观众见面，讲述这座城市三千年来与水相伴的悠长岁月。",
    "研究人员在海拔四千米的湖边设立了观测站，记录候鸟往返的时间，十年来积累了大量珍贵的数据。",
]


def page(i: int, site: str = "a") -> learn.Page:
    """A document of a site that names itself above the title and praises itself at the end."""
    head, tail = ("笔耕园地", "伴您笔下生花") if site == "a" else ("某地晚报数字版", "记录时代点滴")
    title = f"第{i}号材料里的大事小情"
    return learn.Page((site,), "\n".join([head, title, BODIES[i % 4], BODIES[(i + 1) % 4], tail]))


def learnt(parts: list[list[learn.Page]]) -> Counter[learn.Place]:
    whole = learn.sketch([])
    for part in parts:
        whole = learn.merge(whole, learn.sketch(part))
    return learn.repeated(sum((learn.count(part, whole) for part in parts), Counter()))


def lines_of(found: Counter[learn.Place]) -> frozenset[str]:
    return learn.decoded(learn.encoded(found))


def test_a_site_s_own_lines_are_learnt_and_go() -> None:
    pages = [page(i) for i in range(4)]
    profile = lines_of(learnt([pages]))
    assert profile == {"笔耕园地", "伴您笔下生花"}
    text = pages[0].text
    assert not find(Document(text), Options()).edits
    edits = find(Document(text), Options(profile=profile)).edits
    assert [edit.before.strip() for edit in edits] == ["笔耕园地", "伴您笔下生花"]
    assert all("on the site's other pages" in edit.signals for edit in edits)


def test_two_documents_are_no_site_and_two_sites_not_one() -> None:
    assert not lines_of(learnt([[page(0), page(1)]]))
    assert not lines_of(learnt([[page(0), page(1), page(2, "b"), page(3, "b")]]))


def test_bodies_titles_and_formulas_are_never_learnt() -> None:
    texts = [
        learn.Page(("a",), "\n".join(["同一个标题", "同志们：", *BODIES, "谢谢大家！", "2020年1月2日"]))
    ] * 5
    assert not lines_of(learnt([texts]))


def test_how_documents_are_divided_makes_no_difference() -> None:
    pages = [page(i, "ab"[i % 2]) for i in range(12)]
    together = learnt([pages])
    assert together == learnt([pages[7:], pages[:3], pages[3:7]]) == learnt([[p] for p in reversed(pages)])
    assert set(together.values()) == {6}


@pytest.mark.parametrize("content", ["no profile", '{"site": "a"}', "[1]"])
def test_other_files_are_no_profiles(content: str) -> None:
    with pytest.raises(ValueError, match="no site profile"):
        learn.decoded(content.encode())


def test_in_a_folder_of_many_sites_three_documents_are_chance() -> None:
    many = [
        learn.Page(("a",), f"某文\n{BODIES[i % 4]}\n{BODIES[(i + 1) % 4]}\n林中客供稿第{'甲乙丙丁'[i % 4]}")
        for i in range(4)
    ]
    others = [learn.Page(("a",), f"某文\n{BODIES[i % 4]}\n{BODIES[(i + 1) % 4]}") for i in range(500)]
    assert not lines_of(learnt([many * 3 + others]))
    assert lines_of(learnt([many * 3]))


def test_lines_that_stand_together_are_a_site_s_wherever_they_are() -> None:
    pages = [learn.Page((f"folder{i}",), f"{page(i).text}\n与您一路同行") for i in range(5)]
    assert lines_of(learnt([pages])) == {"伴您笔下生花", "与您一路同行"}
    assert not lines_of(learnt([pages[:4]]))


def test_a_sketch_s_counters_stop_at_their_greatest_value() -> None:
    one = learn.sketch([])
    one[0, 0] = 200
    assert learn.merge(one, one)[0, 0] == 255
