"""The register's tables, one module per noun; `Model.metadata` is what the migrations build."""

from catalog.models.acceptance import AcceptanceReport
from catalog.models.base import Model, Revision, UtcDateTime, new_id
from catalog.models.deliveries import Delivery, FindingRow
from catalog.models.organisation import ApiClient, ClientSecret, Department, DepartmentName, DepartmentSuccession
from catalog.models.projects import CalendarDay, Project, RuleRow, System
from catalog.models.releases import CityRelease, Publication, Release, Suppression
from catalog.models.resources import AttributeAuthority, BaseInput, CodeListEntry, DataItem, Resource, ResourceVersion
from catalog.models.search import SearchEntry, SearchStamp
from catalog.models.sharing import Decision, Extract, Grant, GrantVersion, SharingRequest

__all__ = [
    "AcceptanceReport",
    "ApiClient",
    "AttributeAuthority",
    "BaseInput",
    "CalendarDay",
    "CityRelease",
    "ClientSecret",
    "CodeListEntry",
    "DataItem",
    "Decision",
    "Delivery",
    "Department",
    "DepartmentName",
    "DepartmentSuccession",
    "Extract",
    "FindingRow",
    "Grant",
    "GrantVersion",
    "Model",
    "Project",
    "Publication",
    "Release",
    "Resource",
    "ResourceVersion",
    "Revision",
    "RuleRow",
    "SearchEntry",
    "SearchStamp",
    "SharingRequest",
    "Suppression",
    "System",
    "UtcDateTime",
    "new_id",
]
