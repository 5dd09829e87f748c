"""CloudFront distributions in front of public load balancers and website buckets."""

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
        "PERF04-BP06": "users in other Regions reach the content over the internet only",
        "SUS02-BP04": "all requests travel to one Region",
        "COST08-BP03": "data is transferred to users at the price of the Region",
        "REL02-BP01": "the public endpoint has no edge network in front of the Region",
    },
    effort="M",
    collector="origins",
    live=True,
    fix="Create a CloudFront distribution with the load balancer or bucket as the origin.",
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
    """Public load balancers and S3 websites have a CloudFront distribution.

    Without CloudFront, every request travels to one Region over the internet, and no response is cached near the user.
    A distribution that names the load balancer by a custom domain name is not recognized: waive the check there.
    Network Load Balancers are not judged.
    """
    if none_of([is_public(origin)]):
        return NOT_APPLICABLE
    return compliant_if(
        any_of([origin.has(DISTRIBUTIONS)]), "no CloudFront distribution has this origin (expected one)"
    )


def is_public(origin: ConfigurationItem) -> bool:
    """Whether the origin is an S3 website or an internet-facing Application Load Balancer."""
    if origin.resource_type == BUCKET:
        return origin.has(WEBSITE)
    return all_of([origin.text(KIND) == "application", origin.text(SCHEME) == "internet-facing"])
