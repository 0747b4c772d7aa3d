"""The register's tables, one module per noun; `Model.metadata` is what the migrations build."""

from catalog.models.acceptance import AcceptanceReport
from catalog.models.base import Model, Revision, UtcDateTime, new_id
from catalog.models.deliveries import Delivery, FindingRow, WrongRows
from catalog.models.demands import Demand, DemandEvent
from catalog.models.forms import SentForm
from catalog.models.identities import IdentityDecision, LinkageDecision
from catalog.models.life import CatalogRevision, CatalogUpload, CodeSerial, LifeStep, Notice, Spill, SpillPart
from catalog.models.organisation import ApiClient, ClientSecret, Department, DepartmentName, DepartmentSuccession
from catalog.models.people import AdminAct, Official, OfficialState, Post, SignIn, SignInOutcome, WebSession
from catalog.models.projects import CalendarDay, Project, RuleRow, System
from catalog.models.quality import (
    AcceptedException,
    Correction,
    CorrectionStep,
    OrderExplanation,
    QualityOrder,
    QualityOrderStep,
)
from catalog.models.releases import CityRelease, Publication, Release, Suppression
from catalog.models.resources import AttributeAuthority, BaseInput, CodeListEntry, DataItem, Resource, ResourceVersion
from catalog.models.rules import AddedRule, DeliveryProfile, RuleTrial
from catalog.models.search import SearchEntry, SearchStamp
from catalog.models.sharing import (
    Decision,
    Extract,
    Grant,
    GrantVersion,
    RefusalReason,
    RequestAnswer,
    RequestExtension,
    SharingRequest,
)
from catalog.models.sources import BaseLead, ItemSource, SourceConflict

__all__ = [
    "AcceptanceReport",
    "AcceptedException",
    "AddedRule",
    "AdminAct",
    "ApiClient",
    "AttributeAuthority",
    "BaseInput",
    "BaseLead",
    "CalendarDay",
    "CatalogRevision",
    "CatalogUpload",
    "CityRelease",
    "ClientSecret",
    "CodeListEntry",
    "CodeSerial",
    "Correction",
    "CorrectionStep",
    "DataItem",
    "Decision",
    "Delivery",
    "DeliveryProfile",
    "Demand",
    "DemandEvent",
    "Department",
    "DepartmentName",
    "DepartmentSuccession",
    "Extract",
    "FindingRow",
    "Grant",
    "GrantVersion",
    "IdentityDecision",
    "ItemSource",
    "LifeStep",
    "LinkageDecision",
    "Model",
    "Notice",
    "Official",
    "OfficialState",
    "OrderExplanation",
    "Post",
    "Project",
    "Publication",
    "QualityOrder",
    "QualityOrderStep",
    "RefusalReason",
    "Release",
    "RequestAnswer",
    "RequestExtension",
    "Resource",
    "ResourceVersion",
    "Revision",
    "RuleRow",
    "RuleTrial",
    "SearchEntry",
    "SearchStamp",
    "SentForm",
    "SharingRequest",
    "SignIn",
    "SignInOutcome",
    "SourceConflict",
    "Spill",
    "SpillPart",
    "Suppression",
    "System",
    "UtcDateTime",
    "WebSession",
    "WrongRows",
    "new_id",
]
