"""Athena workgroups: CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, check, compliant_if

LIMIT = "configuration.WorkGroupConfiguration.BytesScannedCutoffPerQuery"
ENGINE = "configuration.WorkGroupConfiguration.EngineVersion.SelectedEngineVersion"
MANAGED = "configuration.WorkGroupConfiguration.ManagedQueryResultsConfiguration.Enabled"
ENCRYPTION = "configuration.WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration"


@check(
    "AWS::Athena::WorkGroup",
    best_practices={"COST02-BP05": "one query may scan, and cost, without an end"},
    effort="S",
    severity="low",
    fix="Set a limit of bytes scanned per query.",
    compliant=[{LIMIT: 10_000_000_000}],
    non_compliant=[{LIMIT: 0}, {}],
    not_applicable=[{ENGINE: "PySpark engine version 3"}],
)
def athena_workgroup_scan_limit(workgroup: ConfigurationItem) -> Verdict:
    """Queries of Athena have a limit.

    Athena bills what a query scans. No client can set the limit aside, whether or not the workgroup overrides clients'
    settings. Spark's workgroups are billed by the hour.
    """
    if workgroup.text(ENGINE).startswith("PySpark"):
        return NOT_APPLICABLE
    return compliant_if(workgroup.number(LIMIT) > 0, otherwise="a query may scan any number of bytes")


@check(
    "AWS::Athena::WorkGroup",
    best_practices={"SEC08-BP02": "results of queries are written as they are"},
    managed_rule="ATHENA_WORKGROUP_ENCRYPTED_AT_REST",
    automation="AWS-EnableAthenaWorkGroupEncryptionAtRest",
    effort="S",
    severity="medium",
    fix="Set an encryption option for the results.",
    compliant=[{f"{ENCRYPTION}.EncryptionOption": "SSE_S3"}],
    non_compliant=[{}],
    not_applicable=[{MANAGED: True}],
)
def athena_workgroup_encrypted_at_rest(workgroup: ConfigurationItem) -> Verdict:
    """Results of Athena's queries are encrypted.

    A result is a copy of the data in another place. As AWS's own rule reads it, whether clients may say otherwise is
    not asked: it has another rule for that. Results that Athena manages it encrypts.
    """
    if workgroup.flag(MANAGED):
        return NOT_APPLICABLE
    return compliant_if(workgroup.has(f"{ENCRYPTION}.EncryptionOption"), otherwise="results are not encrypted")
