"""What a policy's statement grants or refuses, however it is written: the reading that a pass relies on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarwatch import ConfigurationItem, Statement
from pillarwatch.unknown import Unknown
from template_scan.open_values import Open

UNKNOWN = Unknown("parameter P has no default")
BUCKET = ConfigurationItem({"resourceType": "AWS::S3::Bucket", "resourceId": "b", "resourceName": "b"})


def allow(**elements: Any) -> Statement:
    return Statement({"Effect": "Allow", **elements})


def deny(**elements: Any) -> Statement:
    return Statement({"Effect": "Deny", **elements})


def word(answer: Any) -> str:
    return "unknown" if isinstance(answer, Unknown) else "yes" if answer else "no"


# Effect


@pytest.mark.parametrize(
    ("statement", "allows", "denies"),
    [
        ({"Effect": "Allow"}, "yes", "no"),
        ({"Effect": "Deny"}, "no", "yes"),
        ({"effect": "Allow"}, "unknown", "unknown"),
        ({}, "unknown", "unknown"),
        (UNKNOWN, "unknown", "unknown"),
        ("Allow", "unknown", "unknown"),
        ({"Effect": UNKNOWN}, "unknown", "unknown"),
    ],
)
def test_an_effect_is_allow_or_deny_or_not_known(statement: Any, allows: str, denies: str) -> None:
    read = Statement(statement)
    assert (word(read.allows), word(read.denies)) == (allows, denies)


# Action and NotAction


@pytest.mark.parametrize(
    ("elements", "covers"),
    [
        ({"Action": "s3:GetObject"}, "yes"),
        ({"Action": ["sqs:*", "S3:getobject"]}, "yes"),
        ({"Action": "s3:Get*"}, "yes"),
        ({"Action": "s3:Get?bject"}, "yes"),
        ({"Action": "s3:*"}, "yes"),
        ({"Action": "*"}, "yes"),
        ({"Action": "*:*"}, "yes"),
        ({"Action": "s3:Put*"}, "no"),
        ({"Action": "s3:[GP]etObject"}, "no"),
        ({"Action": []}, "no"),
        ({}, "no"),
        ({"NotAction": "iam:*"}, "yes"),
        ({"NotAction": ["iam:*", "s3:*"]}, "no"),
        ({"NotAction": "s3:get*"}, "no"),
        ({"NotAction": "s3:Put*"}, "yes"),
        ({"Action": UNKNOWN}, "unknown"),
        ({"Action": ["s3:GetObject", UNKNOWN]}, "yes"),
        ({"Action": Unknown("u", parts=("sqs:", None))}, "no"),
        ({"Action": Unknown("u", parts=("s3:", None))}, "unknown"),
        ({"NotAction": UNKNOWN}, "unknown"),
        ({"NotAction": ["s3:*", UNKNOWN]}, "no"),
    ],
)
def test_actions_are_covered_with_wildcards_in_any_case_and_by_exception(elements: dict[str, Any], covers: str) -> None:
    assert word(allow(**elements).covers("s3:GetObject")) == covers


@pytest.mark.parametrize(
    ("elements", "service", "every"),
    [
        ({"Action": "*"}, "yes", "yes"),
        ({"Action": "*:*"}, "yes", "yes"),
        ({"Action": "s3:*"}, "yes", "no"),
        ({"Action": "s3:G*"}, "no", "no"),
        ({"Action": "sqs:*"}, "no", "no"),
        ({"NotAction": "s3:GetObject"}, "no", "no"),
        ({"Action": UNKNOWN}, "unknown", "unknown"),
    ],
)
def test_a_whole_service_takes_its_wildcard(elements: dict[str, Any], service: str, every: str) -> None:
    assert word(allow(**elements).covers_service("s3")) == service
    assert word(allow(**elements).covers_every_action) == every


@pytest.mark.parametrize(
    ("elements", "answer", "named"),
    [
        ({"Action": ["s3:GetObject", "dynamodb:*"]}, "yes", ["dynamodb:*"]),
        ({"Action": "*"}, "yes", ["*"]),
        ({"Action": "*:*"}, "yes", ["*:*"]),
        ({"NotAction": ["iam:*", "sts:*"]}, "yes", ["all but iam:*, sts:*"]),
        ({"Action": "s3:Get*"}, "no", []),
        ({"Action": UNKNOWN}, "unknown", []),
    ],
)
def test_whole_services_are_found_and_named(elements: dict[str, Any], answer: str, named: list[str]) -> None:
    assert word(allow(**elements).covers_a_service) == answer
    assert allow(**elements).whole_services == named


def test_an_annotation_names_only_what_covers() -> None:
    statement = allow(Action=["logs:Create*", "S3:Get*", UNKNOWN, "ec2:DescribeInstances"])
    assert statement.covering("s3:GetObject", "kms:Decrypt") == ["S3:Get*"]
    assert str(allow(Sid="Open", Action="*")) == "Open"
    assert str(allow(NotAction="iam:*")) == "all but iam:*"


# Resource and NotResource


@pytest.mark.parametrize(
    ("elements", "everything", "unnamed"),
    [
        ({"Resource": "*"}, "yes", "yes"),
        ({"Resource": "**"}, "yes", "yes"),
        ({"Resource": "arn:*"}, "yes", "yes"),
        ({"Resource": "arn:aws:*:*:*:*"}, "yes", "yes"),
        ({"Resource": ["arn:aws:s3:::b", "*"]}, "yes", "yes"),
        ({"NotResource": "arn:aws:s3:::audit/*"}, "yes", "yes"),
        ({"Resource": "arn:aws:s3:::*"}, "no", "yes"),
        ({"Resource": "arn:aws:s3:::*/*"}, "no", "yes"),
        ({"Resource": "arn:aws:s3:::b/*"}, "no", "no"),
        ({"Resource": "arn:aws:s3:::b-*"}, "no", "no"),
        ({"Resource": "arn:aws:dynamodb:*:*:table/*"}, "no", "yes"),
        ({"Resource": "arn:aws:dynamodb:*:*:table/*/index/*"}, "no", "yes"),
        ({"Resource": "arn:aws:dynamodb:*:*:table/orders*"}, "no", "no"),
        ({"Resource": "arn:aws:secretsmanager:*:*:secret:*"}, "no", "yes"),
        ({"Resource": "arn:aws:secretsmanager:*:*:secret:app/*"}, "no", "no"),
        ({"Resource": "arn:aws:ssm:*:*:parameter/app/*"}, "no", "no"),
        ({"Resource": "arn:aws:logs:*:*:log-group:/aws/lambda/*"}, "no", "no"),
        ({"Resource": "arn:aws:sqs:*:*:*"}, "no", "yes"),
        ({"Resource": "arn:aws:sqs:*:*:orders"}, "no", "no"),
        ({}, "no", "no"),
        ({"Resource": UNKNOWN}, "unknown", "unknown"),
        ({"Resource": ["*", UNKNOWN]}, "yes", "yes"),
        ({"NotResource": UNKNOWN}, "unknown", "unknown"),
        ({"NotResource": Unknown("u", present=True)}, "yes", "yes"),
        # Templates: an attribute of another resource is a name, and so is what begins with one.
        ({"Resource": Unknown("u", parts=("arn:", None), reference="Table")}, "no", "no"),
        ({"Resource": Unknown("u", parts=("arn:", None, "/index/*"), reference="Table")}, "no", "no"),
        ({"Resource": Unknown("u", parts=("arn:aws:s3:::", None, "/*"), reference="Bucket")}, "no", "no"),
        ({"Resource": Unknown("u", parts=("arn:aws:s3:::", None, "/*"))}, "no", "unknown"),
        ({"Resource": Unknown("u", parts=("arn:aws:dynamodb:", None, ":1:table/orders-", None))}, "no", "no"),
        (
            {"Resource": Unknown("u", parts=("arn:aws:sqs:", None, ":", None, ":*"), reference="AWS::Region")},
            "no",
            "yes",
        ),
        ({"Resource": Unknown("u", parts=("ar", None))}, "unknown", "unknown"),
        # An empty name is no wildcard; what a template refers to has a name.
        ({"Resource": "arn:aws:s3:::/*"}, "no", "no"),
        ({"Resource": "arn:aws:s3:::"}, "no", "no"),
        ({"Resource": "arn:aws:dynamodb:*:*:table/"}, "no", "no"),
        ({"Resource": ""}, "no", "no"),
        ({"Resource": Unknown("u", parts=("arn:aws:s3:::", None, "*"), reference="AWS::StackName")}, "no", "no"),
        # The partition decides nothing.
        ({"Resource": "arn:aws-us-gov:*"}, "yes", "yes"),
        ({"Resource": Unknown("u", parts=("arn:", None, ":*"), reference="AWS::Partition")}, "yes", "yes"),
        ({"Resource": Unknown("u", parts=("arn:", None, ":s3:::*"), reference="AWS::Partition")}, "no", "yes"),
        (
            {"Resource": Unknown("u", parts=("arn:", None, ":sqs:*:", None, ":*"), reference="AWS::Partition")},
            "no",
            "yes",
        ),
    ],
)
def test_a_resource_is_named_unless_its_name_is_a_wildcard(
    elements: dict[str, Any], everything: str, unnamed: str
) -> None:
    assert word(allow(**elements).reaches_everything) == everything
    assert word(allow(**elements).names_no_resource) == unnamed


@pytest.mark.parametrize(
    ("elements", "at_large", "named"),
    [
        ({"Action": "s3:GetObject", "Resource": "*"}, "yes", ["s3:GetObject"]),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::*"}, "yes", ["s3:*"]),
        ({"NotAction": "iam:*", "Resource": "arn:aws:s3:::*"}, "yes", ["all but iam:*"]),
        ({"Action": "s3:GetObject", "NotResource": "arn:aws:s3:::audit/*"}, "yes", ["s3:GetObject"]),
        ({"Action": "s3:GetObject", "Resource": ["arn:aws:logs:*:*:*", "arn:aws:s3:::b/*"]}, "no", []),
        (
            {"Action": ["s3:GetObject", "kms:*"], "Resource": ["arn:aws:s3:::b/*", "arn:aws:kms:*:*:*"]},
            "yes",
            ["kms:*"],
        ),
        (
            {"Action": ["s3:GetObject", "kms:*"], "Resource": ["arn:aws:s3:::b/*", "arn:aws:*"]},
            "yes",
            ["s3:GetObject", "kms:*"],
        ),
        ({"Action": "s3:GetObject", "Resource": "arn:aws:s?:::*"}, "yes", ["s3:GetObject"]),
        ({"Action": "s3:PutObject", "Resource": "*"}, "no", []),
        ({"Action": UNKNOWN, "Resource": "*"}, "unknown", []),
        ({"Action": "s3:GetObject", "Resource": UNKNOWN}, "unknown", []),
    ],
)
def test_a_statement_is_at_large_on_resources_of_the_action_s_own_service(
    elements: dict[str, Any], at_large: str, named: list[str]
) -> None:
    assert word(allow(**elements).covers_at_large("s3:GetObject", "kms:Decrypt")) == at_large
    if at_large == "yes":
        assert allow(**elements).covering_at_large("s3:GetObject", "kms:Decrypt") == named


@pytest.mark.parametrize(
    ("resource", "reaches"),
    [
        ("arn:aws:s3:::b/*", "yes"),
        (["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "yes"),
        ("arn:aws-cn:s3:::b/*", "yes"),
        ("arn:aws:s3:::b*", "yes"),
        ("*", "yes"),
        ("arn:aws:s3:::b", "no"),
        ("arn:aws:s3:::b/logs/*", "no"),
        ("arn:aws:s3:::b/?", "no"),
        ("arn:aws:s3:::other/*", "no"),
        (UNKNOWN, "unknown"),
        (Unknown("u", parts=("arn:", None, "/*"), reference="b"), "yes"),
        (Unknown("u", parts=("arn:", None, "/logs/*"), reference="b"), "no"),
        (Unknown("u", parts=("arn:", None), reference="b"), "no"),
        (Unknown("u", parts=("arn:", None, "*"), reference="b"), "yes"),
        (Unknown("u", parts=("arn:", None, ":s3:::logs-", None, "/*"), reference="AWS::Partition"), "no"),
        (Unknown("u", parts=("arn:", None, ":s3:::b/*"), reference="AWS::Partition"), "yes"),
        (Unknown("u", parts=("arn:", None, ":s3:::b/logs/*"), reference="AWS::Partition"), "no"),
        (Unknown("u", parts=("arn:aws:s3:::", None, "/*")), "unknown"),
    ],
)
def test_all_objects_of_a_bucket(resource: Any, reaches: str) -> None:
    assert word(deny(Resource=resource).reaches_objects_of(BUCKET)) == reaches


# Principal, NotPrincipal and Condition


@pytest.mark.parametrize(
    ("elements", "anybody"),
    [
        ({"Principal": "*"}, "yes"),
        ({"Principal": {"AWS": "*"}}, "yes"),
        ({"Principal": {"AWS": ["arn:aws:iam::1:root", "*"]}}, "yes"),
        ({"Principal": {"CanonicalUser": "*"}}, "yes"),
        ({"NotPrincipal": {"AWS": "arn:aws:iam::1:user/x"}}, "yes"),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, "no"),
        ({"Principal": {"AWS": "123456789012"}}, "no"),
        ({"Principal": {"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}}, "no"),
        ({"Principal": {"Federated": "cognito-identity.amazonaws.com"}}, "no"),
        ({"Principal": {"CanonicalUser": "79a59df9"}}, "no"),
        ({}, "no"),
        ({"Principal": UNKNOWN}, "unknown"),
        ({"Principal": {"AWS": UNKNOWN}}, "unknown"),
        ({"Principal": {"AWS": Unknown("u", reference="AWS::AccountId")}}, "no"),
        ({"Principal": {"CanonicalUser": Unknown("u", reference="Identity")}}, "no"),
        ({"Principal": {"AWS": ["*", UNKNOWN]}}, "yes"),
        ({"Principal": "{"}, "unknown"),
    ],
)
def test_anybody_is_a_star_of_any_kind_or_everybody_but_some(elements: dict[str, Any], anybody: str) -> None:
    assert word(allow(**elements).admits_anybody) == anybody
    assert word(deny(**elements).admits_anybody) == "no"


@pytest.mark.parametrize(
    ("condition", "anybody"),
    [
        ({}, "yes"),
        ({"StringEquals": {}}, "yes"),
        ({"StringEquals": {"aws:SourceAccount": "123456789012"}}, "no"),
        ({"StringEquals": {"AWS:SOURCEACCOUNT": "123456789012"}}, "no"),
        ({"StringEqualsIgnoreCase": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}, "no"),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}, "no"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}, "no"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:*"}}, "no"),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, "no"),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceVpce": "vpce-1"}}, "no"),
        # Conditions that everybody can meet.
        ({"Bool": {"aws:SecureTransport": "true"}}, "yes"),
        ({"StringEquals": {"a": "b"}}, "yes"),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, "yes"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, "yes"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic"}}, "yes"),
        ({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/0"]}}, "yes"),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}, "yes"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "no"),
        ({"IpAddress": {"aws:SourceIp": "2000::/3"}}, "yes"),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, "no"),
        ({"StringEquals": {"aws:PrincipalOrgID": ""}}, "no"),
        ({"StringNotEquals": {"aws:SourceAccount": "123456789012"}}, "yes"),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}, "yes"),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": "123456789012"}}, "yes"),
        ({"Null": {"aws:SourceAccount": "true"}}, "yes"),
        ({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}, "yes"),
        ({"StringEquals": {"aws:SourceAccount": []}}, "yes"),
        # What is not known.
        (UNKNOWN, "unknown"),
        ("{", "unknown"),
        ({"StringEquals": UNKNOWN}, "unknown"),
        ({"StringEquals": {"aws:SourceAccount": UNKNOWN}}, "unknown"),
        ({"StringEquals": {"aws:PrincipalOrgID": Open("u", "${Organization}", present=False)}}, "no"),
        ({"StringLike": {"aws:PrincipalOrgID": Open("u", "${Organization}", present=False)}}, "unknown"),
        ({"IpAddress": {"aws:SourceIp": Open("u", "${Range}", present=False)}}, "unknown"),
        ({"StringEquals": {"aws:SourceAccount": Unknown("u", reference="AWS::AccountId")}}, "no"),
        ({"ArnEquals": {"aws:SourceArn": Unknown("u", reference="Topic", parts=("arn:", None))}}, "no"),
        ({"ArnLike": {"aws:SourceArn": Unknown("u", reference="Topic", parts=("arn:aws:sns:*:*:", None))}}, "yes"),
        ({"Bool": UNKNOWN, "StringEquals": {"aws:SourceAccount": "123456789012"}}, "no"),
    ],
)
def test_a_condition_limits_callers_if_it_names_them(condition: Any, anybody: str) -> None:
    assert word(allow(Principal="*", Condition=condition).admits_anybody) == anybody


@pytest.mark.parametrize(
    ("elements", "refuses"),
    [
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "yes"),
        ({"Condition": {"Bool": {"AWS:securetransport": False}}}, "yes"),
        ({"Condition": {"Bool": {"aws:SecureTransport": ["False"]}}}, "yes"),
        ({"Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}, "yes"),
        ({"Principal": {"AWS": "*"}, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "yes"),
        ({"Effect": "Allow", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "no"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "no"),
        ({"Condition": {"StringEquals": {"aws:SecureTransport": "false"}}}, "no"),
        ({"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}, "no"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "1.2.3.4/32"}}}, "no"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}}, "no"),
        ({"Principal": {"AWS": "123456789012"}, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "no"),
        (
            {
                "Principal": None,
                "NotPrincipal": {"AWS": "arn:aws:iam::1:root"},
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            "no",
        ),
        ({}, "no"),
        ({"Condition": {"Bool": UNKNOWN}}, "unknown"),
        ({"Condition": UNKNOWN}, "unknown"),
        ({"Condition": {"Bool": {"aws:SecureTransport": UNKNOWN}}}, "unknown"),
        ({"Effect": UNKNOWN, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "unknown"),
    ],
)
def test_clear_text_is_refused_by_a_denial_to_everybody_under_no_other_condition(
    elements: dict[str, Any], refuses: str
) -> None:
    assert word(deny(**{"Principal": "*", **elements}).refuses_clear_text) == refuses


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["*", "s3:*", "arn:aws:s3:::*", "Allow", "false"])
    | st.builds(Unknown, st.just("nobody knows"), present=st.booleans()),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["AWS", "Bool", "aws:SecureTransport", "aws:SourceArn"]), inner, max_size=2)
    ),
    max_leaves=6,
)
ELEMENTS = ["Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition", "Sid"]


@given(st.dictionaries(st.sampled_from(ELEMENTS), values))
def test_no_question_to_any_statement_raises(elements: dict[str, Any]) -> None:
    statement = Statement(elements)
    for answer in (
        statement.allows,
        statement.covers("s3:GetObject"),
        statement.covers_service("s3"),
        statement.covers_a_service,
        statement.covers_every_action,
        statement.excepts_actions,
        statement.reaches_everything,
        statement.names_no_resource,
        len(statement.identity_providers) > 0,
        statement.covers_at_large("s3:GetObject", "kms:Decrypt"),
        statement.reaches_objects_of(BUCKET),
        statement.admits_anybody,
        statement.refuses_clear_text,
    ):
        assert word(answer) in {"yes", "no", "unknown"}
    assert all(word(test.names("aws:SourceArn", "aws:ResourceTag/")) for test in statement.conditions)
    assert isinstance(statement.covering_at_large("s3:GetObject"), list)
    assert str(statement)
    assert isinstance([*statement.whole_services, *statement.covering("s3:GetObject")], list)
