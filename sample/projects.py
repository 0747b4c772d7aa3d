"""Projects of the sample city's departments, by which their resources come."""

from __future__ import annotations

from dataclasses import dataclass

from sample.contract import Department, resources_of


@dataclass(frozen=True)
class Project:
    """A project with its one system; resources by slug.

    state: `在建` projects await acceptance. statement: what a project without data files instead of a catalog.
    """

    code: str
    department: str
    name: str
    kind: str
    system: str
    resources: tuple[str, ...]
    state: str = "在建"
    statement: str = ""


PROJECTS = (
    Project("P2026-001", "market_regulation", "企业登记全程电子化项目", "软件开发", "企业登记业务系统",
            ("market_regulation_enterprise", "market_regulation_individual", "market_regulation_shareholder",
             "market_regulation_change")),
    Project("P2026-002", "transport", "道路运输政务服务项目", "软件开发", "道路运输管理系统", ("transport_operation_licence",)),
    Project("P2026-003", "health", "医疗机构监管项目", "系统集成", "医疗机构管理系统", ("health_medical_institution",)),
    Project("P2026-004", "digital_government", "政务云机房设备更新项目", "硬件", "", (), "已建成",
            "本项目仅更新机房设备，不产生政务数据资源（签字人：陈建国，2026-03-31）"),
)  # fmt: skip


def projects_of(one: Department) -> list[Project]:
    """The named projects of a department, and one built project for its other resources."""
    named = [p for p in PROJECTS if p.department == one.slug]
    taken = {slug for p in named for slug in p.resources}
    rest = tuple(r.slug for r in resources_of(one.slug) if r.slug not in taken)
    if rest:
        title = one.name.removeprefix("市")
        named.append(
            Project(
                f"P2024-{one.number:03}",
                one.slug,
                f"{title}业务信息化项目",
                "软件开发",
                f"{title}业务管理系统",
                rest,
                "已建成",
            )
        )
    return named


def system_code(project: Project) -> str:
    return project.code.replace("P", "S", 1) + "-01" if project.system else ""
