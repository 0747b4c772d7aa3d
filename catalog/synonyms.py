"""What other catalogs and products call the fields and values of the national guide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from catalog.field_help import FIELDS

_ASIDE = re.compile(r"[(（\[【].*?[)）\]】]")
_NOISE = re.compile(r"[\s*＊※:：_\-/、.。]+|^\d+[.、]")

HEADINGS: dict[str, str] = {
    "类": "资源类别 信息资源类别 一级分类 分类类 资源分类类 目录类别 信息资源分类类",
    "项": "二级分类 分类项 资源分类项 信息资源分类项",
    "目": "三级分类 分类目 资源分类目 信息资源分类目",
    "细目": "四级分类 分类细目 资源分类细目 信息资源分类细目",
    "信息资源名称": "资源名称 目录名称 数据资源名称 数据目录名称 政务数据目录名称 政务信息资源名称 信息资源目录名称 数据集名称 目录标题",
    "信息资源代码": "资源代码 资源编码 目录代码 目录编码 信息资源编码 数据资源代码 资源编号 目录编号 信息资源标识符",
    "信息资源提供方": "资源提供方 提供方 提供单位 提供部门 数据提供方 来源部门 责任部门 数源单位 数源部门 所属部门 信息资源提供方名称",
    "信息资源提供方代码": "提供方代码 资源提供方代码 提供单位代码 提供部门代码 提供方统一社会信用代码 提供方编码",
    "信息资源摘要": "资源摘要 摘要 资源描述 目录摘要 目录描述 数据资源摘要 描述 简介 内容摘要 资源简介",
    "信息资源格式分类": "格式分类 资源格式分类 资源格式 信息资源格式 数据格式 资源形态 格式",
    "信息资源格式类型": "格式类型 资源格式类型 资源类型 数据库类型 存储类型",
    "其他类型资源格式描述": "格式描述 其他格式描述 其他资源格式描述",
    "共享类型": "共享属性 资源共享类型 共享属性共享类型 共享级别 共享属性类型",
    "共享条件": "资源共享条件 共享条件描述 共享属性共享条件 共享依据 共享条件说明 不予共享依据",
    "共享方式分类": "共享方式大类 共享途径 共享属性共享方式分类",
    "共享方式类型": "共享方式 资源共享方式 提供方式 共享属性共享方式 共享属性共享方式类型 服务方式 对接方式",
    "是否向社会开放": "是否开放 开放属性 是否社会开放 开放类型 社会开放 开放属性是否向社会开放 是否对外开放",
    "开放条件": "资源开放条件 开放属性开放条件 开放条件描述",
    "更新周期": "更新频率 更新频度 数据更新周期 资源更新周期 更新频次 更新方式周期",
    "发布日期": "目录发布日期 资源发布日期 发布时间 首次发布日期",
    "关联资源代码": "关联信息资源代码 关联资源 关联目录 关联目录代码 关联及类目名称",
    "履行职责": "职责 职责名称 部门职责 权责事项 职能",
    "业务事项": "业务名称 业务 事项名称 业务活动 政务服务事项",
    "数据存储总量（GB）": "数据存储总量 存储总量 数据总量 数据量 存储量",
    "结构化信息记录总数（万条）": "结构化信息记录总数 结构化记录总数 记录总数 记录数 数据条数",
    "已共享的数据存储量（GB）": "已共享的数据存储量 已共享数据存储量 已共享存储量",
    "已共享的结构化记录数（万条）": "已共享的结构化记录数 已共享结构化记录数 已共享记录数 已共享的结构化信息记录数",
    "已开放的数据存储量（GB）": "已开放的数据存储量 已开放数据存储量 已开放存储量",
    "已开放的结构化记录数（万条）": "已开放的结构化记录数 已开放结构化记录数 已开放记录数 已开放的结构化信息记录数",
    "资源标识": "资源英文名 资源英文名称 表英文名 英文表名 表名 库表名 数据表名 目录英文名",
    "报送方式": "更新方式 数据更新方式 归集方式 汇聚方式 上报方式",
    "前置库表": "前置机库表 前置库表名 推送表名",
    "报送期限": "报送时限 更新时限",
    "所属系统编码": "系统编码 所属信息系统编码 来源系统编码",
    "保密审查人": "保密审查 保密审核人 保密审查责任人",
    "保密审查日期": "保密审查时间 保密审核日期",
    "信息项名称": "信息项 数据项名称 数据项 字段中文名 字段中文名称 字段名称 中文字段名 字段描述 信息项中文名 信息项中文名称 中文名称 指标项名称 数据元名称",
    "信息项英文名称": "英文名称",
    "数据类型": "类型 字段类型 信息项类型 信息项数据类型 数据项类型 数据类型及长度 字段数据类型",
    "数据长度": "长度 字段长度 数据项长度 信息项长度 信息项数据长度 最大长度",
    "信息项标识": "字段英文名 字段英文名称 英文字段名 字段代码 字段标识 字段名 数据项标识 信息项英文名 英文名 数据项英文名称 列名",
    "是否主键": "主键 是否为主键 是否唯一标识 主键标识",
    "是否必填": "必填 是否非空 非空 是否必选 必填项 约束",
    "标识类型": "标识符类型",
    "代码表": "数据字典 字典 值域 代码集 引用代码 取值范围代码 标准代码",
    "格式规则": "正则表达式 校验规则 正则",
    "计量单位": "单位 数据单位",
    "敏感级别": "敏感等级 数据分级 数据级别 安全级别 敏感程度 数据安全级别",
    "信息项共享类型": "字段共享类型 数据项共享类型 字段共享属性",
    "信息项共享条件": "字段共享条件 数据项共享条件",
    "信息项是否开放": "字段是否开放 数据项是否开放 字段开放属性",
    "信息项开放条件": "字段开放条件 数据项开放条件",
    "信息主体": "是否信息主体",
    "可查询": "是否可查询 是否查询条件 查询条件 是否检索项",
}  # fmt: skip

_CYCLES = {
    "实时": "实时更新 实时数据 即时", "每日": "日 天 每天 按日 按天 日更新 逐日 1天", "每周": "周 按周 周更新 1周",
    "每月": "月 按月 月度 月更新 1个月 每个月", "每季度": "季 季度 按季 按季度 每季 季更新", "每半年": "半年 按半年 半年度 6个月",
    "每年": "年 年度 按年 年更新 每年度 1年", "不定期": "其他 其它 不定时 按需 不固定 适时更新 不定期更新",
}  # fmt: skip
_FLAGS = {
    "是": "y yes true 1 √ ✓ ✔ 有 对 开放 必填 非空 主键 向社会开放 可以 pk m",
    "否": "n no false 0 × x ✗ ✘ 无 不 不开放 非必填 可空 非主键 不向社会开放 不可以 o",
}
_TYPES = {
    "字符型C": "c char varchar varchar2 nvarchar nvarchar2 nchar string str 字符 字符型 字符串 字符串型 文本 文本型",
    "数值型N": "n number numeric decimal 数值 数值型 数字 数字型", "货币型Y": "y money currency 货币 货币型 金额",
    "日期型D": "d date 日期 日期型", "日期时间型T": "t datetime timestamp 日期时间 日期时间型 时间 时间戳 datetime2",
    "逻辑型L": "l bool boolean bit 逻辑 逻辑型 布尔 布尔型", "备注型M": "m text clob longtext 备注 备注型 长文本 大文本",
    "通用型G": "g blob geometry 通用 通用型 二进制", "双精度型B": "b double 双精度 双精度型",
    "整型I": "i int integer bigint smallint tinyint long 整型 整数 整数型 长整型", "浮点型F": "f float real 浮点 浮点型",
}  # fmt: skip
_SHARING = {
    "无条件共享": "无条件 无条件共享类 01 1 普遍共享", "有条件共享": "有条件 有条件共享类 02 2 条件共享 授权共享",
    "不予共享": "不共享 不予共享类 不予 03 3 暂不共享 非共享",
}  # fmt: skip
VALUES: dict[str, dict[str, str]] = {
    "类": {"基础信息资源": "基础 基础类 基础信息资源类 基础信息资源目录 1", "主题信息资源": "主题 主题类 主题信息资源类 2",
           "部门信息资源": "部门 部门类 部门信息资源类 部门信息资源目录 3"},
    "信息资源格式分类": {"电子文件": "文件 文档 文档类 电子文档", "电子表格": "表格 excel 表格类 电子表格类",
                 "数据库": "库表 数据库类 结构化 结构化数据 数据库表 关系型数据库", "图形图像": "图片 图像 图形图像类 图形",
                 "流媒体": "视频 音频 音视频 流媒体类", "自描述格式": "自描述 其他 其它 自描述格式类"},
    "共享类型": _SHARING, "信息项共享类型": _SHARING,
    "共享方式分类": {"共享平台": "共享平台方式 平台 共享交换平台 01 1", "邮件、拷盘、介质交换": "邮件 拷盘 介质交换 邮件拷盘介质交换 线下 02 2"},
    "共享方式类型": {"接口": "api 服务接口 接口方式 接口服务 webservice 数据接口", "数据库": "库表 库表交换 库表方式 数据库方式 库表推送 数据库表",
               "文件": "文件下载 文件方式 文件交换 文件类", "邮件拷盘介质交换": "邮件 拷盘 介质交换 线下"},
    "更新周期": _CYCLES,
    "数据类型": _TYPES,
    "敏感级别": {"公开": "公开级 一级 1级", "内部": "内部级 一般", "个人信息": "个人 一般个人信息", "敏感个人信息": "敏感 个人敏感信息 敏感信息"},
    "报送方式": {"全量": "全量更新 全量覆盖 覆盖", "增量": "增量更新 追加 新增"},
    "标识类型": {"公民身份号码": "身份证号 身份证号码 居民身份证号码 公民身份证号", "统一社会信用代码": "信用代码 社会信用代码",
             "电子证照标识": "证照标识"},
}  # fmt: skip


def folded(text: str) -> str:
    """A heading or value as it is compared: half-width, lower case, without blanks, marks and numbering."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


def _index() -> dict[str, str]:
    found = {folded(field.heading): field.heading for field in FIELDS}
    for heading, names in HEADINGS.items():
        for name in names.split():
            found.setdefault(folded(name), heading)
    return found


def _value_index() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for field in FIELDS:
        table = VALUES.get(field.heading) or (_FLAGS if field.choices == ("是", "否") else {})
        if field.choices:
            found[field.heading] = {folded(choice): choice for choice in field.choices} | {
                folded(name): choice for choice, names in table.items() for name in names.split()
            }
    return found


_BY_NAME: Mapping[str, str] = _index()
_BY_VALUE: Mapping[str, Mapping[str, str]] = _value_index()


def heading_of(text: str) -> str:
    """The field that a heading means, "" when it is none."""
    if not text.strip():
        return ""
    return _BY_NAME.get(folded(text)) or _BY_NAME.get(folded(_ASIDE.sub("", text))) or ""


def value_of(heading: str, text: str) -> str:
    """The term of a closed field that a value means, "" when it means none or the field is open."""
    return _BY_VALUE.get(heading, {}).get(folded(text), "")


def closed_headings() -> tuple[str, ...]:
    """The fields that take one of several terms, flags apart: by these a column is known by its content."""
    return tuple(heading for heading in _BY_VALUE if heading in VALUES)
