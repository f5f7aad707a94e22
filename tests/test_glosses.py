"""Glosses that a site put in go; readings that an author gave stay."""

from pathlib import Path

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
    "rare characters only": (
        "雾霾(mái)来了，城市的轮廓(kuò)变得模糊，人们戴上口罩(zhào)匆匆赶路。要治理雾霾(mái)，先要减少煤炭(tàn)的消耗，"
        "淘(táo)汰落后的锅炉(lú)，不能抱有侥(jiǎo)幸心理。只有这样，口罩(zhào)才会摘下来，雾霾(mái)才会散去。"
    ),
    "rare characters, each time they come": (
        "许亦菡(hàn)笑了，笑容璀(cuǐ)璨(càn)。许亦菡(hàn)的妈妈问秸(jiē)秆(gǎn)烧了没有，爸爸说秸(jiē)秆(gǎn)卖了。"
        "第二天，菖(chāng)蒲开花，眼眸(móu)里都是春天；明眸(móu)善睐(lài)的女孩在菖(chāng)蒲边唱歌。"
    ),
    "at random, once each": (
        "城市的轮廓变得模(mó)糊，人们戴上口罩匆匆赶路，口罩外面(miàn)只看得见眼睛。城里的人说，要治(zhì)理雾霾，"
        "先要减少煤炭的消(xiāo)耗。煤炭少了，消耗就少，人们的眼(yǎn)睛也不再红。治理的事情，急不得(dé)。"
    ),
    "a garbled character before": "領(lǐng)導(dǎo)要認(rèn)真學(xué)習(xí)，更(gèng)快速七M(jìn)。",
}


@pytest.mark.parametrize("text", GLOSSED.values(), ids=GLOSSED)
def test_a_glossed_text_loses_its_glosses(text: str) -> None:
    document = clean(text, OPTIONS)
    assert "(" not in document.text
    assert "（" not in document.text
    assert clean(document.text, OPTIONS).text == document.text


KEPT = {
    "rare names": "他姓仉(zhǎng)，名叫翀(chōng)，祖籍睢(suī)县，后来搬到亳(bó)州，又到盱(xū)眙(yí)。盱眙在江苏。",
    "a list of surnames": "读错的姓：仇(qiú)、任(rén)、单(shàn)、华(huà)、解(xiè)、区(ōu)、查(zhā)、曾(zēng)、盖(gě)。",
    "words": "长沙(chángshā)是湖南(Húnán)的省会，旧称潭州(tánzhōu)，别名星城(xīngchéng)，临湘江(xiāngjiāng)。",
    "words of a textbook": (
        "我(wǒ)喜欢(xǐhuan)吃(chī)苹果(píngguǒ)和(hé)香蕉(xiāngjiāo)，他(tā)喜欢(xǐhuan)喝(hē)咖啡(kāfēi)和(hé)牛奶(niúnǎi)，"
        "我(wǒ)们(men)常常(chángcháng)在(zài)学校(xuéxiào)里(li)见面(jiànmiàn)。"
    ),
    "a list of common surnames": "王(wáng)、李(lǐ)、张(zhāng)、刘(liú)、陈(chén)、杨(yáng)、黄(huáng)、赵(zhào)、周(zhōu)。",
    "one name again and again": "小婉(wǎn)说：“我来了。”大家都笑了，不知道她要做什么。\n" * 20,
    "a few in a long text": "小婉(wǎn)说：“阿敏(mǐn)和大川(chuān)、文远(yuǎn)、子安(ān)都来了。”\n" * 2
    + "天亮以后，他们沿着河边走了很远，谁也没有开口，只听见水声和风声。\n" * 900,
    "a dictionary entry": "行（xíng）①走：步行。②流通：发行。行（háng）①行列：字里行间。②行业：各行各业。行(hàng)：树行子。",
    "several readings": "“和”字有五个音：和(hé)平的和，和(hè)诗的和，和(huó)面的和，和(huò)药的和，和(hú)牌的和。",
    "a lesson": "今天学的课文里有八个生字：小蝌(kē)蚪(dǒu)摇着尾巴，找(zhǎo)妈妈，碰(pèng)见青蛙(wā)披(pī)着绿衣。",
    "new characters in a reader": (
        "小溪流的歌：小溪(xī)流一边奔(bēn)流，一边玩耍。他拍(pāi)拍岸边五颜六色的卵(luǎn)石，摸(mō)摸沙地上的小草。"
        "他一会儿往高高的岩石上冲(chōng)，溪流没有奔累，拍着石头，摸着草，又冲了过去。"
    ),
    "unusual readings": "乐(yuè)清、六(lù)安、蔚(yù)县、洪洞(tóng)县、单(shàn)县、铅(yán)山县，人们常常读错，去过的人知道。",
    "a threshold and other words of programmers": (
        "数值超过阈(yù)值时自动扩容，低于下限时缩容。桩(zhuāng)代码先留着，哈希(xī)表用槽(cáo)位来存，冗(rǒng)余的副本放在别处。"
        "阈值定得太低，夜里会被告警吵醒；桩代码要记得删掉。"
    ),
    "tones that are unusual": (
        "他好(hào)学，又肯教(jiāo)人，待人处(chǔ)事周到，为(wèi)朋友出过力，看(kān)家也行，只是数(shǔ)不清自己的钱，"
        "供(gòng)奉老人，兴(xīng)办学校，少(shào)年得志。"
    ),
    "two words, glossed each time": (
        "饕(tāo)餮(tiè)纹是青铜器上的纹样。有人说饕(tāo)餮(tiè)是贪吃的兽，和魑(chī)魅(mèi)不同：魑(chī)魅(mèi)住在山里。"
    ),
    "a few, for children": "小溪(xī)边住着一只青蛙(wā)，它每天拍(pāi)着肚皮唱歌，唱给路过的蜗(wō)牛听。",
    "a saying": "学而时习之，不亦说(yuè)乎？有朋自远方来，不亦乐(lè)乎？人不知而不愠(yùn)，不亦君子乎？",
    "an annotated ode": (
        "荜(bì)门圭窦(dòu)，瓮(wèng)牖(yǒu)绳枢；筚(bì)路蓝缕，栉(zhì)风沐雨。荧(yíng)荧(yíng)烛火，辘(lù)辘(lù)车声，"
        "逦(lǐ)迤(yǐ)山道，杳(yǎo)无人迹；戍(shù)卒击柝(tuò)，庾(yǔ)粟满廪(lǐn)，锱(zī)铢(zhū)不遗。"
    ),
    "an old text": (
        "扁鹊望桓侯而还(xuán)走。桓侯故使人问之。扁鹊曰：“疾在腠(còu)理，汤熨(wèi)之所及也；在肌肤，针石之所及也；"
        "在骨髓，司命之所属(zhǔ)，无奈何也。”居五日，桓侯体痛，使人索扁鹊，已逃秦矣。其还也，腠理之疾不可熨。"
    ),
    "a rhyme for children": (
        "小(xiǎo)白(bái)兔(tù)，白(bái)又(yòu)白(bái)，两(liǎng)只(zhī)耳(ěr)朵(duo)竖(shù)起(qǐ)来(lái)，"
        "爱(ài)吃(chī)萝(luó)卜(bo)爱(ài)吃(chī)菜(cài)。"
    ),
    "abbreviations": "国内生产总值(GDP)，核酸(DNA)，世贸组织（WTO），室(A)，张(Z)，里(li)，安(an)，他(he)，是(be)。",
    "elements and units": (
        "镧(La)、铈(Ce)、镨(Pr)、钕(Nd)、钯(Pd)、铂(Pt)、铑(Rh)、锇(Os)、钇(Y)、锂(Li)、铌(Nb)，"
        "长度(m)、面积(ha)、压力(Pa)、磁场(Oe)、功(J)、米(m)、吨(t)、里(li)、巴(ba)。"
    ),
    "names in Latin letters": "马云(Jack Ma)、李娜(Li Na)、王(Wang)先生、张(Zhang)女士、陈(Chen)教授、安(An)小姐、何(he)。",
    "an input method": "拼音输入：输入“xue”选学(xue)，输入“xi”选习(xi)，输入“jin”选进(jin)，输入“bu”选步(bu)。"
    * 3,
    "variables": "设矩阵(a)与(e)，令一(yi)、二(er)为下标，数(n)、角(o)、值(a)、和(he)、差(cha)、积(ji)、商(shang)。",
    "zhuyin of a name": "這個「垚」(ㄧㄠˊ)字在姓名裡常見，「犇」(ㄅㄣ)字也是，「淼」(ㄇㄧㄠˇ)字次之。",
    "difficult words in an essay": (
        "他踽(jǔ)踽独行，踟(chí)蹰(chú)不前，在氤(yīn)氲(yūn)的雾气里睥(pì)睨(nì)众生；回头望去，旖(yǐ)旎(nǐ)的江水"
        "载着孑(jié)然一身的旅人。到了对岸，他缄(jiān)默着坐下，倏(shū)忽间泪流满面，再也没有说话。"
    ),
    "names of places on a journey": (
        "从涪(fú)陵到郴(chēn)州，再到亳(bó)州和濮(pú)阳，我们一路坐船；到了歙(shè)县换车去黟(yī)县，"
        "又经婺(wù)源往鄱(pó)阳湖去，最后在儋(dān)州住下。第二天回到涪陵，郴州的朋友已经走了。"
    ),
    "food": (
        "街上卖的有羊肉泡馍(mó)和饸(hé)饹(le)面，还有醪(láo)糟、锅盔(kuī)、馕(náng)和糌(zān)粑(bā)，"
        "老人们最爱吃的是臊(sào)子面，喝的是稠(chóu)酒，吃完了再买一包柿饼带回家去。"
    ),
    "idioms that are often misread": (
        "越俎(zǔ)代庖(páo)的事他不做，刚愎(bì)自用的人他不交，一蹴(cù)而就的功名他不要；"
        "暴虎冯(píng)河不算勇，大腹便(pián)便不算福，安步当(dàng)车倒是真的快活。"
    ),
    "untoned words beside hanzi": (
        "他们的暗号是：东(dong)、南(nan)、西(xi)、北(bei)。说完“他(he)”和“她(she)”，又说“我(me)”，谁也听不懂。"
    ),
    "placeholders and markup": "正文[b]粗体[/b]，图(a)、图(b)、图(c)，见表[e]和文献[a]，<a>链接</a>，<i>斜体</i>，阿<a>、鹅<e>。",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_an_author_wrote_stays(text: str) -> None:
    assert clean(text, OPTIONS).text == text


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    clean(text, OPTIONS)


def test_only_the_glossed_document_of_the_corpus_is_touched(corpus: Path) -> None:
    touched = {
        path.name[:3]: len(document.steps[0].edits)
        for path in sorted((corpus / "documents").glob("*/*"))
        if (document := clean(path.read_text(encoding="utf-8"), OPTIONS)).steps
    }
    assert touched == {"002": 415}  # 414 after the character they read, one after what it was garbled to


def test_a_glossed_document_reads_as_before(corpus: Path) -> None:
    from pypinyin import Style, pinyin

    for path in sorted((corpus / "documents" / "zhonggong").iterdir())[:40:4]:
        text = path.read_text(encoding="utf-8")
        for style in (Style.TONE, Style.NORMAL, Style.BOPOMOFO):
            glosses = pinyin(text, style=style, errors=lambda run: ["" for _ in run])
            glossed = "".join(
                character + (f"({gloss})" if gloss and place % 7 == 0 else "")
                for place, (character, (gloss,)) in enumerate(zip(text, glosses, strict=True))
            )
            assert clean(glossed, OPTIONS).text == text
