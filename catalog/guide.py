"""What the national guide (发改高技〔2017〕1272号) fixes beside the enumerations of `catalog.vocab`."""

from __future__ import annotations

from catalog.vocab import FormatClass, ShareMethod

CLASS_DIGITS = {"基础信息资源": "1", "主题信息资源": "2", "部门信息资源": "3"}
CLASS_LABELS = {digit: label for label, digit in CLASS_DIGITS.items()}

# 基础信息资源: the guide's five items in its order; macro-economy is the city's own extension
BASE_ITEMS = {
    "natural_person": "01",
    "legal_entity": "02",
    "geospatial": "03",
    "credit": "04",
    "license": "05",
    "macro_economy": "06",
}

FORMAT_TYPES: dict[FormatClass, tuple[str, ...]] = {
    FormatClass.DOCUMENT: ("ofd", "wps", "xml", "txt", "doc", "docx", "html", "pdf", "ppt", "pptx"),
    FormatClass.SPREADSHEET: ("et", "xls", "xlsx"),
    FormatClass.DATABASE: (
        "dm", "kingbasees", "access", "dbf", "dbase", "sybase", "oracle", "sqlserver", "db2", "mysql", "postgresql",
        "sqlite", "gaussdb", "oceanbase", "duckdb",
    ),
    FormatClass.IMAGE: ("jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff"),
    FormatClass.STREAM: ("swf", "rm", "mpg", "mp4", "mp3", "rtsp"),
    FormatClass.SELF_DESCRIBING: ("csv", "json", "jsonl", "geojson", "parquet"),
}  # fmt: skip
FILE_FORMATS = frozenset({FormatClass.DOCUMENT, FormatClass.SPREADSHEET, FormatClass.IMAGE})
DATABASE_METHODS = (ShareMethod.API, ShareMethod.TABLE)

# the state of a project (建设状态) whose resources are planned: catalog yes, deliveries not yet
NOT_YET_BUILT = "拟建"
PROJECT_KINDS = ("软件开发", "系统集成", "硬件", "网络", "运维")
PROJECT_STATES = (NOT_YET_BUILT, "在建", "已建成")
