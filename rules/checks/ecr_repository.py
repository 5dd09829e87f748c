"""ECR repositories, with CloudFormation's attribute names."""

from typing import Any

from pillarwatch import (
    NOT_APPLICABLE,
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    compliant_if_none,
    contains,
    none_of,
)
from pillarwatch.template_resource import TemplateResource
from pillarwatch.unknown import Unknown
from rules.checks.shared.examples import allowing

ENCRYPTION = "configuration.EncryptionConfiguration"
LIFECYCLE = "configuration.LifecyclePolicy.LifecyclePolicyText"
MUTABILITY = "configuration.ImageTagMutability"
ORGANIZATION = "aws:PrincipalOrgID"
POLICY = "configuration.RepositoryPolicyText"
SCAN = "configuration.ImageScanningConfiguration.ScanOnPush"
SIZE = "imageSizeInBytes"
IMAGES = "supplementaryConfiguration.ecr.DescribeImages.imageDetails"


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SEC06-BP04": "an image tag can be overwritten after the image was tested",
        "REL08-BP04": "the same tag can deploy a different image later",
        "SEC11-BP06": "the deployed image can differ from the tested image",
    },
    managed_rule="ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED",
    effort="M",
    fix="Set ImageTagMutability to IMMUTABLE, and use unique tags. Builds that push an existing tag then fail.",
    compliant=[{MUTABILITY: "IMMUTABLE"}, {MUTABILITY: "IMMUTABLE_WITH_EXCLUSION"}],
    non_compliant=[{MUTABILITY: "MUTABLE"}, {}],
)
def ecr_private_tag_immutability_enabled(repository: ConfigurationItem) -> Verdict:
    """ECR repositories have immutable image tags.

    With mutable tags, the image that is deployed can differ from the image that was scanned and tested under the same
    tag.
    """
    mutability = repository.text(MUTABILITY, "MUTABLE")
    return compliant_if(mutability.startswith("IMMUTABLE"), f"ImageTagMutability is {mutability} (expected IMMUTABLE)")


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SEC06-BP01": "known vulnerabilities in images are not detected",
        "SEC11-BP02": "images are not scanned for vulnerabilities before release",
        "SEC06-BP05": "image scanning is not automated",
    },
    managed_rule="ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
    effort="S",
    severity="medium",
    fix="Set ImageScanningConfiguration.ScanOnPush to true, or enable enhanced scanning for the registry.",
    compliant=[{SCAN: True}],
    non_compliant=[{SCAN: False}, {}],
)
def ecr_private_image_scanning_enabled(repository: ConfigurationItem) -> Verdict:
    """ECR repositories scan images on push.

    Without scanning, known vulnerabilities in images are not detected. Disable this check if the registry uses enhanced
    scanning, because the repository does not show that setting.
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
    fix="Set LifecyclePolicy.LifecyclePolicyText to rules that expire untagged and old images.",
    compliant=[{LIFECYCLE: '{"rules": []}'}],
    non_compliant=[{}],
)
def ecr_private_lifecycle_policy_configured(repository: ConfigurationItem) -> Verdict:
    """ECR repositories have a lifecycle policy.

    Without a lifecycle policy, every build adds an image, and the storage of all images is charged monthly.
    """
    return compliant_if(repository.has(LIFECYCLE), otherwise="LifecyclePolicy is not set (expected a policy)")


@check(
    "AWS::ECR::Repository",
    best_practices={"SEC08-BP01": "no customer managed key restricts who can decrypt images"},
    managed_rule="ECR_REPOSITORY_CMK_ENCRYPTION_ENABLED",
    effort="M",
    severity="low",
    fix="Recreate the repository with a customer managed key in KmsKey. The encryption cannot be changed later.",
    compliant=[{f"{ENCRYPTION}.EncryptionType": "KMS", f"{ENCRYPTION}.KmsKey": "arn:aws:kms:eu-west-1:1:key/1"}],
    non_compliant=[
        {f"{ENCRYPTION}.EncryptionType": "KMS", f"{ENCRYPTION}.KmsKey": "alias/aws/ecr"},
        {f"{ENCRYPTION}.EncryptionType": "KMS"},
        {f"{ENCRYPTION}.EncryptionType": "AES256"},
        {},
    ],
)
def ecr_repository_cmk_encryption_enabled(repository: ConfigurationItem) -> Verdict:
    """ECR repositories are encrypted with a customer managed key.

    Only the policy of a customer managed key can restrict who decrypts images. The AWS managed key is not sufficient.
    """
    kind, key = repository.text(f"{ENCRYPTION}.EncryptionType", "AES256"), f"{ENCRYPTION}.KmsKey"
    of_aws = contains(("", "alias/aws/ecr"), repository.text(key))
    customer_managed = all_of([kind != "AES256", none_of([of_aws])])
    otherwise = f"{kind} with KmsKey {repository.text(key, 'not set')} (expected a customer managed key)"
    return compliant_if(customer_managed, otherwise)


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SEC08-BP04": "any principal can pull or push images",
        "SEC03-BP07": "the repository policy allows any principal",
    },
    effort="S",
    severity="critical",
    exposed=True,
    fix="Name accounts as principals in RepositoryPolicyText, or add a condition on aws:PrincipalOrgID.",
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
    """ECR repository policies allow specific principals only.

    A policy that allows any principal lets anybody with an AWS account pull or push images. A ForAllValues condition
    does not restrict access, because requests without its key meet it.
    """
    return compliant_if_none(
        repository.statements(POLICY),
        lambda found: found.admits_anybody,
        "statements allow any principal without a limiting condition",
    )


@check(
    "AWS::ECR::Repository",
    best_practices={
        "SUS06-BP03": "the image is not rebuilt with updated components",
        "SEC06-BP01": "patches since the last build are not in the image",
        "OPS05-BP05": "patches do not reach deployed images",
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
    """ECR repositories have an image from the last 90 days.

    An older image lacks the patches since its build. Deployed images can only be older than the newest image.
    """
    images = repository.objects(IMAGES)
    if not images:
        return NOT_APPLICABLE
    recent = any_of(images, lambda image: image.days_since("imagePushedAt") <= max_image_age_days)
    return compliant_if(recent, otherwise=f"no image was pushed in {max_image_age_days} days (expected one)")


@check(
    "AWS::ECR::Repository",
    best_practices={"PERF02-BP02": "a large image delays each start of a container"},
    effort="M",
    severity="low",
    collector="images",
    live=True,
    fix="Use a multi-stage build and a small base image.",
    compliant=[{IMAGES: [{SIZE: 524288000}]}],
    non_compliant=[{IMAGES: [{SIZE: 524288001}]}],
    not_applicable=[{IMAGES: []}],
)
def container_image_size_within_limit(repository: ConfigurationItem, *, max_image_mib: int = 500) -> Verdict:
    """Compressed ECR images are at most 500 MiB.

    A large image delays the start of containers. Set `max_image_mib` to a higher limit for images with a browser.
    """

    def is_small(image: Attributes) -> bool:
        return image.number(SIZE) <= max_image_mib * 1024 * 1024

    return compliant_if_all(repository.objects(IMAGES), is_small, f"{SIZE} exceeds {max_image_mib} MiB", named=SIZE)


def to_configuration_item(repository: TemplateResource) -> dict[str, Any]:
    """A repository. A KMS key of the template counts as customer managed; its ARN exists only after deployment."""
    properties = repository.properties
    kinds = ("AWS::KMS::Key", "AWS::KMS::Alias")
    if any(repository.names(kind, "EncryptionConfiguration.KmsKey") for kind in kinds):
        key_arn = Unknown("the ARN of the key is known only after deployment", present=True, parts=("arn:", None))
        properties["EncryptionConfiguration"] = {**properties["EncryptionConfiguration"], "KmsKey": key_arn}
    return {"configuration": properties}
