"""Pages on paper: as many sheets as there is to read, all of it, nothing of the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.pages import pdf
from tests.pages.conftest import Portal
from tests.pages.test_browser import chromium, enter

__all__ = ["chromium"]

# path -> (login, most sheets, words in Chinese, words in English); without blanks, and without words that a font
# may spell with a radical
PRINTS = {
    "/": ("steward", 2, ("今日待办", "六大基础资源库", "打印于"), ("Whatneedsyoutoday", "Sixbases", "Printedat")),
    "/catalog/police_population": (
        "steward",
        3,
        ("信息项", "household_relation_code", "批量文件", "打印于"),
        ("Dataitems", "household_relation_code", "Bulkfile", "Printedat"),
    ),
    "/projects/{project}/reports/{report}": (
        "officer",
        2,
        ("验收条件核验报告", "SHA-256", "签字", "打印于"),
        ("Reportontheconditionsofacceptance", "article10,article24", "signature", "Printedat"),
    ),
    "/quality": ("steward", 2, ("数据质量", "99.", "打印于"), ("Quality", "Consistent", "Printedat")),
    "/scorecards": (
        "steward",
        3,
        ("质量评分表", "本月合格率", "报送及时率", "整改天数中位数", "逾期未销号", "打印于"),
        ("Scorecards", "On-timerate", "Mediantomend", "Overdueorders", "Printedat"),
    ),
    "/scorecards/police": (
        "steward",
        6,
        ("合格率走势", "各月各维度", "规范性", "逾期未销号", "打印于"),
        ("Shareofrightrowsbymonth", "Monthsanddimensions", "Overdueorders", "Printedat"),
    ),
    "/quality/police": (
        "steward",
        5,
        ("待改正问题", "号码的校验码不正确", "打印于"),
        ("Thecheckdigitiswrong", "Printedat"),
    ),
    "/requests/{request}": ("steward", 2, ("缴存人身份核验", "id_number", "打印于"), ("Itemsaskedfor", "Printedat")),
    "/grants/{grant}": ("steward", 4, ("共享授权", "使用方式", "打印于"), ("Until", "Printedat")),
    "/projects/{project}": ("officer", 2, ("核验报告", "打印于"), ("Reports", "Printedat")),
    "/bases/natural_person": (
        "steward",
        7,
        ("平城区", "数据来源", "打印于"),
        ("PingchengDistrict", "Sources", "Printedat"),
    ),
    "/economy": ("steward", 16, ("各县区对比", "打印于"), ("Countiescompared", "Printedat")),
    "/whole": ("consumer", 2, ("存证", "打印于"), ("receipt", "Printedat")),
}


@pytest.mark.parametrize("path", PRINTS)
def test_a_page_prints_whole_on_few_sheets_in_both_languages(
    chromium: Browser, address: str, portal: Portal, path: str
) -> None:
    login, most, *said = PRINTS[path]
    page = enter(chromium, address, login)
    for lang, words in zip(("zh", "en"), said, strict=True):
        page.goto(f"{address}{portal.path(path)}?lang={lang}")
        sheets = pdf.texts(page.pdf(prefer_css_page_size=True))
        assert 1 <= len(sheets) <= most
        assert all(len(sheet) > 60 for sheet in sheets)
        assert [word for word in words if word not in "".join(sheets)] == []
        assert [word for word in ("Signout", "ExporttoExcel", "导出Excel") if word in "".join(sheets)] == []
    page.context.close()
