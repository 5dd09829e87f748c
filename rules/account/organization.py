"""How the account is governed, and what its bill is told apart by.

Policies of the organization and cost allocation tags answer to the management account only: in a member account these
checks do not apply, and the management account's own review has them.
"""

from pillarwatch import (
    ACCOUNT,
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
    none_of,
)
from rules.shared.organization import ALONE, MANAGEMENT, MEMBER, in_member_account

ALLOCATION_TAGS = "configuration.ce.ListCostAllocationTags.CostAllocationTags"
CATEGORIES = "configuration.ce.ListCostCategoryDefinitions.CostCategoryReferences"
IDENTITY_CENTER = "configuration.sso-admin.ListInstances.Instances"
SAML = "configuration.iam.ListSAMLProviders.SAMLProviderList"
POLICIES = "configuration.organizations.ListPolicies.Policies"  # those that are attached, AWS's own left out

OWN = {MANAGEMENT: "123456789012"}  # the account is its organization's management account


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP01": "workloads are not separated into accounts under common control",
        "COST02-BP03": "there is no structure of accounts to hold costs apart",
    },
    managed_rule="ACCOUNT_PART_OF_ORGANIZATIONS",
    effort="M",
    severity="medium",
    collector="account-organization",
    fix="Invite the account into the organization, or create one.",
    compliant=[MEMBER, OWN],
    non_compliant=[ALONE],
)
def account_part_of_organizations(account: ConfigurationItem) -> Verdict:
    """The account belongs to an organization.

    An account by itself has no guardrails but its own, and one bill for whatever runs in it.
    """
    return compliant_if(account.has(MANAGEMENT), otherwise="the account stands alone")


@check(
    ACCOUNT,
    best_practices={
        "SEC03-BP05": "no guardrail stands above what the account allows itself",
        "SEC01-BP06": "controls are not rolled out from one place",
    },
    effort="M",
    collector="account-organization",
    fix="Attach service control policies to the root or its units that deny what nobody in their accounts may ever do.",
    compliant=[{**OWN, POLICIES: [{"Type": "SERVICE_CONTROL_POLICY"}]}],
    non_compliant=[{**OWN, POLICIES: []}, {**OWN, POLICIES: [{"Type": "TAG_POLICY"}]}],
    not_applicable=[MEMBER, ALONE],
)
def organizations_scp_guardrails_attached(account: ConfigurationItem) -> Verdict:
    """A service control policy of the organization's own is attached to accounts.

    Asked of the management account, about the whole organization: no policy applies to that account itself.
    `FullAWSAccess`, which AWS attaches, permits everything, and does not count. Whatever an administrator of a member
    account may do, a service control policy can forbid.
    """
    if any_of([in_member_account(account), none_of([account.has(MANAGEMENT)])]):
        return NOT_APPLICABLE
    attached = contains(account.texts(f"{POLICIES}.Type"), "SERVICE_CONTROL_POLICY")
    return compliant_if(attached, otherwise="no policy but AWS's own is attached")


@check(
    ACCOUNT,
    best_practices={
        "COST02-BP01": "nobody has laid down how resources are tagged",
        "COST03-BP02": "the tags that cost is told apart by are left to taste",
    },
    effort="S",
    severity="low",
    collector="account-organization",
    fix="Create a tag policy with the keys and values that the organization uses, and attach it.",
    compliant=[{**OWN, POLICIES: [{"Type": "TAG_POLICY"}]}],
    non_compliant=[{**OWN, POLICIES: []}, {**OWN, POLICIES: [{"Type": "SERVICE_CONTROL_POLICY"}]}],
    not_applicable=[MEMBER, ALONE],
)
def organizations_tag_policy_attached(account: ConfigurationItem) -> Verdict:
    """The organization says in a tag policy how resources are tagged.

    One that is attached to the root, a unit or an account, wherever that is.
    """
    if any_of([in_member_account(account), none_of([account.has(MANAGEMENT)])]):
        return NOT_APPLICABLE
    attached = contains(account.texts(f"{POLICIES}.Type"), "TAG_POLICY")
    return compliant_if(attached, otherwise="no tag policy is attached")


@check(
    ACCOUNT,
    best_practices={
        "SEC02-BP04": "people have users of this account instead of one identity",
        "SEC03-BP06": "whoever leaves keeps the access that nobody takes back",
    },
    effort="M",
    severity="medium",
    collector="account-organization",
    fix="Turn on IAM Identity Center, or name your identity provider to IAM.",
    compliant=[{IDENTITY_CENTER: [{"Status": "ACTIVE"}], SAML: []}, {IDENTITY_CENTER: [], SAML: [{"Arn": "arn"}]}],
    non_compliant=[{IDENTITY_CENTER: [], SAML: []}, {IDENTITY_CENTER: [{"Status": "CREATE_FAILED"}], SAML: []}],
)
def identity_center_federation_enabled(account: ConfigurationItem) -> Verdict:
    """People sign in with their identity at work.

    An instance of IAM Identity Center in whatever Region, or a SAML provider, which Identity Center itself leaves in
    each account that it gives access to. One place then gives access, and takes it.
    """
    center = any_of(account.objects(IDENTITY_CENTER), lambda instance: instance.text("Status", "ACTIVE") == "ACTIVE")
    return compliant_if(any_of([center, account.has(SAML)]), otherwise="no Identity Center and no SAML provider")


@check(
    ACCOUNT,
    best_practices={
        "COST03-BP02": "tags do not appear in the billing data",
        "COST03-BP03": "cost cannot be attributed to a workload",
    },
    effort="S",
    collector="account-organization",
    fix="Activate the tag keys as cost allocation tags in the management account.",
    compliant=[{**OWN, ALLOCATION_TAGS: [{"TagKey": "Workload"}, {"TagKey": "Environment"}]}],
    non_compliant=[{**OWN, ALLOCATION_TAGS: [{"TagKey": "Workload"}]}, {**ALONE, ALLOCATION_TAGS: []}],
    not_applicable=[MEMBER],
)
def cost_allocation_tags_activated(
    account: ConfigurationItem, *, tag_keys: tuple[str, ...] = ("Workload", "Environment")
) -> Verdict:
    """Cost allocation tags are activated.

    A tag on a resource says nothing in the bill until its key is activated, and nothing of the months before.
    """
    if in_member_account(account):
        return NOT_APPLICABLE
    active = account.texts(f"{ALLOCATION_TAGS}.TagKey")
    return compliant_if_all(tag_keys, lambda key: contains(active, key), "not activated")


@check(
    ACCOUNT,
    best_practices={
        "COST03-BP03": "the bill knows no category of the organization",
        "COST03-BP06": "cost that is shared is not allocated by any rule",
    },
    effort="S",
    severity="low",
    collector="account-organization",
    fix="Define a cost category that maps accounts and tags to those who answer for them.",
    compliant=[{**OWN, CATEGORIES: [{"Name": "team", "NumberOfRules": 3}]}],
    non_compliant=[{**ALONE, CATEGORIES: []}, {**OWN, CATEGORIES: [{"Name": "team", "NumberOfRules": 0}]}],
    not_applicable=[MEMBER],
)
def cost_categories_defined(account: ConfigurationItem) -> Verdict:
    """A cost category maps the bill to those who answer for it.

    Rules in one place, instead of a spreadsheet each month.
    """
    if in_member_account(account):
        return NOT_APPLICABLE

    def maps(category: Attributes) -> bool:
        return category.number("NumberOfRules") > 0

    return compliant_if(any_of(account.objects(CATEGORIES), maps), otherwise="no cost category with a rule")
