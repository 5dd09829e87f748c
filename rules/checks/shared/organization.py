"""The account's place in AWS Organizations."""

from pillarwatch import ConfigurationItem, all_of

ORGANIZATION = "configuration.organizations.DescribeOrganization.Organization"
MANAGEMENT = f"{ORGANIZATION}.MasterAccountId"

MEMBER = {MANAGEMENT: "999999999999"}  # an example of a member account
ALONE = {"configuration.organizations.DescribeOrganization": None}  # an example of an account without organization


def in_member_account(account: ConfigurationItem) -> bool:
    """Whether another account is the management account. Some APIs answer the management account only."""
    management = account.text(MANAGEMENT)
    return all_of([management != "", management != account.account])
