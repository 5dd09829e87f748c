"""Checks of AWS Organizations, federation and cost allocation.

Only the management account can read the policies of the organization and the cost allocation tags. These checks do not
apply to member accounts: the review of the management account contains them.
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
from rules.checks.shared.organization import ALONE, MANAGEMENT, MEMBER, in_member_account

ALLOCATION_TAGS = "configuration.ce.ListCostAllocationTags.CostAllocationTags"
CATEGORIES = "configuration.ce.ListCostCategoryDefinitions.CostCategoryReferences"
IDENTITY_CENTER = "configuration.sso-admin.ListInstances.Instances"
SAML = "configuration.iam.ListSAMLProviders.SAMLProviderList"
POLICIES = "configuration.organizations.ListPolicies.Policies"  # attached policies, without those that AWS manages

OWN = {MANAGEMENT: "123456789012"}  # the account is its organization's management account


@check(
    ACCOUNT,
    best_practices={
        "SEC01-BP01": "the account is not in an organization that separates workloads by account",
        "COST02-BP03": "no account structure separates the cost of workloads",
    },
    managed_rule="ACCOUNT_PART_OF_ORGANIZATIONS",
    effort="M",
    severity="medium",
    collector="account-organization",
    fix="Invite the account into the organization, or create an organization.",
    compliant=[MEMBER, OWN],
    non_compliant=[ALONE],
)
def account_part_of_organizations(account: ConfigurationItem) -> Verdict:
    """The account belongs to an organization in AWS Organizations.

    Outside an organization, no service control policy limits the administrators of the account, and its workloads share
    one account and one bill.
    """
    otherwise = "the account is in no organization (expected one)"
    return compliant_if(account.has(MANAGEMENT), otherwise)


@check(
    ACCOUNT,
    best_practices={
        "SEC03-BP05": "no service control policy limits the permissions of the member accounts",
        "SEC01-BP06": "controls are not deployed centrally to the accounts",
    },
    effort="M",
    collector="account-organization",
    fix="Attach service control policies to the root or its organizational units. Test them on one unit first.",
    compliant=[{**OWN, POLICIES: [{"Type": "SERVICE_CONTROL_POLICY"}]}],
    non_compliant=[{**OWN, POLICIES: []}, {**OWN, POLICIES: [{"Type": "TAG_POLICY"}]}],
    not_applicable=[MEMBER, ALONE],
)
def organizations_scp_guardrails_attached(account: ConfigurationItem) -> Verdict:
    """The organization has an attached custom service control policy.

    Without a service control policy, an administrator of a member account can turn off logging or use any Region and
    service. The check ignores the policy `FullAWSAccess`, because it allows everything. Applies to management accounts.
    """
    if any_of([in_member_account(account), none_of([account.has(MANAGEMENT)])]):
        return NOT_APPLICABLE
    attached = contains(account.texts(f"{POLICIES}.Type"), "SERVICE_CONTROL_POLICY")
    return compliant_if(attached, otherwise="attached custom service control policies: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "COST02-BP01": "no tag policy defines how resources are tagged",
        "COST03-BP02": "no tag policy standardizes the tags for cost allocation",
    },
    effort="S",
    severity="low",
    collector="account-organization",
    fix="Create a tag policy with the tag keys and values of the organization, and attach it to the root or a unit.",
    compliant=[{**OWN, POLICIES: [{"Type": "TAG_POLICY"}]}],
    non_compliant=[{**OWN, POLICIES: []}, {**OWN, POLICIES: [{"Type": "SERVICE_CONTROL_POLICY"}]}],
    not_applicable=[MEMBER, ALONE],
)
def organizations_tag_policy_attached(account: ConfigurationItem) -> Verdict:
    """The organization has an attached tag policy.

    Without a tag policy, accounts spell tag keys and values differently, and cost reports by tag are incomplete. The
    check accepts a policy on the root, on an organizational unit or on an account. Applies to management accounts.
    """
    if any_of([in_member_account(account), none_of([account.has(MANAGEMENT)])]):
        return NOT_APPLICABLE
    attached = contains(account.texts(f"{POLICIES}.Type"), "TAG_POLICY")
    return compliant_if(attached, otherwise="attached tag policies: 0 (expected 1 or more)")


@check(
    ACCOUNT,
    best_practices={
        "SEC02-BP04": "people do not sign in through a central identity provider",
        "SEC03-BP06": "access of people who leave is not removed centrally",
    },
    effort="M",
    severity="medium",
    collector="account-organization",
    fix="Enable IAM Identity Center, or create an IAM SAML provider for your identity provider.",
    compliant=[{IDENTITY_CENTER: [{"Status": "ACTIVE"}], SAML: []}, {IDENTITY_CENTER: [], SAML: [{"Arn": "arn"}]}],
    non_compliant=[{IDENTITY_CENTER: [], SAML: []}, {IDENTITY_CENTER: [{"Status": "CREATE_FAILED"}], SAML: []}],
)
def identity_center_federation_enabled(account: ConfigurationItem) -> Verdict:
    """The account has IAM Identity Center or a SAML provider.

    Without federation, people need IAM users with long-term credentials. If a person leaves, the access has to be
    removed in each account. The check accepts an Identity Center instance in any Region.
    """
    center = any_of(account.objects(IDENTITY_CENTER), lambda instance: instance.text("Status", "ACTIVE") == "ACTIVE")
    otherwise = "Identity Center instances: 0, SAML providers: 0 (expected one of them)"
    return compliant_if(any_of([center, account.has(SAML)]), otherwise)


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

    Cost Explorer and the billing data contain a tag only after its key is activated. A backfill can add the tag to the
    billing data of earlier months. The parameter `tag_keys` names the required keys. Member accounts are not judged.
    """
    if in_member_account(account):
        return NOT_APPLICABLE
    active = account.texts(f"{ALLOCATION_TAGS}.TagKey")
    return compliant_if_all(tag_keys, lambda key: contains(active, key), "tag keys are not activated")


@check(
    ACCOUNT,
    best_practices={
        "COST03-BP03": "cost is not grouped into categories of the organization",
        "COST03-BP06": "no rule allocates shared cost",
    },
    effort="S",
    severity="low",
    collector="account-organization",
    fix="Create a cost category with rules that map accounts and tags to teams.",
    compliant=[{**OWN, CATEGORIES: [{"Name": "team", "NumberOfRules": 3}]}],
    non_compliant=[{**ALONE, CATEGORIES: []}, {**OWN, CATEGORIES: [{"Name": "team", "NumberOfRules": 0}]}],
    not_applicable=[MEMBER],
)
def cost_categories_defined(account: ConfigurationItem) -> Verdict:
    """The account has a cost category with rules.

    Without a cost category, the cost of accounts and shared services has to be assigned to teams manually each month.
    Member accounts are not judged.
    """
    if in_member_account(account):
        return NOT_APPLICABLE

    def has_rules(category: Attributes) -> bool:
        return category.number("NumberOfRules") > 0

    otherwise = "cost categories with a rule: 0 (expected 1 or more)"
    return compliant_if(any_of(account.objects(CATEGORIES), has_rules), otherwise)
