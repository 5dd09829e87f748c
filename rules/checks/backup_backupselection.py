"""Backup selections; their configuration items use the property names of CloudFormation."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, contains, none_of

CONDITIONS = "configuration.BackupSelection.Conditions"
NOT_RESOURCES = "configuration.BackupSelection.NotResources"
RESOURCES = "configuration.BackupSelection.Resources"


@check(
    "AWS::Backup::BackupSelection",
    best_practices={
        "SUS04-BP08": "data that can be recreated is also backed up",
        "REL09-BP01": "the data that needs a backup is not identified",
    },
    effort="S",
    severity="low",
    fix="Set ListOfTags, Conditions or NotResources, or name the ARNs in Resources.",
    compliant=[
        {RESOURCES: ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders"]},
        {"configuration.BackupSelection.ListOfTags": [{"ConditionKey": "Backup"}]},
        {RESOURCES: ["*"], "configuration.BackupSelection.ListOfTags": [{"ConditionKey": "Backup"}]},
        {RESOURCES: ["*"], f"{CONDITIONS}.StringEquals": [{"ConditionKey": "aws:ResourceTag/Backup"}]},
        {RESOURCES: ["*"], NOT_RESOURCES: ["arn:aws:s3:::scratch"]},
    ],
    non_compliant=[{RESOURCES: ["*"]}],
    not_applicable=[{}],
)
def backup_selection_scoped(selection: ConfigurationItem) -> Verdict:
    """Backup selections name resources, tags or conditions.

    A selection of all resources also backs up data that can be recreated, and each backup is charged.
    """
    narrowed = any_of([selection.has("configuration.BackupSelection.ListOfTags"), selection.has(CONDITIONS)])
    if none_of([narrowed, selection.has(RESOURCES)]):
        return NOT_APPLICABLE
    all_resources = contains(selection.texts(RESOURCES), "*")
    is_scoped = any_of([narrowed, selection.has(NOT_RESOURCES), none_of([all_resources])])
    return compliant_if(is_scoped, otherwise="Resources contains * (expected ARNs, tags or conditions)")
