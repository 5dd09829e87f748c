"""Route 53 hosted zones, with their records."""

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    contains,
    none_of,
)

NETWORKS = "configuration.VPCs"
RECORDS = "supplementaryConfiguration.route53.ListResourceRecordSets.ResourceRecordSets"

# Targets that are global and route around failures without a record in Route 53.
GLOBAL_TARGETS = (".cloudfront.net.", ".awsglobalaccelerator.com.")

PROOF = {"Name": "_1.example.com."}
SITE = {"Name": "example.com.", "AliasTarget": {"DNSName": "d1.cloudfront.net.", "EvaluateTargetHealth": False}}
WATCHED = {"Name": "shop.example.com.", "SetIdentifier": "first", "HealthCheckId": "1"}


@check(
    "AWS::Route53::HostedZone",
    best_practices={
        "REL11-BP02": "records of failed endpoints are changed manually",
        "REL13-BP05": "failover is a manual step",
        "REL02-BP01": "no public DNS name fails over from a failed endpoint",
    },
    effort="M",
    severity="medium",
    collector="hosted-zones",
    live=True,
    fix="Add failover, latency or weighted records with HealthCheckId to names of critical endpoints.",
    compliant=[
        {RECORDS: [{"Name": "www.example.com."}, WATCHED]},
        {RECORDS: [{"SetIdentifier": "eu", "AliasTarget": {"EvaluateTargetHealth": True}}]},
    ],
    non_compliant=[
        {RECORDS: [{"Name": "shop.example.com."}]},
        {RECORDS: [{"SetIdentifier": "eu", "AliasTarget": {"EvaluateTargetHealth": False}}]},
        {RECORDS: [{"HealthCheckId": "1"}]},
    ],
    not_applicable=[
        {RECORDS: []},
        {RECORDS: [SITE, PROOF]},
        {RECORDS: [{"Name": "db.internal."}], NETWORKS: [{"VPCId": "vpc-1"}]},
    ],
)
def automated_failover_configured(zone: ConfigurationItem) -> Verdict:
    """Public hosted zones have DNS failover.

    Without DNS failover, users are sent to a failed endpoint until an engineer changes the record. One record with a
    routing policy and a health check is enough. Names for CloudFront, Global Accelerator and domain validation are not
    judged.
    """

    def may_fail(record: Attributes) -> bool:
        is_proof = contains(record.text("Name"), "_")
        return none_of([is_proof, record.text("AliasTarget.DNSName").endswith(GLOBAL_TARGETS)])

    if any_of([none_of(zone.objects(RECORDS), may_fail), zone.has(NETWORKS)]):
        return NOT_APPLICABLE

    def fails_over(record: Attributes) -> bool:
        watched = any_of([record.has("HealthCheckId"), record.flag("AliasTarget.EvaluateTargetHealth")])
        return all_of([record.has("SetIdentifier"), watched])

    return compliant_if(any_of(zone.objects(RECORDS), fails_over), "no record has a routing policy and a health check")
