"""The register's tables, one module per noun; `Model.metadata` is what the migrations build."""

from catalog.models.acceptance import AcceptanceReport
from catalog.models.base import Model, Revision, UtcDateTime, new_id
from catalog.models.deliveries import Delivery, FindingRow
from catalog.models.organisation import ApiClient, ClientSecret, Department, DepartmentName, DepartmentSuccession
from catalog.models.people import AdminAct, Official, OfficialState, Post, SignIn, SignInOutcome, WebSession
from catalog.models.projects import CalendarDay, Project, RuleRow, System
from catalog.models.releases import CityRelease, Publication, Release, Suppression
from catalog.models.resources import AttributeAuthority, BaseInput, CodeListEntry, DataItem, Resource, ResourceVersion
from catalog.models.sharing import Decision, Extract, Grant, GrantVersion, SharingRequest

__all__ = [
    "AcceptanceReport",
    "AdminAct",
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
    "Official",
    "OfficialState",
    "Post",
    "Project",
    "Publication",
    "Release",
    "Resource",
    "ResourceVersion",
    "Revision",
    "RuleRow",
    "SharingRequest",
    "SignIn",
    "SignInOutcome",
    "Suppression",
    "System",
    "UtcDateTime",
    "WebSession",
    "new_id",
]
