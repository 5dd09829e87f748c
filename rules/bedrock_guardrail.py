"""Guardrails of Bedrock, which AWS Config records in CloudFormation's shape."""

from pillarwatch import (
    Attributes,
    ConfigurationItem,
    Verdict,
    all_of,
    any_of,
    check,
    compliant_if,
    compliant_if_all,
    contains,
)

FILTERS = "configuration.ContentPolicyConfig.FiltersConfig"
ENTITIES = "configuration.SensitiveInformationPolicyConfig.PiiEntitiesConfig"
PATTERNS = "configuration.SensitiveInformationPolicyConfig.RegexesConfig"
HARM = ("HATE", "INSULTS", "MISCONDUCT", "SEXUAL", "VIOLENCE")
STRONG = ("HIGH", "MEDIUM")


WAYS = ("Input", "Output")


def strength(kind: str, incoming: str, outgoing: str) -> dict[str, str]:
    """An example of one filter."""
    return {"Type": kind, "InputStrength": incoming, "OutputStrength": outgoing}


def acts(policy: Attributes, way: str, default: str = "BLOCK") -> bool:
    """Whether a filter is on for prompts or answers, and does more than to report what it finds."""
    action = policy.text(f"{way}Action", default)
    return all_of([policy.flag(f"{way}Enabled", True), contains(("ANONYMIZE", "BLOCK"), action)])


@check(
    "AWS::Bedrock::Guardrail",
    best_practices={"SEC05-BP03": "harmful prompts and answers pass"},
    effort="S",
    fix="Set the five filters for harm to medium or high, for prompts and for answers.",
    compliant=[{FILTERS: [strength(kind, "MEDIUM", "HIGH") for kind in HARM]}],
    non_compliant=[
        {FILTERS: [strength(kind, "LOW", "HIGH") for kind in HARM]},
        {FILTERS: [{**strength(kind, "HIGH", "HIGH"), "InputEnabled": False} for kind in HARM]},
        {FILTERS: [{**strength(kind, "HIGH", "HIGH"), "OutputAction": "NONE"} for kind in HARM]},
        {FILTERS: []},
        {},
    ],
)
def bedrock_guardrail_content_policy_configured(guardrail: ConfigurationItem) -> Verdict:
    """Guardrails filter hate, insults, sex, violence and misconduct.

    On the way in and on the way out; a filter that only reports does not filter.
    """

    def filtered(kind: str) -> bool:
        def strong(each: Attributes) -> bool:
            both = [all_of([contains(STRONG, each.text(f"{way}Strength")), acts(each, way)]) for way in WAYS]
            return all_of([each.text("Type") == kind, *both])

        return any_of(guardrail.objects(FILTERS), strong)

    return compliant_if_all(HARM, filtered, "not filtered")


@check(
    "AWS::Bedrock::Guardrail",
    best_practices={"SEC07-BP02": "personal data passes into prompts and answers"},
    effort="S",
    severity="medium",
    fix="Block or anonymize the kinds of personal data that must not pass.",
    compliant=[{ENTITIES: [{"Type": "EMAIL", "Action": "ANONYMIZE"}]}, {PATTERNS: [{"Name": "id", "Action": "BLOCK"}]}],
    non_compliant=[
        {ENTITIES: [{"Type": "EMAIL", "Action": "NONE"}]},
        {ENTITIES: [{"Type": "EMAIL", "Action": "BLOCK", "InputEnabled": False, "OutputEnabled": False}]},
        {PATTERNS: [{"Name": "id", "Action": "BLOCK", "InputAction": "NONE", "OutputAction": "NONE"}]},
        {},
    ],
)
def bedrock_guardrail_sensitive_information_policy_configured(guardrail: ConfigurationItem) -> Verdict:
    """Guardrails keep personal data out of prompts and answers.

    One kind at least is blocked or anonymized; which ones matter, the workload knows.
    """

    def keeps(kind: Attributes) -> bool:
        return any_of(WAYS, lambda way: acts(kind, way, kind.text("Action")))

    kept = any_of([any_of(guardrail.objects(kinds), keeps) for kinds in (ENTITIES, PATTERNS)])
    return compliant_if(kept, otherwise="nothing is blocked or anonymized")


@check(
    "AWS::Bedrock::Guardrail",
    best_practices={"SEC05-BP03": "a prompt can talk the model out of its instructions"},
    effort="S",
    fix="Add the filter PROMPT_ATTACK with the input strength HIGH.",
    compliant=[{FILTERS: [strength("PROMPT_ATTACK", "HIGH", "NONE")]}],
    non_compliant=[
        {FILTERS: [strength("PROMPT_ATTACK", "MEDIUM", "NONE")]},
        {FILTERS: [{**strength("PROMPT_ATTACK", "HIGH", "NONE"), "InputAction": "NONE"}]},
        {FILTERS: [strength("HATE", "HIGH", "HIGH")]},
        {},
    ],
)
def bedrock_guardrail_prompt_attack_filter_enabled(guardrail: ConfigurationItem) -> Verdict:
    """Guardrails refuse prompts that attack the model.

    At full strength: an attack is worded to pass.
    """

    def refuses(each: Attributes) -> bool:
        return all_of([each.text("Type") == "PROMPT_ATTACK", each.text("InputStrength") == "HIGH", acts(each, "Input")])

    return compliant_if(any_of(guardrail.objects(FILTERS), refuses), otherwise="no filter PROMPT_ATTACK at HIGH")
