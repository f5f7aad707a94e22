"""Markers are recognised in all their shapes, and nowhere else."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import markers
from cleaners.folding import fold


@pytest.mark.parametrize(
    ("text", "family", "number"),
    [
        ("一、总体要求", "一、", 1),
        ("十二、附则", "一、", 12),
        ("（三）加强领导", "（一）", 3),
        ("(3)加强领导", "（1）", 3),
        ("１．总体要求", "1.", 1),
        ("2、总体要求", "1、", 2),
        ("③总体要求", "①", 3),
        ("第二十条 本法自公布之日起施行", "第一条", 20),
        ("第三章 修路", "第一章", 3),
        ("1.2 总体要求", "1.1", 2),
        ("3.2026年的工作", "1.", 3),
        ("⑵总体要求", "①", 2),
        ("㈢总体要求", "①", 3),
        ("〔二〕总体要求", "（一）", 2),
        ("二　修路", "一", 2),
        ("第三，要抓紧", "第一，", 3),
        ("第二個問題，講辦法", "第一，", 2),
        ("二是抓得實", "一是", 2),
        ("三要守得住", "一是", 3),
        ("其二，路不平", "其一", 2),
        ("其次，路不平", "首先", 2),
    ],
)
def test_families(text: str, family: str, number: int) -> None:
    marker = markers.at(fold(text))
    assert marker is not None
    assert (marker.family, marker.number) == (family, number)


@pytest.mark.parametrize(
    "text", ["一九四九年", "3.5万吨", "一、二、三产业", "第一个五年计划", "第一线的同志", "三天"]
)
def test_what_is_no_marker(text: str) -> None:
    assert markers.at(fold(text)) is None


def test_inline_markers_are_found_behind_marks_only() -> None:
    found = [
        (place.start, place.number)
        for place in markers.find(fold("任务：一是修路，二是架桥。他说三是个好数字。"))
    ]
    assert found == [(3, 1), (8, 2)]


def test_a_marker_knows_whether_it_opens_its_line() -> None:
    places = list(markers.find(fold("　　一、修路。首先，备料。\n二、架桥。")))
    assert [place.opens_line for place in places] == [True, False, True]


@given(st.text("一二三十第章、，。（）()1.2、①首先\n "))
def test_places_are_in_order_and_stand_in_the_text(text: str) -> None:
    folded = fold(text)
    places = list(markers.find(folded))
    assert all(a.end <= b.start for a, b in pairwise(places))
    assert all(markers.at(folded, place.start) is not None for place in places)


@given(st.text("第其首再最先次后一二十两3٣①㈠(〔[)〕] \n、.,:是要章节条点", max_size=8))
def test_what_a_marker_begins_with_hides_none(text: str) -> None:
    families = list(markers.FAMILIES)
    match = re.match("|".join(f"({pattern})" for pattern in markers.FAMILIES.values()), text)
    family = families[(match.lastindex or 0) // 2] if match else None
    found = markers.at(text)
    assert (found and (found.family, found.end)) == (match and (family, match.end()))
