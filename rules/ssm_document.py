"""Systems Manager's documents of the account, with whom they are shared: CloudFormation's shape."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, contains, none_of

SHARED = "supplementaryConfiguration.ssm.DescribeDocumentPermission.AccountIds"


@check(
    "AWS::SSM::Document",
    best_practices={
        "SEC03-BP07": "everybody may read how the account is operated",
        "SEC08-BP04": "what the document says is open to the world",
    },
    managed_rule="SSM_DOCUMENT_NOT_PUBLIC",
    effort="S",
    severity="high",
    collector="documents",
    live=True,
    exposed=True,
    fix="Share the document with the accounts that need it, and block public sharing in Systems Manager's settings.",
    compliant=[{SHARED: ["123456789012"]}, {SHARED: []}, {}],
    non_compliant=[{SHARED: ["all"]}],
)
def ssm_document_not_public(document: ConfigurationItem) -> Verdict:
    """Documents of the account are not public.

    They name resources, roles and how things are done, and some hold what should have been a secret.
    """
    return compliant_if(none_of([contains(document.texts(SHARED), "all")]), otherwise="shared with everybody")
