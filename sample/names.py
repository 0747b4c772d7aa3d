"""Made-up names of people.

Surnames in the order of their known frequency in China and roughly in its proportion (王, 李 and 张
about 7 % each); given names by sex and generation. Lists put together for this project.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from sample.streams import Bools, Floats, Ints, weighted

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪"
    "庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉蓝路游辛靳管柴蒙鲍华喻祁蒲房滕解"
)
COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "慕容", "令狐", "呼延", "东方")

# First and second characters of two-character given names; `|` parts generations by last birth year.
MEN = {
    1955: ("德福贵有生永万玉金银富长根成全喜保树志守", "福贵生才财山海林仁义礼元明堂旺发喜宝文清"),
    1975: ("建国志文学新永红卫振国保春海俊军玉利福爱", "国军华平强明民生林东峰忠义伟刚斌兵成武亮"),
    1995: ("志海建晓永文国俊少小立春宏亚振学利剑江红", "伟强军勇杰涛鹏飞龙波刚峰斌辉亮东磊超明华"),
    2030: ("子浩宇俊泽梓嘉文一天博明思皓家睿奕铭宸逸", "轩涵宇豪然杰博睿泽航辰阳瑞霖铭凯昊洋昕尧"),
}
WOMEN = {
    1955: ("桂秀玉淑凤兰翠金月素春爱改润存莲贵香梅果", "兰英花梅莲香枝珍芳娥仙云凤秀叶女桃珍莲琴"),
    1975: ("秀玉桂丽春爱淑美艳晓红月翠海俊慧建润彩志", "英兰芳梅华玲萍霞珍琴红丽燕芬香莲娥青花清"),
    1995: ("晓丽海艳春红小雅文志美慧燕玉雪静利彩婷瑞", "丽娟艳霞敏芳燕玲静娜红萍婷琴花英梅华清洁"),
    2030: ("梓欣雨子思诗可佳若紫一语馨怡雅嘉依艺晨沐", "涵怡萱琪彤妍瑶涵欣轩悦雯婷桐诺然琳茜瑾溪"),
}
SINGLE_MEN = "伟强磊军勇涛超杰鹏波斌刚飞浩亮辉峰龙帅旭"
SINGLE_WOMEN = "静丽敏艳娟霞燕婷芳娜玲雪颖琳洁萍莉倩佳瑶"
# Share of one-character given names per generation.
SINGLE_SHARE = {1955: 0.04, 1975: 0.10, 1995: 0.32, 2030: 0.10}
# A character and the form that another department may write: the same name for a person who reads it.
VARIANTS = (("岗", "冈"), ("昇", "升"), ("喆", "哲"))


def surnames(rng: np.random.Generator, size: int) -> Ints:
    """Numbers of surnames drawn by frequency."""
    ranks = np.arange(1, len(SURNAMES) + len(COMPOUND_SURNAMES) + 1)
    weights = 1 / (ranks + 6.0) ** 1.35
    weights[:3] = weights[0] * np.array([1.0, 0.97, 0.9])
    weights[len(SURNAMES) :] = 0.0006 * weights.sum()
    return weighted(rng, weights, size)


def full_names(rng: np.random.Generator, surname: Ints, sex: Ints, birth_year: Ints) -> pl.Series:
    """Surname and given name as one text per person; sex 1 man, 2 woman."""
    given = np.zeros(len(surname), np.int64)
    table: list[str] = []
    for chosen, one_character, firsts, seconds, singles in _generations(sex, birth_year):
        rows = np.flatnonzero(chosen)
        given[rows] = len(table) + _given(rng, len(rows), one_character, len(firsts), len(seconds), len(singles))
        table += [a + b for a in firsts for b in seconds] + list(singles)
    family = pl.Series([*SURNAMES, *COMPOUND_SURNAMES]).gather(surname)
    return pl.select(pl.concat_str(pl.lit(family), pl.lit(pl.Series(table).gather(given)))).to_series()


def _generations(sex: Ints, birth_year: Ints) -> list[tuple[Bools, float, str, str, str]]:
    found, first = [], 0
    for last, share in SINGLE_SHARE.items():
        within = (birth_year > first) & (birth_year <= last)
        found.append((within & (sex == 1), share, *MEN[last], SINGLE_MEN))
        found.append((within & (sex == 2), share, *WOMEN[last], SINGLE_WOMEN))
        first = last
    return found


def _given(rng: np.random.Generator, size: int, one_character: float, firsts: int, seconds: int, singles: int) -> Ints:
    """Index into first-by-second combinations followed by the single names."""
    double = weighted(rng, _zipf(firsts), size) * seconds + weighted(rng, _zipf(seconds), size)
    single = firsts * seconds + weighted(rng, _zipf(singles), size)
    return np.where(rng.random(size) < one_character, single, double)


def _zipf(size: int) -> Floats:
    weights: Floats = 1 / (np.arange(size) + 4.0)
    return weights
