"""Who is in the demo: five operators, sixty tenants in every status, and what is said when somebody enters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from permissions.operators import Permission, Role
from permissions.policy import TenantStatus

S = TenantStatus


@dataclass(frozen=True)
class Operator:
    """One of the platform's staff; `short` is the first part of the address."""

    short: str
    name: str
    role: Role | None

    @property
    def email(self) -> str:
        """The address that they sign in with."""
        return f"{self.short}@actas.example"


@dataclass(frozen=True)
class Company:
    """A tenant, as it is once the story has come to today."""

    slug: str
    name: str
    plan: str
    region: str
    status: TenantStatus = S.ACTIVE

    @property
    def may_be_entered(self) -> bool:
        """Whether operators come and go, today."""
        return self.status in {S.ACTIVE, S.READ_ONLY}


OPERATORS: Final = (
    Operator("admin", "Ada Nwosu", Role.PLATFORM_ADMIN),
    Operator("support", "Jane Doe", Role.PLATFORM_SUPPORT),
    Operator("billing", "Bela Kiss", Role.PLATFORM_BILLING),
    Operator("readonly", "Rui Prado", Role.PLATFORM_READONLY),
    Operator("nobody", "Noor Haddad", None),
)

BROWSERS: Final = {
    "laptop": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "second browser": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/141.0.0.0 Safari/537.36",
}

WORKSPACE_MAY: Final = (
    Permission.TOKEN_EXCHANGE,
    Permission.GUARD_EVENTS,
    Permission.ACCESS_LOG_APPEND,
    Permission.TENANT_SIDE_READ,
    Permission.TENANT_SIDE_DECIDE,
)

TENANTS: Final = (
    Company("acme", "Acme GmbH", "Plus", "eu-central"),
    Company("birch", "Birch & Sons", "Team", "eu-west"),
    Company("cobalt", "Cobalt Robotics", "Enterprise", "us-east"),
    Company("delta-foods", "Delta Foods", "Team", "us-east"),
    Company("ember", "Ember Energy", "Plus", "eu-central"),
    Company("fjord", "Fjord Travel", "Team", "eu-north"),
    Company("granite", "Granite Legal", "Enterprise", "eu-west"),
    Company("harbor", "Harbor Health", "Enterprise", "us-west", S.READ_ONLY),
    Company("indigo", "Indigo Prints", "Starter", "eu-central", S.SUSPENDED),
    Company("juniper", "Juniper Labs", "Starter", "us-west", S.OFFBOARDING),
    Company("kestrel", "Kestrel Media", "Team", "eu-west", S.PROVISIONING),
    Company("lumen", "Lumen Schools", "Starter", "eu-north", S.OFFBOARDED),
    Company("amber-clinic", "Amber Clinic", "Enterprise", "eu-central"),
    Company("anvil", "Anvil Tools", "Starter", "us-east"),
    Company("arbor", "Arbor Homes", "Team", "us-west"),
    Company("atlas-freight", "Atlas Freight", "Enterprise", "eu-west"),
    Company("basil", "Basil Kitchens", "Starter", "eu-central"),
    Company("beacon", "Beacon Insurance", "Enterprise", "us-east"),
    Company("bluefin", "Bluefin Seafood", "Team", "eu-north"),
    Company("bramble", "Bramble Toys", "Starter", "eu-west"),
    Company("cedar", "Cedar Dental", "Plus", "us-west"),
    Company("cinder", "Cinder Coffee", "Starter", "us-east"),
    Company("clover", "Clover Farms", "Team", "eu-west"),
    Company("comet", "Comet Couriers", "Plus", "eu-central"),
    Company("coral", "Coral Swimwear", "Starter", "ap-south", S.OFFBOARDED),
    Company("dune", "Dune Outdoor", "Team", "us-west"),
    Company("echo", "Echo Audio", "Plus", "eu-north"),
    Company("elm-street", "Elm Street Books", "Starter", "us-east"),
    Company("falcon", "Falcon Aerospace", "Enterprise", "us-west"),
    Company("fern", "Fern Cosmetics", "Team", "eu-central"),
    Company("flint", "Flint Construction", "Plus", "eu-west"),
    Company("gale", "Gale Wind Power", "Enterprise", "eu-north"),
    Company("garnet", "Garnet Jewellers", "Starter", "ap-south"),
    Company("ginkgo", "Ginkgo Pharma", "Enterprise", "eu-central"),
    Company("heron", "Heron Shipping", "Plus", "ap-south"),
    Company("hollow-oak", "Hollow Oak Cider", "Starter", "eu-west"),
    Company("ibis", "Ibis Hotels Group", "Enterprise", "ap-south"),
    Company("jade", "Jade Interiors", "Team", "ap-south"),
    Company("kiln", "Kiln Ceramics", "Starter", "eu-central"),
    Company("lantern", "Lantern Theatre", "Team", "eu-north"),
    Company("larch", "Larch Timber", "Plus", "eu-north"),
    Company("linden", "Linden Optics", "Team", "eu-central"),
    Company("maple", "Maple Mobility", "Plus", "us-east"),
    Company("meridian", "Meridian Bank", "Enterprise", "eu-west"),
    Company("moss", "Moss Gardening", "Starter", "us-west"),
    Company("nimbus", "Nimbus Weather", "Team", "us-east"),
    Company("northwind", "Northwind Sails", "Starter", "eu-north", S.PROVISIONING),
    Company("onyx", "Onyx Security", "Enterprise", "us-west"),
    Company("opal", "Opal Skincare", "Team", "ap-south"),
    Company("orchid", "Orchid Events", "Plus", "eu-central"),
    Company("otter", "Otter Aquatics", "Starter", "us-west", S.OFFBOARDING),
    Company("pebble", "Pebble Payroll", "Plus", "eu-west"),
    Company("quartz", "Quartz Watches", "Team", "eu-central"),
    Company("quill", "Quill Press", "Starter", "eu-west"),
    Company("raven", "Raven Records", "Team", "us-east", S.SUSPENDED),
    Company("saffron", "Saffron Catering", "Plus", "ap-south"),
    Company("sequoia", "Sequoia Parks", "Enterprise", "us-west"),
    Company("slate", "Slate Architects", "Team", "eu-west", S.READ_ONLY),
    Company("thistle", "Thistle Distillery", "Plus", "eu-west"),
    Company("wren", "Wren Museums", "Team", "eu-north"),
)

PATHS_TO: Final = {
    S.PROVISIONING: (),
    S.ACTIVE: (S.ACTIVE,),
    S.READ_ONLY: (S.ACTIVE, S.READ_ONLY),
    S.SUSPENDED: (S.ACTIVE, S.SUSPENDED),
    S.OFFBOARDING: (S.ACTIVE, S.OFFBOARDING),
    S.OFFBOARDED: (S.ACTIVE, S.OFFBOARDING, S.OFFBOARDED),
}
STATUS_REASONS: Final = {
    S.ACTIVE: "Set up and handed over to the customer.",
    S.READ_ONLY: "The customer moves to another region: no writes until it is done.",
    S.SUSPENDED: "Three invoices unpaid after the grace period.",
    S.OFFBOARDING: "The customer cancelled: export window until the end of the month.",
    S.OFFBOARDED: "The export window is over and the data was handed out.",
}
PAID: Final = "All open invoices were paid this morning."

REASONS: Final = (
    "webhook 500s since this morning, checking the delivery log",
    "customer cannot find an archived thread, looking at filters",
    "invoice total differs from the dashboard, comparing both",
    "onboarding check before the go-live mail",
    "CSV import stuck at 80 %, looking for the bad row",
    "analytics chart is empty for two of their teams",
    "live verification of the new assignment rules",
    "reply from the shared inbox went to the wrong address",
    "duplicate conversations after their mail migration",
    "their admin asks why a teammate lost access to a case",
    "export finishes without attachments, repeating it once",
    "data sync shows yesterday's numbers, comparing timestamps",
)
REVOKED_BECAUSE: Final = (
    "This one is handled by the account team.",
    "The wrong tenant was entered by mistake.",
    "The incident is closed, nobody needs to be inside.",
)
CURIOUS: Final = "having a look at a question from sales"
TOO_SHORT: Final = "checking"

ROUTES: Final = (
    ("GET", "/", "/"),
    ("GET", "/conversations/7d0e5f1c", "/conversations/{id}"),
    ("GET", "/conversations/2b9a40c3", "/conversations/{id}"),
    ("GET", "/audit", "/audit"),
    ("GET", "/cases", "/cases"),
    ("GET", "/leads", "/leads"),
    ("GET", "/analytics", "/analytics"),
    ("POST", "/conversations/7d0e5f1c/replies", "/conversations/{id}/replies"),
)
