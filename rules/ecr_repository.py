"""ECR repositories, with CloudFormation's attribute names."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_none,
    contains,
    none_of,
)
from pillarwatch.lift import TemplateResource
from pillarwatch.unknown import Unknown
from rules.shared.examples import allowing

ENCRYPTION = "configuration.EncryptionConfiguration"
LIFECYCLE = "configuration.LifecyclePolicy.LifecyclePolicyText"
MUTABILITY = "configuration.ImageTagMutability"
ORGANIZATION = "aws:PrincipalOrgID"
POLICY = "configuration.RepositoryPolicyText"
SCAN = "configuration.ImageScanningConfiguration.ScanOnPush"
IMAGES = "supplementaryConfiguration.ecr.DescribeImages.imageDetails"


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SEC06-BP04": "a tested image tag can be overwritten",
        "REL08-BP04": "the same tag can deploy a different image later",
        "SEC11-BP06": "the image deployed under a tag can differ from the tested one",
    },
    managed_rule="ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED",
    effort="M",
    fix="Set ImageTagMutability to IMMUTABLE and use unique tags; builds that push the same tag again (latest) fail.",
    compliant=[{MUTABILITY: "IMMUTABLE"}, {MUTABILITY: "IMMUTABLE_WITH_EXCLUSION"}],
    non_compliant=[{MUTABILITY: "MUTABLE"}, {}],
)
def ecr_private_tag_immutability_enabled(repository: ConfigurationItem) -> Verdict:
    """ECR repositories have immutable image tags.

    The image that was scanned and tested is then the image that is deployed.
    """
    mutability = repository.text(MUTABILITY, "MUTABLE")
    return compliant_if(mutability.startswith("IMMUTABLE"), otherwise=f"ImageTagMutability is {mutability}")


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SEC06-BP01": "known vulnerabilities in images are not detected",
        "SEC11-BP02": "images are not tested for vulnerabilities before release",
        "SEC06-BP05": "images are not scanned automatically",
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
    return compliant_if(repository.flag(SCAN), otherwise="ScanOnPush is false (expected true)")


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SUS04-BP05": "images that are no longer needed are kept",
        "COST04-BP05": "no lifecycle policy expires old images",
    },
    managed_rule="ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED",
    effort="S",
    severity="low",
    fix="Add a lifecycle policy that keeps the last images and expires untagged ones.",
    compliant=[{LIFECYCLE: '{"rules": []}'}],
    non_compliant=[{}],
)
def ecr_private_lifecycle_policy_configured(repository: ConfigurationItem) -> Verdict:
    """ECR repositories have a lifecycle policy.

    Every build adds an image, and the storage of each image is billed monthly.
    """
    return compliant_if(repository.has(LIFECYCLE), otherwise="no lifecycle policy")


@check(
    "AWS::ECR::Repository",
    best_practices={"SEC08-BP01": "the key is an AWS key without your key policy and audit"},
    managed_rule="ECR_REPOSITORY_CMK_ENCRYPTION_ENABLED",
    effort="M",
    severity="low",
    fix="Recreate the repository with a KMS key of your own; the encryption cannot be changed.",
    compliant=[{f"{ENCRYPTION}.EncryptionType": "KMS", f"{ENCRYPTION}.KmsKey": "arn:aws:kms:eu-west-1:1:key/1"}],
    non_compliant=[
        {f"{ENCRYPTION}.EncryptionType": "KMS", f"{ENCRYPTION}.KmsKey": "alias/aws/ecr"},
        {f"{ENCRYPTION}.EncryptionType": "KMS"},
        {f"{ENCRYPTION}.EncryptionType": "AES256"},
        {},
    ],
)
def ecr_repository_cmk_encryption_enabled(repository: ConfigurationItem) -> Verdict:
    """Images are encrypted with a KMS key of the account's own.

    As AWS's own rule reads it, the key that KMS keeps for ECR does not count.
    """
    kind, key = repository.text(f"{ENCRYPTION}.EncryptionType", "AES256"), f"{ENCRYPTION}.KmsKey"
    of_aws = contains(("", "alias/aws/ecr"), repository.text(key))
    own = all_of([kind != "AES256", none_of([of_aws])])
    return compliant_if(own, otherwise=f"encryption is {kind} with {repository.text(key, 'no key of its own')}")


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SEC08-BP04": "any principal can pull or push images",
        "SEC03-BP07": "the repository policy allows any principal",
    },
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name the accounts or the organization that may pull, or add a condition on aws:PrincipalOrgID.",
    compliant=[
        {POLICY: allowing("ecr:BatchGetImage", Principal={"AWS": "123456789012"})},
        {POLICY: allowing("ecr:*", Principal="*", Condition={"StringEquals": {ORGANIZATION: "o-1"}})},
        {POLICY: {}},
        {},
    ],
    non_compliant=[
        {POLICY: allowing("ecr:BatchGetImage", Principal="*")},
        {
            POLICY: allowing(
                "ecr:*", Principal="*", Condition={"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o"}}
            )
        },
    ],
)
def ecr_repository_access_restricted(repository: ConfigurationItem) -> Verdict:
    """ECR repository policies allow named principals only.

    A condition limits who may pull if a request without its key does not meet it: ForAllValues does not.
    """
    return compliant_if_none(repository.statements(POLICY), lambda found: found.admits_anybody, "open to everybody")


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SUS06-BP03": "the image is not rebuilt on what is newer",
        "SEC06-BP01": "what was patched since its build is not in the image",
        "OPS05-BP05": "patches do not reach what is deployed",
    },
    effort="S",
    severity="medium",
    collector="images",
    live=True,
    fix="Rebuild the image on a schedule, and deploy it.",
    compliant=[{IMAGES: [{"imagePushedAt": "2025-10-17T12:00:00+00:00"}]}],
    non_compliant=[{IMAGES: [{"imagePushedAt": "2025-10-17T11:59:00+00:00"}]}],
    not_applicable=[{IMAGES: []}],
)
def ecr_image_age_within_limit(repository: ConfigurationItem, *, max_image_age_days: int = 90) -> Verdict:
    """The newest image of a repository was built within the quarter.

    What is deployed can only be older.
    """
    images = repository.objects(IMAGES)
    if not images:
        return NOT_APPLICABLE
    recent = any_of(images, lambda image: image.days_since("imagePushedAt") <= max_image_age_days)
    return compliant_if(recent, otherwise=f"no image was pushed for {max_image_age_days} days")


@check(
    "AWS::ECR::Repository",
    best_practices={"PERF02-BP02": "a large image makes each start slow"},
    effort="M",
    severity="low",
    collector="images",
    live=True,
    fix="Build in stages, on a small base, and leave out what is needed for building only.",
    compliant=[{IMAGES: [{"imageSizeInBytes": 524288000}]}],
    non_compliant=[{IMAGES: [{"imageSizeInBytes": 524288001}]}],
    not_applicable=[{IMAGES: []}],
)
def container_image_size_within_limit(repository: ConfigurationItem, *, max_image_mib: int = 500) -> Verdict:
    """The newest image of a repository is small.

    Compressed, as ECR stores it. An image with a browser in it may be three times as large: set the parameter.
    """
    images = repository.objects(IMAGES)
    if not images:
        return NOT_APPLICABLE
    small = all_of(images, lambda image: image.number("imageSizeInBytes") <= max_image_mib * 1024 * 1024)
    return compliant_if(small, otherwise=f"more than {max_image_mib} MiB")


def lift(repository: TemplateResource) -> dict[str, Any]:
    """A repository. A key of the template becomes its ARN, which is not the key that KMS keeps for ECR."""
    properties = repository.properties
    kinds = ("AWS::KMS::Key", "AWS::KMS::Alias")
    if any(repository.names(kind, "EncryptionConfiguration.KmsKey") for kind in kinds):
        own = Unknown("the ARN of the key exists only once deployed", present=True, parts=("arn:", None))
        properties["EncryptionConfiguration"] = {**properties["EncryptionConfiguration"], "KmsKey": own}
    return {"configuration": properties}
