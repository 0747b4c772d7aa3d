"""The one set of settings, prefix SIXBASE_, read by the doors and handed to rooms as arguments."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, IPvAnyNetwork
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an installation may set; every default works on one machine without a network."""

    model_config = SettingsConfigDict(env_prefix="SIXBASE_", extra="ignore")

    home: Path = Path("var")
    register_url: str = Field("", description="empty: SQLite in the home; or postgresql+psycopg://...")
    timezone: str = "Asia/Shanghai"
    division_code: str = Field("140200", description="the city's own division code")
    authority_slug: str = Field("digital_government", description="department that is the authority")
    frontend_urls: dict[str, str] = Field(
        {}, description="department slug: PostgreSQL address of its front-end database"
    )
    dagster_url: str = Field("http://127.0.0.1:3000", description="Dagster's web server, loopback only")
    duckdb_threads: int = 2
    duckdb_memory: str = "4GB"
    min_free_mb: int = Field(500, description="a build does not start with less free disk")
    lease_minutes: int = Field(30, description="how long a run may hold a delivery before another takes it")
    token_minutes: int = 30
    session_idle_minutes: int = Field(30, description="a browser that does nothing for so long is signed out")
    session_hours: int = Field(12, description="a browser is signed out after so long, whatever it does")
    public_url: str = Field("", description="how browsers reach the exchange, as https://data.example.gov.cn")
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        (), description="addresses or networks of proxies whose X-Forwarded-For is believed; of others it never is"
    )
    oidc_issuer: str = Field("", description="the city's OpenID Connect provider; empty: passwords alone")
    oidc_client_id: str = ""
    oidc_client_secret: str = Field("", repr=False)
    oidc_login_claim: str = Field("preferred_username", description="the claim that holds an official's login here")
    max_upload_mb: int = 4096
    delivery_reviewer_required: bool = Field(
        False, description="a delivery by the interface must name who reviewed it for secrets"
    )
    workers: int = 2
    keep_daily: int = Field(7, description="releases of the newest days kept by prune")
    keep_month_ends: int = 12
    base_leads: dict[str, str] = Field(
        {
            "natural_person": "police",
            "legal_entity": "market_regulation",
            "geospatial": "natural_resources",
            "license": "approval",
            "credit": "development_reform",
            "macro_economy": "statistics",
        },
        description="base: department that leads it, entered for a base that never had a lead",
    )
    death_notices: tuple[str, ...] = Field(
        ("civil_affairs", "human_resources", "medical_insurance", "housing_fund"),
        description="departments told of deaths the same day, entered as dated rules where there are none",
    )
    demo_days: int = Field(365, description="how long a grant made by the demo runs, from the real now")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def database_url(self) -> str:
        """Where the register is: the setting, or a SQLite file in the home."""
        return self.register_url or f"sqlite:///{self.home.absolute() / 'register.sqlite'}"
