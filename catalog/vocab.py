"""The words of the house: one name per thing, in every room. Standard library only.

Enumerations keep the terms of the national catalog guide (发改高技〔2017〕1272号) and of
GB/T 36344 (data quality); `label` gives the Chinese term that pages and workbooks show.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Self

_PUNCTUATION = re.compile(r"[\W_]+")


def bare(name: str) -> str:
    """A name as duplicates are compared: no punctuation or blanks, half-width, lower case."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", name)).lower()


class Term(StrEnum):
    """A value of an enumeration together with the Chinese term of its standard."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value
        return member

    @classmethod
    def of_label(cls, label: str) -> Self | None:
        """The member whose Chinese term or value is `label`, None when there is none."""
        return next((m for m in cls if label in (m.label, m.value)), None)


class ShareType(Term):
    """Sharing type of a resource or item, loosest first."""

    UNCONDITIONAL = "unconditional", "无条件共享"
    CONDITIONAL = "conditional", "有条件共享"
    NOT_SHARED = "not_shared", "不予共享"

    @property
    def strictness(self) -> int:
        """0 for the loosest; a base column takes the strictest of its sources."""
        return list(type(self)).index(self)


class UpdateCycle(Term):
    """How often a resource is delivered (更新周期)."""

    REAL_TIME = "real_time", "实时"
    DAILY = "daily", "每日"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half_yearly", "每半年"
    YEARLY = "yearly", "每年"
    IRREGULAR = "irregular", "不定期"


class FormatClass(Term):
    """Format class of a resource (信息资源格式分类)."""

    DOCUMENT = "document", "电子文件"
    SPREADSHEET = "spreadsheet", "电子表格"
    DATABASE = "database", "数据库"
    IMAGE = "image", "图形图像"
    STREAM = "stream", "流媒体"
    SELF_DESCRIBING = "self_describing", "自描述格式"


class ShareMethod(Term):
    """How a resource is shared (共享方式类型)."""

    API = "api", "接口"
    TABLE = "table", "数据库"
    FILE = "file", "文件"
    MEDIUM = "medium", "邮件拷盘介质交换"


class ShareChannel(Term):
    """The way a resource is shared (共享方式分类)."""

    PLATFORM = "platform", "共享平台"
    MEDIUM = "medium", "邮件、拷盘、介质交换"


class DataType(Term):
    """Data type of an item, the guide's letter; `duckdb` is how it is stored."""

    TEXT = "C", "字符型C"
    NUMBER = "N", "数值型N"
    MONEY = "Y", "货币型Y"
    DATE = "D", "日期型D"
    DATETIME = "T", "日期时间型T"
    LOGICAL = "L", "逻辑型L"
    MEMO = "M", "备注型M"
    GENERAL = "G", "通用型G"
    DOUBLE = "B", "双精度型B"
    INTEGER = "I", "整型I"
    FLOAT = "F", "浮点型F"

    @property
    def duckdb(self) -> str:
        """The DuckDB type that holds an item of this type; geometry travels as GeoJSON text."""
        return {
            "C": "VARCHAR", "N": "DECIMAL(18,4)", "Y": "DECIMAL(18,2)", "D": "DATE",
            "T": "TIMESTAMP", "L": "BOOLEAN", "M": "VARCHAR", "G": "VARCHAR",
            "B": "DOUBLE", "I": "BIGINT", "F": "DOUBLE",
        }[self.value]  # fmt: skip


class IdentifierKind(Term):
    """Identifiers whose check is a library rule; an invalid one never blocks its row."""

    CITIZEN_ID = "citizen_id", "公民身份号码"
    CREDIT_CODE = "credit_code", "统一社会信用代码"
    LICENCE_ID = "licence_id", "电子证照标识"


class Sensitivity(Term):
    """Sensitivity class of an item, mildest first."""

    PUBLIC = "public", "公开"
    INTERNAL = "internal", "内部"
    PERSONAL = "personal", "个人信息"
    SENSITIVE = "sensitive", "敏感个人信息"

    @property
    def strictness(self) -> int:
        """0 for the mildest; a base column takes the strictest of its sources."""
        return list(type(self)).index(self)


class Mask(Term):
    """What a column shows under a grant; each gives the same in DuckDB and SQLite."""

    PLAIN = "plain", "原值"
    PARTIAL = "partial", "部分遮盖"
    HASH = "hash", "加密摘要"
    YEAR = "year", "仅年份"
    HIDDEN = "hidden", "不显示"


class DeliveryMode(Term):
    """What a delivery says about keys it does not contain."""

    SNAPSHOT = "snapshot", "全量"
    UPSERT = "upsert", "增量"
    UPSERT_DELETE = "upsert_delete", "增量带删除"


class DeliveryState(Term):
    RECEIVED = "received", "已接收"
    CHECKING = "checking", "检查中"
    ACCEPTED = "accepted", "通过"
    ACCEPTED_IN_PART = "accepted_in_part", "部分通过"
    RETURNED = "returned", "退回"
    HELD = "held", "待管理员确认"
    ERASED = "erased", "已清除"


class Channel(Term):
    """The way a delivery came in."""

    FOLDER = "folder", "前置机目录"
    API = "api", "接口报送"
    PULL = "pull", "前置库抽取"
    PAGE = "page", "网页报送"


class ResourceState(Term):
    PLANNED = "planned", "拟建"
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "已发布"
    RETIRED = "retired", "停用"


class Dimension(Term):
    """Quality dimension, GB/T 36344."""

    NORMATIVE = "normative", "规范性"
    COMPLETE = "complete", "完整性"
    ACCURATE = "accurate", "准确性"
    CONSISTENT = "consistent", "一致性"
    TIMELY = "timely", "时效性"
    ACCESSIBLE = "accessible", "可访问性"


class Outcome(Term):
    """What a failed rule does."""

    BLOCK_ROW = "block_row", "阻断该行"
    BLOCK_DELIVERY = "block_delivery", "退回批次"
    HOLD = "hold", "待确认"
    WARN = "warn", "提示"
    NORMALISE = "normalise", "自动规范"
    CONFLICT = "conflict", "融合时冲突"


class Side(Term):
    """Who answers for a fault: 谁采集谁负责, 谁校核谁负责."""

    COLLECTOR = "collector", "采集方"
    VERIFIER = "verifier", "校核方"


class RuleKind(Term):
    """What a rule that a verifier adds may say of its item; only parameters are filled in, never SQL."""

    BETWEEN = "between", "取值范围"
    IN_LIST = "in_list", "取值列表"
    PATTERN = "pattern", "格式"
    COMPARE = "compare", "两项比较"
    EXISTS_IN = "exists_in", "存在于其他资源"


class RuleState(Term):
    """The life of a rule that a verifier adds."""

    DRAFT = "draft", "待试运行"
    IN_FORCE = "in_force", "已生效"
    ENDED = "ended", "已停用"


class TrialState(Term):
    """A trial run of such a rule on the last delivery."""

    WAITING = "waiting", "等待运行"
    DONE = "done", "已完成"
    FAILED = "failed", "未能运行"


class Base(Term):
    """The six base databases of article 33."""

    NATURAL_PERSON = "natural_person", "自然人"
    LEGAL_ENTITY = "legal_entity", "法人"
    GEOSPATIAL = "geospatial", "空间地理信息"
    LICENSE = "license", "电子证照"
    CREDIT = "credit", "社会信用"
    MACRO_ECONOMY = "macro_economy", "宏观经济"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, or one data item (信息项) of a resource.

    name: snake_case; type: DuckDB type; title: Chinese name.
    codes: the allowed values, empty when any; retired_codes: those of the list that are no longer in force; pattern:
    RE2, the whole value must match.
    retired_on: the last day of each retired code; dated_by: the DATE item of the row at whose day its code is judged,
    "" for the delivery's period.
    authority: for a base column, the attribute the one-source register (一数一源) settles.
    """

    name: str
    type: str
    title: str
    title_en: str = ""
    required: bool = False
    identifier: IdentifierKind | None = None
    code_list: str = ""
    codes: tuple[str, ...] = ()
    retired_codes: tuple[str, ...] = ()
    retired_on: tuple[date, ...] = ()
    dated_by: str = ""
    pattern: str = ""
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    source: str = ""
    share_type: ShareType = ShareType.UNCONDITIONAL
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    mask: Mask = Mask.PLAIN
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: what the suite, the profile, the catalog page and the API documents read.

    key: the columns that tell two rows apart.
    lookup: columns that may be asked for by value, besides the record key.
    subject: the citizen identifier column of the person a row is about, or "".
    visible_until: a DATE column; a row is shown only up to that day, decided at answer time.
    birth_column, death_column: dated classes of rows (minors, the deceased), or "".
    orders: pairs (earlier, later) of DATE columns.
    """

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    title_en: str = ""
    grain: str = ""
    lookup: tuple[str, ...] = ()
    subject: str = ""
    visible_until: str = ""
    birth_column: str = ""
    death_column: str = ""
    orders: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        return next(c for c in self.columns if c.name == name) if name in self.names else _missing(self.name, name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)


def _missing(table: str, name: str) -> Column:
    raise KeyError(f"{table} has no column {name}")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that some rows of one delivery or release break: counts and row numbers, no values.

    rows: the first row numbers as a person sees them in the file; all of them lie in the
    report's findings file. department: slug of who must act. remedy: the way out, in Chinese.
    """

    rule: str
    dimension: Dimension
    outcome: Outcome
    side: Side
    column: str
    count: int
    message: str
    remedy: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A delivery as a whole: rows, empty values by item, rows by item and code. Counts only."""

    rows: int
    empty: Mapping[str, int]
    codes: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Suite:
    """The rules that judged a delivery: their version, and how many there are by severity and by dimension."""

    version: str
    severities: Mapping[str, int]
    dimensions: Mapping[Dimension, int]

    @property
    def rules(self) -> int:
        return sum(self.dimensions.values())


@dataclass(frozen=True, slots=True)
class Report:
    """What the check of one delivery found.

    profile: None when the file could not be taken; suite: the rules that judged the rows, None where none
    did.
    """

    rows: int
    good: int
    bad: int
    findings: tuple[Finding, ...] = field(default=())
    profile: Profile | None = None
    suite: Suite | None = None

    @property
    def state(self) -> DeliveryState:
        """Returned when the delivery is blocked or no row is good; otherwise in whole or in part."""
        if any(f.outcome is Outcome.BLOCK_DELIVERY for f in self.findings) or (self.rows and not self.good):
            return DeliveryState.RETURNED
        return DeliveryState.ACCEPTED_IN_PART if self.bad else DeliveryState.ACCEPTED


# A role of a base so named only bears out or contradicts its rows; nothing of it stands in the base.
WITNESS = "check_"


def is_witness(role: str) -> bool:
    """Whether a role of a base is only held against its rows, and no source of them."""
    return role.startswith(WITNESS)
