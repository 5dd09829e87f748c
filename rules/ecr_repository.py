"""ECR repositories: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if

LIFECYCLE = "configuration.LifecyclePolicy.LifecyclePolicyText"
MUTABILITY = "configuration.ImageTagMutability"
SCAN = "configuration.ImageScanningConfiguration.ScanOnPush"


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SEC06-BP04": "an image can be replaced under the name that was tested",
        "REL08-BP04": "the same tag deploys another image tomorrow",
    },
    managed_rule="ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED",
    effort="S",
    fix="Set tag mutability to IMMUTABLE, and tag images by commit.",
    compliant=[{MUTABILITY: "IMMUTABLE"}, {MUTABILITY: "IMMUTABLE_WITH_EXCLUSION"}],
    non_compliant=[{MUTABILITY: "MUTABLE"}, {}],
)
def ecr_private_tag_immutability_enabled(repository: ConfigurationItem) -> Verdict:
    """A tag of an ECR repository names the same image forever.

    What was scanned and tested is then what is deployed.
    """
    mutability = repository.text(MUTABILITY, "MUTABLE")
    return compliant_if(mutability.startswith("IMMUTABLE"), otherwise=f"tags are {mutability}")


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SEC06-BP01": "known vulnerabilities of the images go unseen",
        "SEC11-BP02": "no test stands between build and release",
    },
    managed_rule="ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
    effort="S",
    severity="medium",
    fix="Turn on scanning on push, or Inspector's enhanced scanning for the registry.",
    compliant=[{SCAN: True}],
    non_compliant=[{SCAN: False}, {}],
)
def ecr_private_image_scanning_enabled(repository: ConfigurationItem) -> Verdict:
    """Images of ECR repositories are scanned for vulnerabilities.

    Enhanced scanning is a setting of the registry that the repository does not show: switch the check off with it.
    """
    return compliant_if(repository.flag(SCAN), otherwise="scan on push is off")


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SUS04-BP05": "old images are kept although nobody needs them",
        "COST04-BP05": "no policy ends the life of old images",
    },
    managed_rule="ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED",
    effort="S",
    severity="low",
    fix="Add a lifecycle policy that keeps the last images and expires untagged ones.",
    compliant=[{LIFECYCLE: '{"rules": []}'}],
    non_compliant=[{}],
)
def ecr_private_lifecycle_policy_configured(repository: ConfigurationItem) -> Verdict:
    """ECR repositories delete old images by themselves.

    Every build leaves an image, and each is paid for by the month.
    """
    return compliant_if(repository.has(LIFECYCLE), otherwise="no lifecycle policy")
