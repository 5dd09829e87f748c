"""Selections of AWS Backup: CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, contains, none_of

CONDITIONS = "configuration.BackupSelection.Conditions"
EXCEPT = "configuration.BackupSelection.NotResources"
RESOURCES = "configuration.BackupSelection.Resources"


@check(
    "AWS::Backup::BackupSelection",
    best_practices={
        "SUS04-BP08": "what can be made again is backed up too",
        "REL09-BP01": "nobody has said what needs a backup",
    },
    effort="S",
    severity="low",
    fix="Select by tag, or name the resources.",
    compliant=[
        {RESOURCES: ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders"]},
        {"configuration.BackupSelection.ListOfTags": [{"ConditionKey": "Backup"}]},
        {RESOURCES: ["*"], "configuration.BackupSelection.ListOfTags": [{"ConditionKey": "Backup"}]},
        {RESOURCES: ["*"], f"{CONDITIONS}.StringEquals": [{"ConditionKey": "aws:ResourceTag/Backup"}]},
        {RESOURCES: ["*"], EXCEPT: ["arn:aws:s3:::scratch"]},
    ],
    non_compliant=[{RESOURCES: ["*"]}],
    not_applicable=[{}],
)
def backup_selection_scoped(selection: ConfigurationItem) -> Verdict:
    """Backups are taken of what was chosen.

    Everything there is, is no choice, unless tags, conditions or exceptions narrow it.
    """
    narrowed = any_of([selection.has("configuration.BackupSelection.ListOfTags"), selection.has(CONDITIONS)])
    if none_of([narrowed, selection.has(RESOURCES)]):
        return NOT_APPLICABLE
    everything = contains(selection.texts(RESOURCES), "*")
    chosen = any_of([narrowed, selection.has(EXCEPT), none_of([everything])])
    return compliant_if(chosen, otherwise="everything is selected")
