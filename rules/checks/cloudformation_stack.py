"""CloudFormation stacks; their configuration items list the resources of the stack."""

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
    contains,
    none_of,
)
from rules.checks.shared.tags import required_tags, resource_owner_tag_present

RESOURCES = "supplementaryConfiguration.StackResourceSummaries"


DRIFT = "configuration.driftInformation.stackDriftStatus"
PARAMETERS = "configuration.parameters"
PARENT = "configuration.parentId"
STATUS = "configuration.stackStatus"
PROTECTION = "configuration.enableTerminationProtection"
STATEFUL = (
    "AWS::DynamoDB::Table",
    "AWS::EFS::FileSystem",
    "AWS::KMS::Key",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
)
KEEPING_POLICIES = ("Retain", "RetainExceptOnCreate", "Snapshot")
SNAPSHOT_BY_DEFAULT = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")  # without a DeletionPolicy
FAILED = (
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_FAILED",
    "CREATE_FAILED",
    "DELETE_FAILED",
    "UPDATE_FAILED",
)


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "REL03-BP01": "one stack contains the whole workload",
        "OPS05-BP09": "changes affect a large stack",
    },
    effort="L",
    severity="low",
    live=True,
    fix="Split the template into one stack, or nested stack, for each component.",
    compliant=[{RESOURCES: [{"logicalResourceId": "Queue"}], "parameters.max_resources": 1}],
    non_compliant=[{RESOURCES: [{"logicalResourceId": name} for name in "AB"], "parameters.max_resources": 1}],
    not_applicable=[{}],
)
def cloudformation_stack_decomposed(stack: ConfigurationItem, *, max_resources: int = 200) -> Verdict:
    """CloudFormation stacks have at most 200 resources.

    A faulty change of a large stack affects the whole workload. CloudFormation allows up to 500 resources, but a stack
    of that size is hard to split.
    """
    count = len(stack.texts(f"{RESOURCES}.logicalResourceId"))
    if count == 0:
        return NOT_APPLICABLE
    return compliant_if(count <= max_resources, otherwise=f"{count} resources (expected {max_resources} or less)")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "OPS05-BP03": "deployed resources differ from the template or were not compared",
        "REL13-BP04": "a stack rebuilt from the template would differ from the deployed one",
        "SEC01-BP06": "security controls can differ from the reviewed template",
    },
    managed_rule="CLOUDFORMATION_STACK_DRIFT_DETECTION_CHECK",
    effort="M",
    live=True,
    fix="Run drift detection, and change either the template or the resources until they are the same.",
    compliant=[{DRIFT: "IN_SYNC"}],
    non_compliant=[{DRIFT: "DRIFTED"}, {DRIFT: "NOT_CHECKED"}, {}],
)
def cloudformation_stack_drift_detection_check(stack: ConfigurationItem) -> Verdict:
    """CloudFormation stacks match their templates (no drift).

    The next deployment can overwrite a manual change, and a rebuilt stack does not have it. A stack without drift
    detection (NOT_CHECKED) fails. AWS Config does not record drift as a change, so start evaluations regularly.
    """
    status = stack.text(DRIFT, "NOT_CHECKED")
    return compliant_if(status == "IN_SYNC", otherwise=f"stack drift status is {status} (expected IN_SYNC)")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={"REL06-BP03": "failed deployments send no notification"},
    managed_rule="CLOUDFORMATION_STACK_NOTIFICATION_CHECK",
    automation="AWS-EnableCloudFormationSNSNotification",
    effort="S",
    severity="low",
    live=True,
    fix="Set NotificationARNs of the stack to an SNS topic.",
    compliant=[{"configuration.notificationARNs": ["arn"]}],
    non_compliant=[{"configuration.notificationARNs": []}, {}],
    not_applicable=[{PARENT: "arn"}],
)
def cloudformation_stack_notification_check(stack: ConfigurationItem) -> Verdict:
    """CloudFormation stacks send events to an SNS topic.

    Without a topic, a failed deployment sends no notification. The check does not apply to nested stacks.
    """
    if stack.has(PARENT):
        return NOT_APPLICABLE
    return compliant_if(stack.has("configuration.notificationARNs"), "NotificationARNs is empty (expected a topic)")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={"OPS06-BP01": "the stack can be deleted by mistake"},
    managed_rule="CLOUDFORMATION_TERMINATION_PROTECTION_CHECK",
    effort="S",
    severity="medium",
    live=True,
    fix="Set EnableTerminationProtection of the root stack to true.",
    compliant=[{PROTECTION: True}],
    non_compliant=[{PROTECTION: False}, {}],
    not_applicable=[{PARENT: "arn"}],
)
def cloudformation_termination_protection_check(stack: ConfigurationItem) -> Verdict:
    """CloudFormation root stacks have termination protection enabled.

    Without this protection, one command can delete the stack by mistake. Nested stacks have the setting of their root.
    """
    if stack.has(PARENT):
        return NOT_APPLICABLE
    return compliant_if(stack.flag(PROTECTION), otherwise="EnableTerminationProtection is false (expected true)")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={"SEC03-BP02": "deployers need all permissions on the resources of the stack"},
    managed_rule="CLOUDFORMATION_STACK_SERVICE_ROLE_CHECK",
    effort="S",
    severity="low",
    live=True,
    fix="Set RoleARN to a service role when you deploy the stack, and allow deployers to pass only this role.",
    compliant=[{"configuration.roleARN": "arn"}],
    non_compliant=[{}],
    not_applicable=[{PARENT: "arn"}],
)
def cloudformation_stack_service_role_check(stack: ConfigurationItem) -> Verdict:
    """CloudFormation stacks have a service role.

    Without a service role, people and pipelines that deploy need all permissions on the resources of the stack.
    """
    if stack.has(PARENT):
        return NOT_APPLICABLE
    return compliant_if(stack.has("configuration.roleARN"), otherwise="RoleARN is not set (expected a service role)")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "OPS06-BP01": "a failed deployment leaves partly deployed resources",
        "OPS06-BP04": "failed deployments are not rolled back automatically",
    },
    effort="S",
    severity="medium",
    live=True,
    fix="Deploy the stack with DisableRollback set to false.",
    compliant=[{"configuration.disableRollback": False}, {}],
    non_compliant=[{"configuration.disableRollback": True}],
)
def cloudformation_stack_rollback_enabled(stack: ConfigurationItem) -> Verdict:
    """CloudFormation stacks roll back failed deployments.

    Without rollback, a failed deployment leaves a mix of old and new resources. Rollback is enabled by default.
    """
    rolls_back = none_of([stack.flag("configuration.disableRollback")])
    return compliant_if(rolls_back, otherwise="DisableRollback is true (expected false)")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={"OPS06-BP01": "the last operation of the stack failed"},
    effort="M",
    severity="medium",
    live=True,
    fix="Continue the update rollback, or delete the stack and deploy it again.",
    compliant=[{STATUS: "UPDATE_COMPLETE"}, {STATUS: "UPDATE_ROLLBACK_COMPLETE"}, {STATUS: "CREATE_COMPLETE"}],
    non_compliant=[{STATUS: "ROLLBACK_COMPLETE"}, {STATUS: "UPDATE_ROLLBACK_FAILED"}, {STATUS: "DELETE_FAILED"}],
    not_applicable=[{}],
)
def cloudformation_stack_status_healthy(stack: ConfigurationItem) -> Verdict:
    """CloudFormation stacks are not in a failed state.

    Most stacks in a failed state cannot be updated until the failure is resolved, so the next fix cannot be deployed.
    """
    status = stack.text(STATUS)
    if status == "":
        return NOT_APPLICABLE
    return compliant_if(none_of([contains(FAILED, status)]), f"StackStatus is {status} (expected no failed state)")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "REL09-BP01": "deletion of the stack also deletes the data",
        "OPS06-BP01": "a mistaken deletion of the stack cannot be undone",
    },
    effort="S",
    severity="medium",
    live=True,
    fix="Set DeletionPolicy and UpdateReplacePolicy to Retain or Snapshot.",
    compliant=[
        {RESOURCES: [{"resourceType": STATEFUL[0], "deletionPolicy": "Retain"}]},
        {RESOURCES: [{"resourceType": "AWS::RDS::DBInstance"}]},
    ],
    non_compliant=[
        {RESOURCES: [{"resourceType": STATEFUL[0], "logicalResourceId": "Orders", "deletionPolicy": "Delete"}]},
        {RESOURCES: [{"resourceType": STATEFUL[0], "logicalResourceId": "Orders"}]},
        {RESOURCES: [{"resourceType": "AWS::RDS::DBInstance", "deletionPolicy": "Delete"}]},
    ],
    not_applicable=[{RESOURCES: [{"resourceType": "AWS::SQS::Queue"}]}, {}],
)
def cloudformation_stack_data_deletion_policy(stack: ConfigurationItem) -> Verdict:
    """Stack resources that store data have a DeletionPolicy that keeps the data.

    Without such a policy, CloudFormation deletes the resource together with the stack. Applies to tables, databases,
    buckets, file systems and keys.
    """

    def is_kept(resource: Attributes) -> bool:
        default = "Snapshot" if contains(SNAPSHOT_BY_DEFAULT, resource.text("resourceType")) else "Delete"
        return contains(KEEPING_POLICIES, resource.text("deletionPolicy", default))

    return compliant_if_all(
        stack.objects(RESOURCES),
        is_kept,
        "DeletionPolicy is Delete (expected Retain or Snapshot)",
        named="logicalResourceId",
        where=lambda resource: contains(STATEFUL, resource.text("resourceType")),
    )


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "COST04-BP03": "the stack has resources of a disabled component, which are billed",
        "SUS03-BP02": "resources of a disabled component still run",
        "SUS02-BP03": "resources of a disabled component are not used",
    },
    effort="S",
    severity="low",
    live=True,
    fix="Add a Condition on the parameter to the resources of the component.",
    compliant=[
        {
            PARAMETERS: [{"parameterKey": "DeployKnowledgeBase", "parameterValue": "false"}],
            RESOURCES: [{"logicalResourceId": "Queue"}],
        }
    ],
    non_compliant=[
        {
            PARAMETERS: [{"parameterKey": "DeployKnowledgeBase", "parameterValue": "false"}],
            RESOURCES: [{"logicalResourceId": "KnowledgeBaseTable"}],
        }
    ],
    not_applicable=[
        {PARAMETERS: [{"parameterKey": "DeployKnowledgeBase", "parameterValue": "true"}]},
        {PARAMETERS: [{"parameterKey": "Enable", "parameterValue": "false"}]},
        {},
    ],
)
def optional_components_disabled(
    stack: ConfigurationItem, *, prefixes: tuple[str, ...] = ("Deploy", "Enable", "Create", "Install")
) -> Verdict:
    """CloudFormation stacks have no resources of disabled components.

    Resources of a disabled component are charged although they are not used. A component X is disabled if the parameter
    `DeployX`, `EnableX`, `CreateX` or `InstallX` is false. The resources of the component have names that begin with X.
    """

    def is_off(parameter: Attributes) -> bool:
        is_false = contains(("false", "no", "disabled"), parameter.text("parameterValue").lower())
        key = parameter.text("parameterKey")
        return all_of([is_false, any_of(prefixes, lambda prefix: all_of([key.startswith(prefix), key != prefix]))])

    names = stack.texts(f"{RESOURCES}.logicalResourceId")

    def is_absent(parameter: Attributes) -> bool:
        key = parameter.text("parameterKey")
        feature = next((key[len(prefix) :] for prefix in prefixes if key.startswith(prefix)), key)
        return none_of(names, lambda name: name.startswith(feature))

    parameters = stack.objects(PARAMETERS)
    return compliant_if_all(parameters, is_absent, "disabled, but has resources", named="parameterKey", where=is_off)
