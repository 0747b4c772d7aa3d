"""A register of many resources and departments, for benchmarks of search and of the home page."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from catalog import departments, registration
from catalog.models import BaseInput, DataItem, Department, Model, Publication, Release, Resource
from catalog.register import transaction
from catalog.vocab import (
    Base,
    DataType,
    DeliveryMode,
    FormatClass,
    ResourceState,
    Sensitivity,
    ShareMethod,
    ShareType,
    UpdateCycle,
)

PLACES = ["全市", "平城区", "云冈区", "新荣区", "云州区", "阳高县", "天镇县", "广灵县", "灵丘县", "浑源县", "左云县"]
THINGS = [
    "人口",
    "户籍",
    "居住证",
    "出生",
    "死亡",
    "婚姻",
    "收养",
    "法人",
    "企业",
    "个体工商户",
    "社会组织",
    "营业执照",
    "许可证",
    "资质证书",
    "行政许可",
    "行政处罚",
    "行政强制",
    "信用",
    "失信",
    "黑名单",
    "低保",
    "特困",
    "临时救助",
    "残疾",
    "养老",
    "孤儿",
    "殡葬",
    "社保",
    "医保",
    "公积金",
    "就业",
    "失业",
    "工伤",
    "退休",
    "职称",
    "学籍",
    "学校",
    "教师",
    "学位",
    "医院",
    "医师",
    "护士",
    "疫苗",
    "传染病",
    "食品",
    "药品",
    "化妆品",
    "特种设备",
    "计量",
    "商标",
    "专利",
    "税务",
    "发票",
    "房屋",
    "不动产",
    "土地",
    "规划",
    "施工",
    "招标",
    "监理",
    "燃气",
    "供水",
    "供热",
    "排水",
    "垃圾",
    "绿化",
    "道路",
    "桥梁",
    "公交",
    "出租车",
    "驾驶证",
    "机动车",
    "停车",
    "客运",
    "货运",
    "环境",
    "水质",
    "空气",
    "噪声",
    "排污",
    "固废",
    "森林",
    "草原",
    "湿地",
    "河长",
    "水库",
    "地震",
    "气象",
    "消防",
    "应急",
    "煤矿",
    "危化品",
    "农药",
    "种子",
    "兽医",
    "补贴",
    "合作社",
    "旅游",
    "文物",
    "图书",
    "体育",
    "广播",
    "档案",
    "律师",
    "公证",
    "仲裁",
    "信访",
    "志愿者",
    "退役军人",
    "宗教",
    "民族",
    "电力",
    "能源",
    "工业",
    "统计",
    "价格",
    "预算",
    "采购",
]
SORTS = [
    "基本信息",
    "登记信息",
    "明细",
    "名录",
    "统计表",
    "年报",
    "审批结果",
    "办理记录",
    "监测数据",
    "备案信息",
    "变更记录",
    "发放记录",
    "检查结果",
]
TITLES = [
    "姓名",
    "性别",
    "公民身份号码",
    "出生日期",
    "住址",
    "联系电话",
    "统一社会信用代码",
    "单位名称",
    "登记日期",
    "有效期至",
    "状态",
    "金额",
    "行政区划代码",
    "经办机构",
    "证件编号",
    "类别",
    "等级",
    "数量",
    "面积",
    "备注",
    "经度",
    "纬度",
    "法定代表人",
    "批准文号",
    "发证机关",
    "项目名称",
    "项目编号",
    "申请人",
    "受理日期",
]
# a few resources are on their way
_STATES = {7: ResourceState.SUBMITTED, 8: ResourceState.RETURNED}
_BATCH = 5000


def fill(engine: Engine, resources: int, providers: int, seed: int = 1) -> None:
    """So many departments and published resources, a third of them with data; the index is still to be built."""
    chance = random.Random(seed)
    with transaction(engine) as db:
        registration.enter_reference_data(db)
        ids = [_department(db, number).id for number in range(providers)]
    numbers = iter(range(resources))
    while some := [n for _, n in zip(range(_BATCH), numbers, strict=False)]:
        with engine.begin() as connection:
            for kind, rows in _rows(chance, some, ids).items():
                connection.execute(insert(kind), rows)


def _department(db: Session, number: int) -> Department:
    name = f"{PLACES[number % len(PLACES)]}{THINGS[number % len(THINGS)]}管理局第{number}科"
    facts: dict[str, Any] = {"credit_code": f"11140200MA{number:07d}M"[:18], "division_code": "140200"}
    return departments.enter(db, f"d{number:05d}", name=name, is_authority=not number, on=date(2020, 1, 1), **facts)


def _rows(chance: random.Random, numbers: list[int], providers: list[str]) -> dict[type[Model], list[dict[str, Any]]]:
    found: dict[type[Model], list[dict[str, Any]]] = {
        kind: [] for kind in (Resource, DataItem, BaseInput, Release, Publication)
    }
    for number in numbers:
        _add(found, chance, number, providers)
    return found


def _add(found: dict[type[Model], list[dict[str, Any]]], chance: random.Random, n: int, providers: list[str]) -> None:
    key, slug, thing = f"{n:020d}", f"r{n:06d}", chance.choice(THINGS)
    found[Resource].append(_resource(chance, key, slug, thing, n, chance.choice(providers)))
    found[DataItem] += [_item(key, place, title) for place, title in enumerate(_titles(chance))]
    if n % 20 == 0:
        base = chance.choice(list(Base)).value
        found[BaseInput].append({"base": base, "role": "bench", "resource_id": key, "rank": 1})
    if n % 3 == 0:
        at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=n)
        facts = {"identity": "0" * 64, "manifest_digest": "0" * 64, "tables": {slug: n}, "built_from": []}
        share = chance.choice([1.0, 0.995, 0.95, 0.8])
        found[Release].append({"unit": slug, "release_id": "r1", "share_passed": share, "created_at": at, **facts})
        facts = {"action": "publish", "by": "bench", "reason": ""}
        found[Publication].append({"unit": slug, "release_id": "r1", "at": at, **facts})


def _titles(chance: random.Random) -> Iterator[str]:
    yield from dict.fromkeys(
        [*chance.sample(TITLES, 4), *(chance.choice(THINGS) + chance.choice(TITLES) for _ in range(5))]
    )


def _resource(chance: random.Random, key: str, slug: str, thing: str, n: int, provider: str) -> dict[str, Any]:
    place, other = chance.choice(PLACES), chance.choice(THINGS)
    share = chance.choice(list(ShareType))
    return {
        "id": key,
        "slug": slug,
        "code": f"302001/{n:06d}",
        "class_digit": "3",
        "class_item": "02",
        "category": "001",
        "name": f"{place}{thing}{chance.choice(THINGS)}{chance.choice(SORTS)}",
        "provider_id": provider,
        "abstract": f"记录{place}范围内{thing}与{other}的{chance.choice(SORTS)}，由主管部门按周期更新，供{other}业务核验使用。",
        "format_class": chance.choice(list(FormatClass)),
        "format_type": "mysql",
        "share_type": share,
        "share_condition": "" if share is ShareType.UNCONDITIONAL else "依职责",
        "share_method": ShareMethod.API,
        "update_cycle": chance.choice(list(UpdateCycle)),
        "state": _STATES.get(n % 500, ResourceState.PUBLISHED),
        "delivery_mode": DeliveryMode.SNAPSHOT,
        "lead_days": 3,
        "unit": slug,
        "table_name": slug,
    }


def _item(resource: str, place: int, title: str) -> dict[str, Any]:
    return {
        "resource_id": resource,
        "position": place,
        "name": f"i{place}",
        "title": title,
        "data_type": DataType.TEXT,
        "stored_type": "VARCHAR",
        "is_key": not place,
        "sensitivity": Sensitivity.INTERNAL,
        "share_type": ShareType.CONDITIONAL,
    }
