"""The firms and organisations of the city, with representatives who are living people of the city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sample import codes, geography
from sample.addresses import Addresses
from sample.contract import departments
from sample.people import People
from sample.streams import Bools, Days, Ints, stream, weighted

KINDS = ("enterprise", "individual", "cooperative", "social", "institution")
SHARES = {"enterprise": 0.034, "individual": 0.089, "cooperative": 0.0013, "social": 0.0009, "institution": 0.0011}
LEAST = {"enterprise": 160, "individual": 200, "cooperative": 24, "social": 24, "institution": 60}
ACTIVE, REVOKED, CANCELLED, MOVED = 1, 2, 3, 4
PARTNERSHIP = "1300"
CITY_CENTRE = geography.COUNTY_CODES.index("140213")
TYPES = {
    "enterprise": (("1100", 80), ("1200", 3), (PARTNERSHIP, 8), ("1400", 9)), "individual": (("2000", 1),),
    "cooperative": (("3000", 1),), "social": (("5100", 45), ("5200", 52), ("5300", 3)),
    "institution": (("4200", 88), ("4300", 12)),
}  # fmt: skip
PREFIX = {
    "1100": "91", "1200": "91", "1300": "91", "1400": "91", "2000": "92", "3000": "93",
    "4100": "11", "4200": "12", "4300": "13", "5100": "51", "5200": "52", "5300": "53",
}  # fmt: skip
INDUSTRIES = (
    ("A", 3, "农业", "农作物种植,林木育苗"), ("B", 1, "煤业", "煤炭开采,煤炭洗选"), ("C", 9, "机械制造", "机械设备制造、加工"),
    ("E", 8, "建筑工程", "房屋建筑工程施工,市政工程"), ("F", 38, "商贸", "食品销售,日用百货、五金交电零售"),
    ("G", 6, "运输", "道路普通货物运输"), ("H", 12, "餐饮", "餐饮服务,正餐、小吃"), ("I", 4, "信息技术", "软件开发,信息系统集成"),
    ("K", 3, "房地产开发", "房地产开发经营,物业管理"), ("L", 6, "商务服务", "企业管理咨询,会议服务"),
    ("M", 4, "科技", "技术开发、技术咨询,技术转让"), ("O", 5, "服务", "居民服务,美容美发、家电维修"), ("R", 1, "文化", "文化艺术交流,体育用品销售"),
)  # fmt: skip
# one class (小类) of GB/T 4754-2017 for each of these sections
CLASSES = {
    "A": "0113", "B": "0610", "C": "3484", "E": "4710", "F": "5211", "G": "5431", "H": "6210", "I": "6513",
    "K": "7010", "L": "7243", "M": "7519", "O": "8040", "R": "8810",
}  # fmt: skip
_WORDS = (
    "恒通云中鑫源宏达同煤晋北华宇天成盛世金龙永泰和顺万隆腾飞瑞丰德润广聚正大昌盛兴隆"
    "博雅凯旋泰和福瑞百川佳美聚源三晋中立启航安泰顺发诚信双龙东升嘉禾富强鼎盛国泰长青"
    "明珠北岳雁门古都魏都平城"
)
WORDS = [_WORDS[n : n + 2] for n in range(0, len(_WORDS), 2)]
SERVICES = (
    "第一小学", "第二小学", "第三小学", "实验小学", "第一中学", "第二中学", "实验中学", "人民医院", "中医医院", "妇幼保健院", "社区卫生服务中心",
    "图书馆", "文化馆", "农业技术推广站", "林业工作站", "水利工程站", "不动产登记中心", "就业服务中心", "幼儿园", "博物馆",
)  # fmt: skip
SOCIETIES = (
    "商会",
    "书法家协会",
    "老年协会",
    "志愿者协会",
    "餐饮行业协会",
    "养老服务中心",
    "职业培训学校",
    "康复中心",
    "助学基金会",
    "物流协会",
)


@dataclass
class Firms:
    """One position per organisation; `rows[kind]` are the positions of a kind.

    representative: person number, -1 when a firm represents (then `partner` is its position).
    """

    rows: dict[str, slice]
    code: pl.Series
    name: pl.Series
    type_code: pl.Series
    industry: Ints
    county: Ints
    address: Ints
    established: Days
    cancelled: Days
    status: Ints
    representative: Ints
    partner: Ints

    def numbers(self, kind: str) -> Ints:
        return np.arange(self.rows[kind].start, self.rows[kind].stop)

    @property
    def active(self) -> Bools:
        active: Bools = self.status == ACTIVE
        return active


def make(people: People, addresses: Addresses, seed: int, as_of: date) -> Firms:
    """The organisations: one for about eight people."""
    rng = stream(seed, "firms")
    counts = {kind: max(LEAST[kind], round(len(people.sex) * SHARES[kind])) for kind in KINDS}
    bounds = np.cumsum([0, *counts.values()])
    rows = {kind: slice(int(a), int(b)) for kind, a, b in zip(KINDS, bounds[:-1], bounds[1:], strict=True)}
    size = int(bounds[-1])
    county = weighted(rng, geography.COUNTY_WEIGHTS, size)
    county[rows["institution"].start : rows["institution"].start + len(departments())] = CITY_CENTRE
    type_code = _types(rng, counts)
    industry = weighted(rng, [share for _, share, _, _ in INDUSTRIES], size)
    status, established, cancelled = _lives(rng, rows, size, as_of)
    firms = Firms(
        rows, _credit_codes(type_code, county, size), pl.Series([""]), pl.Series(type_code), industry, county,
        _premises(rng, county, addresses), established, cancelled, status, *_representatives(rng, people, size),
    )  # fmt: skip
    firms.name = _names(rng, firms, people)
    _departments_first(firms)
    _partners(rng, firms)
    return firms


def _types(rng: np.random.Generator, counts: dict[str, int]) -> list[str]:
    found: list[str] = []
    for kind, count in counts.items():
        options, weights = zip(*TYPES[kind], strict=True)
        found += np.array(options)[weighted(rng, weights, count)].tolist()
    return found


def _credit_codes(type_code: list[str], county: Ints, size: int) -> pl.Series:
    """Codes by registering division; the city's code for a tenth."""
    prefix = codes.characters(pl.Series(type_code).replace_strict(PREFIX), 2)
    serial = np.arange(size) * 1_009 % 800_000_011 + 3 * 31**5
    result = np.empty(size, dtype=object)
    for number, code in enumerate(geography.COUNTY_CODES):
        here = np.flatnonzero(county == number)
        result[here] = codes.credit_codes(prefix[here], code, serial[here]).to_list()
    return pl.Series(result.tolist())


def _lives(rng: np.random.Generator, rows: dict[str, slice], size: int, as_of: date) -> tuple[Ints, Days, Days]:
    """Status, day of registration, day of cancellation."""
    status = np.array([ACTIVE, REVOKED, CANCELLED, MOVED])[weighted(rng, (88, 4, 6, 2), size)]
    status[rows["institution"]] = ACTIVE
    last_year_end = np.datetime64(f"{as_of.year - 1}-12-31", "D")
    established = last_year_end - np.minimum(rng.exponential(2600, size) + 30, 12_500).astype(np.int64)
    cancelled = np.full(size, np.datetime64("NaT", "D"))
    gone = np.flatnonzero(status == CANCELLED)
    span = (last_year_end - established[gone]).astype(np.int64)
    cancelled[gone] = established[gone] + 1 + (rng.random(len(gone)) * (span - 1)).astype(np.int64)
    return status, established, cancelled


def _premises(rng: np.random.Generator, county: Ints, addresses: Addresses) -> Ints:
    found = np.empty(len(county), np.int64)
    for number, pool in enumerate(addresses.by_county):
        here = np.flatnonzero(county == number)
        found[here] = pool[rng.integers(0, len(pool), len(here))]
    return found


def _representatives(rng: np.random.Generator, people: People, size: int) -> tuple[Ints, Ints]:
    """A person for each organisation, men more often; nobody as partner yet."""
    adults = np.flatnonzero(people.adult)
    weights = np.where(people.sex[adults] == 1, 2.0, 1.0)
    return adults[weighted(rng, weights, size)], np.full(size, -1, np.int64)


def _names(rng: np.random.Generator, firms: Firms, people: People) -> pl.Series:
    """Names by kind: place, word, trade, form."""
    place = pl.Series(["大同市" + geography.county_names()[c] for c in geography.COUNTY_CODES]).gather(firms.county)
    size = len(place)
    pairs = pl.Series([a + b for a in WORDS for b in WORDS]).gather(rng.integers(0, len(WORDS) ** 2, size))
    trade = pl.Series([t for _, _, t, _ in INDUSTRIES]).gather(firms.industry)
    frame = pl.DataFrame({
        "place": place, "word": pairs, "trade": trade, "type": firms.type_code,
        "person": people.name.gather(firms.representative),
        "short": pairs.str.slice(0, 2),
        "service": pl.Series(SERVICES).gather(np.arange(size) % len(SERVICES)),
        "society": pl.Series(SOCIETIES).gather(np.arange(size) % len(SOCIETIES)),
    })  # fmt: skip
    parts = [frame[firms.rows[kind]].select(name=pl.concat_str(_NAMES[kind])).to_series() for kind in KINDS]
    return pl.concat(parts)


_FORM = pl.col("type").replace_strict(
    {"1100": "有限公司", "1200": "股份有限公司", "1300": "合伙企业（有限合伙）", "1400": "厂"}, default=""
)
_NAMES: dict[str, list[pl.Expr]] = {
    "enterprise": [pl.col("place"), pl.col("word"), pl.col("trade"), _FORM],
    "individual": [pl.col("place"), pl.col("person"), pl.col("trade"), pl.lit("店")],
    "cooperative": [pl.col("place"), pl.col("word"), pl.lit("种植养殖专业合作社")],
    "social": [pl.col("place"), pl.col("short"), pl.col("society")],
    "institution": [pl.col("place"), pl.col("short"), pl.col("service")],
}


def _departments_first(firms: Firms) -> None:
    """The city's departments are the first institutions, under their own codes."""
    start = firms.rows["institution"].start
    places = list(range(start, start + len(departments())))
    firms.code = firms.code.scatter(places, [codes.department_code(d.number) for d in departments()])
    firms.name = firms.name.scatter(places, [d.full_name for d in departments()])
    firms.type_code = firms.type_code.scatter(places, ["4100"] * len(places))


def _partners(rng: np.random.Generator, firms: Firms) -> None:
    """Four partnerships in ten are led by an active company."""
    enterprises = firms.numbers("enterprise")
    partnership = (firms.type_code[enterprises] == PARTNERSHIP).to_numpy()
    companies = enterprises[~partnership & firms.active[enterprises]]
    led = enterprises[partnership][rng.random(int(partnership.sum())) < 0.4]
    firms.partner[led] = companies[rng.integers(0, len(companies), len(led))]
    firms.representative[led] = -1
