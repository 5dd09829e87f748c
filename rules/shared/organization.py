"""Where the account stands in its organization."""

from pillarwatch import ConfigurationItem, all_of

ORGANIZATION = "configuration.organizations.DescribeOrganization.Organization"
MANAGEMENT = f"{ORGANIZATION}.MasterAccountId"

MEMBER = {MANAGEMENT: "999999999999"}  # an example of a member account
ALONE = {"configuration.organizations.DescribeOrganization": None}  # and of one without an organization


def in_member_account(account: ConfigurationItem) -> bool:
    """Whether another account manages the organization: some APIs answer that one only."""
    management = account.text(MANAGEMENT)
    return all_of([management != "", management != account.account])
