"""Glosses that a site put in go; readings that an author gave stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import Options, clean

OPTIONS = Options(cleaners=("glosses",))

GLOSSED = {
    "toned": "各級領(lǐng)導(dǎo)干部要認(rèn)真學(xué)習(xí)，進(jìn)一步改進(jìn)作風(fēng)。",
    "full-width brackets": "各级领（lǐng）导（dǎo）要认（rèn）真学（xué）习（xí），进（jìn）一步。",
    "numbered": "各级领(ling3)导(dao3)干部要认(ren4)真学(xue2)习(xi2)，进(jin4)一步。",
    "zhuyin": "各級領(ㄌㄧㄥˇ)導(ㄉㄠˇ)幹部要認(ㄖㄣˋ)真學(ㄒㄩㄝˊ)習(ㄒㄧˊ)，進(ㄐㄧㄣˋ)一步。",
    "untoned": "各(ge)级领(ling)导(dao)干(gan)部要认(ren)真学(xue)习(xi)，进(jin)一步改(gai)进(jin)。",
    "a garbled character before": "領(lǐng)導(dǎo)認(rèn)真學(xué)習(xí)，快速七M(jìn)。",
}


@pytest.mark.parametrize("text", GLOSSED.values(), ids=GLOSSED)
def test_a_glossed_text_loses_its_glosses(text: str) -> None:
    document = clean(text, OPTIONS)
    assert "(" not in document.text
    assert "（" not in document.text
    assert clean(document.text, OPTIONS).text == document.text


KEPT = {
    "a rare character": "他姓仉(zhǎng)，山东人，住在睢(suī)阳。",
    "a word": "长沙(chángshā)是湖南(Húnán)的省会，旧称潭州(tánzhōu)，别名星城(xīngchéng)。",
    "abbreviations": "国内生产总值(GDP)，核酸(DNA)，世贸组织（WTO），室(A)，张(Z)，里(li)，安(an)。",
    "elements": "镧(La)、铈(Ce)、镨(Pr)、钕(Nd)、钯(Pd)、铂(Pt)、铑(Rh)、锇(Os)、钇(Y)、锂(Li)、铌(Nb)。",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_an_author_wrote_stays(text: str) -> None:
    assert clean(text, OPTIONS).text == text


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    clean(text, OPTIONS)
