"""A password in a template is found wherever it stands: as a property's value, or as a parameter's default."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pillarwatch.secrets import secrets_in_script
from rules.catalogue import check_of
from template_scan.configuration_items import ConfigurationItems


@pytest.mark.parametrize(
    ("parameter", "verdict", "annotation"),
    [
        (
            {"Type": "String", "Default": "correct horse", "NoEcho": True},
            "NON_COMPLIANT",
            "literal values in the template: MasterUserPassword (default of parameter Password)",
        ),
        ({"Type": "String", "NoEcho": True}, "COMPLIANT", ""),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/shop/password"}, "COMPLIANT", ""),
    ],
)
def test_a_password_that_is_a_parameter_is_stated_by_its_default(
    parameter: dict[str, Any], verdict: str, annotation: str
) -> None:
    properties = {"Engine": "postgres", "MasterUserPassword": {"Ref": "Password"}}
    resources = {"Main": {"Type": "AWS::RDS::DBInstance", "Properties": properties}}
    template = {"Parameters": {"Password": parameter}, "Resources": resources}
    (item,) = ConfigurationItems(template, datetime(2026, 1, 15, tzinfo=UTC)).variants("Main").items
    found = check_of("template-holds-no-literal-secret").judge(item)
    assert (found.compliance, found.annotation) == (verdict, annotation)


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("export DB_PASSWORD=correct-horse\n", ["DB_PASSWORD"]),
        ('$Password = "correct horse"', ["Password"]),
        ('{"password": "correct horse", "user": "shop"}', ["password"]),
        ("./start --password='correct horse'", ["password"]),
        ("aws configure set aws_access_key_id AKIA" + "IOSFODNN7EXAMPLE", ["a key or a token"]),
        ("TOKEN=`curl -X PUT http://169.254.169.254/latest/api/token`", []),
        ('PASSWORD=$(aws secretsmanager get-secret-value --secret-id "shop")', []),
        ("PASSWORD=\x01", []),
        ('PASSWORD="\x01"', []),
        ('PASSWORD="{{resolve:secretsmanager:shop}}"', []),
        ("token = response.text", []),
        ("f(password=password)", []),
        ("DB_PASSWORD_SECRET=shop/database", []),
        ('if [ "$PASSWORD" == "none" ]; then exit 1; fi', []),
        ("curl -H 'X-aws-ec2-metadata-token: token' http://169.254.169.254", []),
        ("password=arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop", []),
    ],
)
def test_a_script_states_a_secret_by_its_value_and_not_by_a_substitution(script: str, found: list[str]) -> None:
    assert secrets_in_script(script) == found


def test_user_data_is_read_where_parts_of_it_are_not_known() -> None:
    script = {
        "Fn::Base64": {"Fn::Join": ["", ["#!/bin/sh\nexport API_TOKEN=abc123def\nexport REGION=", {"Ref": "Where"}]]}
    }
    resources = {"Main": {"Type": "AWS::EC2::Instance", "Properties": {"UserData": script}}}
    template = {"Parameters": {"Where": {"Type": "String"}}, "Resources": resources}
    (item,) = ConfigurationItems(template, datetime(2026, 1, 15, tzinfo=UTC)).variants("Main").items
    found = check_of("template-holds-no-literal-secret").judge(item)
    assert found.compliance == "NON_COMPLIANT"
    assert found.annotation == "literal values in the template: API_TOKEN in UserData"


def test_a_secret_in_user_data_names_the_parameter_whose_default_it_is() -> None:
    script = "export REGION=${AWS::Region}\nexport DB_USER=${User}\nexport DB_PASSWORD=${Password}\n"
    properties = {"UserData": {"Fn::Base64": {"Fn::Sub": script}}}
    parameters = {name: {"Type": "String", "Default": f"{name}-by-default"} for name in ("User", "Password")}
    resources = {"Main": {"Type": "AWS::EC2::Instance", "Properties": properties}}
    template = {"Parameters": parameters, "Resources": resources}
    (item,) = ConfigurationItems(template, datetime(2026, 1, 15, tzinfo=UTC)).variants("Main").items
    found = check_of("template-holds-no-literal-secret").judge(item)
    assert found.compliance == "NON_COMPLIANT"
    assert found.annotation == "literal values in the template: DB_PASSWORD in UserData (default of parameter Password)"
