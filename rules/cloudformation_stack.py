"""CloudFormation stacks. Their items list their resources."""

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
from rules.shared.tags import required_tags, resource_owner_tag_present

RESOURCES = "supplementaryConfiguration.StackResourceSummaries"


DRIFT = "configuration.driftInformation.stackDriftStatus"
PARAMETERS = "configuration.parameters"
PARENT = "configuration.parentId"
STATUS = "configuration.stackStatus"
STATEFUL = (
    "AWS::DynamoDB::Table",
    "AWS::EFS::FileSystem",
    "AWS::KMS::Key",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
)
KEPT = ("Retain", "RetainExceptOnCreate", "Snapshot")
KEPT_UNASKED = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")  # CloudFormation takes a snapshot where nothing is said
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
    fix="Split the template along its components into stacks of their own, or nested ones.",
    compliant=[{RESOURCES: [{"logicalResourceId": "Queue"}], "parameters.max_resources": 1}],
    non_compliant=[{RESOURCES: [{"logicalResourceId": name} for name in "AB"], "parameters.max_resources": 1}],
    not_applicable=[{}],
)
def cloudformation_stack_decomposed(stack: ConfigurationItem, *, max_resources: int = 200) -> Verdict:
    """CloudFormation stacks have a manageable number of resources.

    CloudFormation itself stops at 500 resources, which is too late to split a stack easily.
    """
    count = len(stack.texts(f"{RESOURCES}.logicalResourceId"))
    if count == 0:
        return NOT_APPLICABLE
    return compliant_if(count <= max_resources, otherwise=f"{count} resources")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "OPS05-BP03": "what is deployed is not what the template says",
        "REL13-BP04": "what was drilled is not what would be rebuilt",
        "SEC01-BP06": "controls were changed by hand, beside their template",
    },
    managed_rule="CLOUDFORMATION_STACK_DRIFT_DETECTION_CHECK",
    effort="M",
    live=True,
    fix="Detect drift, and bring resources and template together again.",
    compliant=[{DRIFT: "IN_SYNC"}],
    non_compliant=[{DRIFT: "DRIFTED"}, {DRIFT: "NOT_CHECKED"}, {}],
)
def cloudformation_stack_drift_detection_check(stack: ConfigurationItem) -> Verdict:
    """Stacks are what their templates say.

    Detected, not believed: a stack that was never looked at does not pass. Drift makes no item: judge on schedule too.
    """
    status = stack.text(DRIFT, "NOT_CHECKED")
    return compliant_if(status == "IN_SYNC", otherwise=f"the stack is {status}")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={"REL06-BP03": "failed deployments send no notification"},
    managed_rule="CLOUDFORMATION_STACK_NOTIFICATION_CHECK",
    automation="AWS-EnableCloudFormationSNSNotification",
    effort="S",
    severity="low",
    live=True,
    fix="Deploy the stack with a notification topic.",
    compliant=[{"configuration.notificationARNs": ["arn"]}],
    non_compliant=[{"configuration.notificationARNs": []}, {}],
    not_applicable=[{PARENT: "arn"}],
)
def cloudformation_stack_notification_check(stack: ConfigurationItem) -> Verdict:
    """Stacks send events to an SNS topic.

    Nested ones are part of what their root tells.
    """
    if stack.has(PARENT):
        return NOT_APPLICABLE
    return compliant_if(stack.has("configuration.notificationARNs"), otherwise="no topic")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={"OPS06-BP01": "a stack deleted by mistake cannot be rolled back"},
    managed_rule="CLOUDFORMATION_TERMINATION_PROTECTION_CHECK",
    effort="S",
    severity="medium",
    live=True,
    fix="Turn on termination protection of the root stack.",
    compliant=[{"configuration.enableTerminationProtection": True}],
    non_compliant=[{"configuration.enableTerminationProtection": False}, {}],
    not_applicable=[{PARENT: "arn"}],
)
def cloudformation_termination_protection_check(stack: ConfigurationItem) -> Verdict:
    """Root stacks have termination protection.

    Nested ones have it from their root.
    """
    if stack.has(PARENT):
        return NOT_APPLICABLE
    return compliant_if(stack.flag("configuration.enableTerminationProtection"), otherwise="no termination protection")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={"SEC03-BP02": "deployers need every permission that the stack uses"},
    managed_rule="CLOUDFORMATION_STACK_SERVICE_ROLE_CHECK",
    effort="S",
    severity="low",
    live=True,
    fix="Deploy with a service role for CloudFormation.",
    compliant=[{"configuration.roleARN": "arn"}],
    non_compliant=[{}],
    not_applicable=[{PARENT: "arn"}],
)
def cloudformation_stack_service_role_check(stack: ConfigurationItem) -> Verdict:
    """Stacks are deployed with a service role.

    Whoever deploys then needs only the right to ask CloudFormation.
    """
    if stack.has(PARENT):
        return NOT_APPLICABLE
    return compliant_if(stack.has("configuration.roleARN"), otherwise="no service role")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "OPS06-BP01": "a failed deployment leaves half of itself behind",
        "OPS06-BP04": "nothing rolls back",
    },
    effort="S",
    severity="medium",
    live=True,
    fix="Deploy the stack with rollback enabled.",
    compliant=[{"configuration.disableRollback": False}, {}],
    non_compliant=[{"configuration.disableRollback": True}],
)
def cloudformation_stack_rollback_enabled(stack: ConfigurationItem) -> Verdict:
    """Failed deployments of stacks roll back.

    They do unless somebody turns it off to look.
    """
    return compliant_if(none_of([stack.flag("configuration.disableRollback")]), otherwise="rollback is disabled")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={"OPS06-BP01": "the stack is in a failed state and cannot be updated"},
    effort="M",
    severity="medium",
    live=True,
    fix="Continue the rollback, or delete the stack and deploy it again.",
    compliant=[{STATUS: "UPDATE_COMPLETE"}, {STATUS: "UPDATE_ROLLBACK_COMPLETE"}, {STATUS: "CREATE_COMPLETE"}],
    non_compliant=[{STATUS: "ROLLBACK_COMPLETE"}, {STATUS: "UPDATE_ROLLBACK_FAILED"}, {STATUS: "DELETE_FAILED"}],
    not_applicable=[{}],
)
def cloudformation_stack_status_healthy(stack: ConfigurationItem) -> Verdict:
    """Stacks are not in a failed state.

    What failed when it was created, or could not roll back, cannot.
    """
    status = stack.text(STATUS)
    if status == "":
        return NOT_APPLICABLE
    return compliant_if(none_of([contains(FAILED, status)]), otherwise=f"the stack is {status}")


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "REL09-BP01": "deleting the stack deletes the only copy of the data",
        "OPS06-BP01": "replacing the resource deletes its data",
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
    """Resources with data have a DeletionPolicy that keeps the data.

    Tables, databases, buckets, file systems and keys.
    """

    def outlives(resource: Attributes) -> bool:
        unasked = "Snapshot" if contains(KEPT_UNASKED, resource.text("resourceType")) else "Delete"
        return contains(KEPT, resource.text("deletionPolicy", unasked))

    return compliant_if_all(
        stack.objects(RESOURCES),
        outlives,
        "deleted with the stack",
        named="logicalResourceId",
        where=lambda resource: contains(STATEFUL, resource.text("resourceType")),
    )


@check(
    "AWS::CloudFormation::Stack",
    best_practices={
        "COST04-BP03": "a disabled component is still billed",
        "SUS03-BP02": "a disabled component still runs",
        "SUS02-BP03": "resources of a disabled feature are kept",
    },
    effort="S",
    severity="low",
    live=True,
    fix="Put the feature's resources under a condition on its parameter.",
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
    """Components that are switched off leave nothing in the stack.

    A parameter `DeployX` that says no, and a resource whose name begins with X, contradict each other.
    """

    def is_off(parameter: Attributes) -> bool:
        no = contains(("false", "no", "disabled"), parameter.text("parameterValue").lower())
        key = parameter.text("parameterKey")
        return all_of([no, any_of(prefixes, lambda prefix: all_of([key.startswith(prefix), key != prefix]))])

    names = stack.texts(f"{RESOURCES}.logicalResourceId")

    def leaves_nothing(parameter: Attributes) -> bool:
        key = parameter.text("parameterKey")
        feature = next((key[len(prefix) :] for prefix in prefixes if key.startswith(prefix)), key)
        return none_of(names, lambda name: name.startswith(feature))

    parameters = stack.objects(PARAMETERS)
    return compliant_if_all(parameters, leaves_nothing, "still there", named="parameterKey", where=is_off)
