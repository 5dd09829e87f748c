"""What AWS does not publish of AWS::ApiGateway::Method."""

from tests.rules.checks.evidence import Evidence

OF_TEMPLATES = Evidence("2026-12-01", "templates alone have it, from the method's API and resource; Config records ids")
PROPERTIES = ("ApiPolicy", "EndpointTypes", "PathPart")
UNPUBLISHED = {f"supplementaryConfiguration.{name}": OF_TEMPLATES for name in PROPERTIES}
