"""DMS replication instances: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, none_of

PUBLIC = "configuration.PubliclyAccessible"


@check(
    "AWS::DMS::ReplicationInstance",
    best_practices={
        "SEC05-BP01": "the instance has a public address instead of one in a private subnet",
        "SEC03-BP07": "a machine that reads whole databases can be reached from the internet",
    },
    managed_rule="DMS_REPLICATION_NOT_PUBLIC",
    effort="L",
    exposed=True,
    fix="Recreate the replication instance with PubliclyAccessible false.",
    compliant=[{PUBLIC: False}],
    non_compliant=[{PUBLIC: True}, {}],
)
def dms_replication_not_public(instance: ConfigurationItem) -> Verdict:
    """DMS replication instances have no public address.

    Where a template leaves PubliclyAccessible out, DMS takes true.
    """
    public = instance.flag(PUBLIC, default=True)
    return compliant_if(none_of([public]), otherwise="PubliclyAccessible is true (expected false)")
