"""Whether what is public stands behind CloudFront."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, all_of, any_of, check, compliant_if, none_of

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
BUCKET = "AWS::S3::Bucket"
DISTRIBUTIONS = "supplementaryConfiguration.cloudfront.ListDistributions.DistributionList.Items"
KIND = "configuration.type"
SCHEME = "configuration.scheme"
WEBSITE = "supplementaryConfiguration.BucketWebsiteConfiguration.indexDocumentSuffix"


@check(
    BALANCER,
    BUCKET,
    best_practices={
        "PERF04-BP06": "users far away reach it over the open internet",
        "SUS02-BP04": "everybody's requests go all the way to one Region",
        "COST08-BP03": "data is transferred at the price of the internet",
        "REL02-BP01": "users depend on one Region's endpoint, with no edge before it",
    },
    effort="M",
    collector="origins",
    live=True,
    fix="Create a distribution with it as the origin.",
    compliant=[
        {KIND: "application", SCHEME: "internet-facing", DISTRIBUTIONS: [{"Id": "E1"}]},
        {"resourceType": BUCKET, WEBSITE: "index.html", DISTRIBUTIONS: [{"Id": "E1"}]},
    ],
    non_compliant=[
        {KIND: "application", SCHEME: "internet-facing", DISTRIBUTIONS: []},
        {"resourceType": BUCKET, WEBSITE: "index.html", DISTRIBUTIONS: []},
    ],
    not_applicable=[
        {KIND: "application", SCHEME: "internal", DISTRIBUTIONS: []},
        {KIND: "network", SCHEME: "internet-facing", DISTRIBUTIONS: []},
        {"resourceType": BUCKET, DISTRIBUTIONS: []},
    ],
)
def cloudfront_used_for_public_content(origin: ConfigurationItem) -> Verdict:
    """Public application load balancers and websites of S3 have a distribution before them.

    A distribution that names the load balancer by an alias of the owner's is not recognised: waive it there. What a
    network load balancer carries CloudFront may not know.
    """
    if none_of([is_public(origin)]):
        return NOT_APPLICABLE
    return compliant_if(any_of([origin.has(DISTRIBUTIONS)]), otherwise="no distribution before it")


def is_public(origin: ConfigurationItem) -> bool:
    """Whether the internet asks an origin for pages."""
    if origin.resource_type == BUCKET:
        return origin.has(WEBSITE)
    return all_of([origin.text(KIND) == "application", origin.text(SCHEME) == "internet-facing"])
