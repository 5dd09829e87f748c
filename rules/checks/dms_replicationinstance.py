"""DMS replication instances, with CloudFormation's attribute names."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, none_of

PUBLIC = "configuration.PubliclyAccessible"


@check(
    "AWS::DMS::ReplicationInstance",
    best_practices={
        "SEC05-BP01": "the replication instance has a public IP address",
        "SEC03-BP07": "an instance that reads whole databases is publicly accessible",
    },
    managed_rule="DMS_REPLICATION_NOT_PUBLIC",
    effort="L",
    exposed=True,
    fix="Recreate the replication instance with PubliclyAccessible set to false.",
    compliant=[{PUBLIC: False}],
    non_compliant=[{PUBLIC: True}, {}],
)
def dms_replication_not_public(instance: ConfigurationItem) -> Verdict:
    """DMS replication instances are not publicly accessible.

    A public replication instance, which reads whole databases, can be reached from the internet. The default of
    PubliclyAccessible is true.
    """
    public = instance.flag(PUBLIC, default=True)
    return compliant_if(none_of([public]), otherwise="PubliclyAccessible is true (expected false)")
