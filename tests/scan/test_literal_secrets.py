"""A password in a template is found wherever it stands: as a property's value, or as a parameter's default."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.lift import Lift
from rules.catalogue import check_of


@pytest.mark.parametrize(
    ("parameter", "verdict", "annotation"),
    [
        (
            {"Type": "String", "Default": "correct horse", "NoEcho": True},
            "NON_COMPLIANT",
            "stated in the template: MasterUserPassword (default of parameter Password)",
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
    (item,) = Lift(template, datetime(2026, 1, 15, tzinfo=UTC)).variants("Main").items
    found = check_of("template-holds-no-literal-secret").judge(item)
    assert (found.compliance, found.annotation) == (verdict, annotation)
