"""Principals that resource-based policies allow."""

from pillarwatch import ConfigurationItem, Verdict, compliant_if_none
from rules.checks.shared.examples import allowing

ANY_PRINCIPAL = allowing("*", Principal="*")
ONE_ORGANIZATION = allowing("*", Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})
ONE_ACCOUNT = allowing("*", Principal={"AWS": "arn:aws:iam::123456789012:root"})
ANY_ORGANIZATION = allowing("*", Principal="*", Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}})


def no_public_access(item: ConfigurationItem, policy: str) -> Verdict:
    """COMPLIANT unless a statement of the policy at a path is public.

    The meaning of public is that of Amazon S3: any principal is allowed, and no condition limits the callers to fixed
    values. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    otherwise = "actions that any principal can call without a limiting condition"
    return compliant_if_none(item.statements(policy), lambda found: found.admits_anybody, otherwise)
