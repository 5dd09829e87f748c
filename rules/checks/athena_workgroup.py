"""Athena workgroups; their configuration items use the property names of CloudFormation."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if

LIMIT = "configuration.WorkGroupConfiguration.BytesScannedCutoffPerQuery"
ENGINE = "configuration.WorkGroupConfiguration.EngineVersion.SelectedEngineVersion"
MANAGED = "configuration.WorkGroupConfiguration.ManagedQueryResultsConfiguration.Enabled"
ENCRYPTION = "configuration.WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration"


@check(
    "AWS::Athena::WorkGroup",
    best_practices={"COST02-BP05": "the data that one query scans is not limited"},
    effort="S",
    severity="low",
    fix="Set WorkGroupConfiguration.BytesScannedCutoffPerQuery.",
    compliant=[{LIMIT: 10_000_000_000}],
    non_compliant=[{LIMIT: 0}, {}],
    not_applicable=[{ENGINE: "PySpark engine version 3"}],
)
def athena_workgroup_scan_limit(workgroup: ConfigurationItem) -> Verdict:
    """Athena workgroups limit the data that a query can scan.

    Athena charges for scanned data, so without a limit one query can cause any cost. Clients cannot override the limit.
    The check does not apply to workgroups for Apache Spark, because they are not charged for scanned data.
    """
    if workgroup.text(ENGINE).startswith("PySpark"):
        return NOT_APPLICABLE
    return compliant_if(workgroup.number(LIMIT) > 0, "BytesScannedCutoffPerQuery is not set (expected a limit)")


@check(
    "AWS::Athena::WorkGroup",
    best_practices={"SEC08-BP02": "the workgroup does not set encryption for query results"},
    managed_rule="ATHENA_WORKGROUP_ENCRYPTED_AT_REST",
    automation="AWS-EnableAthenaWorkGroupEncryptionAtRest",
    effort="S",
    severity="medium",
    fix="Set ResultConfiguration.EncryptionConfiguration.EncryptionOption to SSE_S3, SSE_KMS or CSE_KMS.",
    compliant=[{f"{ENCRYPTION}.EncryptionOption": "SSE_S3"}],
    non_compliant=[{}],
    not_applicable=[{MANAGED: True}],
)
def athena_workgroup_encrypted_at_rest(workgroup: ConfigurationItem) -> Verdict:
    """Athena workgroups encrypt query results.

    A query result is a copy of the data. Without this setting, only the default encryption of the bucket protects the
    copy. As in AWS's managed rule, clients may override the setting. Athena always encrypts managed query results, so
    the check does not apply to workgroups that use them.
    """
    if workgroup.flag(MANAGED):
        return NOT_APPLICABLE
    encrypted = workgroup.has(f"{ENCRYPTION}.EncryptionOption")
    return compliant_if(encrypted, otherwise="EncryptionOption is not set (expected SSE_S3, SSE_KMS or CSE_KMS)")
