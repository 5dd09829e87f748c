"""Systems Manager documents that the account owns. The attributes are CloudFormation's properties."""

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if, contains, none_of

SHARED = "supplementaryConfiguration.ssm.DescribeDocumentPermission.AccountIds"


@check(
    "AWS::SSM::Document",
    best_practices={
        "SEC03-BP07": "the document is shared with all AWS accounts",
        "SEC08-BP04": "any AWS account can read the content of the document",
    },
    managed_rule="SSM_DOCUMENT_NOT_PUBLIC",
    effort="S",
    severity="high",
    collector="documents",
    live=True,
    exposed=True,
    fix="Share the document with named accounts only, and block public sharing of documents in Systems Manager.",
    compliant=[{SHARED: ["123456789012"]}, {SHARED: []}, {}],
    non_compliant=[{SHARED: ["all"]}],
)
def ssm_document_not_public(document: ConfigurationItem) -> Verdict:
    """Systems Manager documents are not public.

    Any AWS account can read a public document, which can contain names of resources and roles, procedures and secrets.
    """
    return compliant_if(none_of([contains(document.texts(SHARED), "all")]), "AccountIds is all (expected account ids)")
