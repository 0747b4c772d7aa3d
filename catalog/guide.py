"""What the national guide (发改高技〔2017〕1272号) fixes beside the enumerations of `catalog.vocab`."""

from __future__ import annotations

from catalog.vocab import FormatClass, ShareChannel, ShareMethod

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
_FILES = (FormatClass.DOCUMENT, FormatClass.SPREADSHEET, FormatClass.IMAGE)
_ANY = (FormatClass.STREAM, FormatClass.SELF_DESCRIBING)
# 共享方式: what a format may be shared by, over the platform or handed over on a medium
METHODS: dict[tuple[FormatClass, ShareChannel], tuple[ShareMethod, ...]] = {
    **{(each, ShareChannel.PLATFORM): (ShareMethod.FILE,) for each in _FILES},
    **{(each, ShareChannel.PLATFORM): (ShareMethod.API, ShareMethod.TABLE, ShareMethod.FILE) for each in _ANY},
    **{(each, ShareChannel.MEDIUM): (ShareMethod.FILE, ShareMethod.MEDIUM) for each in (*_FILES, *_ANY)},
    (FormatClass.DATABASE, ShareChannel.PLATFORM): (ShareMethod.API, ShareMethod.TABLE),
    (FormatClass.DATABASE, ShareChannel.MEDIUM): (),
}
# 分类码: 项 of two digits, 目 of three, 细目 of as many as it takes
CODE_PARTS = (("项", "class_item", r"\d{2}"), ("目", "category", r"\d{3}"), ("细目", "sub_category", r"\d{0,12}"))

# the state of a project (建设状态) whose resources are planned: catalog yes, deliveries not yet
NOT_YET_BUILT = "拟建"
PROJECT_KINDS = ("软件开发", "系统集成", "硬件", "网络", "运维")
PROJECT_STATES = (NOT_YET_BUILT, "在建", "已建成")
