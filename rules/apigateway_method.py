"""Methods of REST APIs, which AWS Config records in CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, contains, none_of

AUTHORIZATION = "configuration.AuthorizationType"
VERB = "configuration.HttpMethod"
VALIDATOR = "configuration.RequestValidatorId"
WRITES = ("ANY", "PATCH", "POST", "PUT")


@check(
    "AWS::ApiGateway::Method",
    best_practices={
        "SEC03-BP01": "anybody may call the method",
        "SEC03-BP02": "the right to call it is given to everybody",
    },
    effort="M",
    exposed=True,
    fix="Attach an authorizer, or authorize with IAM.",
    compliant=[{VERB: "GET", AUTHORIZATION: "AWS_IAM"}, {VERB: "OPTIONS", AUTHORIZATION: "NONE"}],
    non_compliant=[{VERB: "GET", AUTHORIZATION: "NONE"}, {VERB: "GET"}, {}],
)
def api_gw_method_authorization_required(method: ConfigurationItem) -> Verdict:
    """Methods of REST APIs ask who calls.

    But for OPTIONS: a browser's preflight request cannot say. An API key is no authorization: it names a client, and
    anybody can have it.
    """
    asks = any_of([method.text(AUTHORIZATION, "NONE") != "NONE", method.text(VERB) == "OPTIONS"])
    return compliant_if(asks, otherwise=f"{method.text(VERB, 'the method')} needs no authorization")


@check(
    "AWS::ApiGateway::Method",
    best_practices={
        "REL05-BP04": "a broken request is found only deep inside",
        "SEC05-BP03": "nothing inspects what is sent before it is processed",
    },
    effort="S",
    severity="low",
    fix="Attach a request validator with a model of the body.",
    compliant=[{VERB: "POST", VALIDATOR: "v1"}],
    non_compliant=[{VERB: "POST"}, {VERB: "ANY"}],
    not_applicable=[{VERB: "GET"}, {}],
)
def api_request_validation_enabled(method: ConfigurationItem) -> Verdict:
    """Methods that write refuse malformed requests at the door.

    What the backend would refuse anyway then costs nothing.
    """
    if none_of([contains(WRITES, method.text(VERB))]):
        return NOT_APPLICABLE
    return compliant_if(method.has(VALIDATOR), otherwise=f"{method.text(VERB)} has no request validator")
