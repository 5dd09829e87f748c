"""Bedrock guardrails; their configuration items use the property names of CloudFormation."""

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
HARMFUL_CONTENT = ("HATE", "INSULTS", "MISCONDUCT", "SEXUAL", "VIOLENCE")
SUFFICIENT = ("HIGH", "MEDIUM")


DIRECTIONS = ("Input", "Output")


def strength(kind: str, input_strength: str, output_strength: str) -> dict[str, str]:
    """An example of a content filter."""
    return {"Type": kind, "InputStrength": input_strength, "OutputStrength": output_strength}


def blocks(policy: Attributes, direction: str, default: str = "BLOCK") -> bool:
    """Whether a policy blocks or anonymizes content of prompts (Input) or responses (Output)."""
    action = policy.text(f"{direction}Action", default)
    return all_of([policy.flag(f"{direction}Enabled", True), contains(("ANONYMIZE", "BLOCK"), action)])


@check(
    "AWS::Bedrock::Guardrail",
    best_practices={"SEC05-BP03": "harmful prompts and responses are not blocked"},
    effort="S",
    fix="Set InputStrength and OutputStrength of the five harmful content filters to MEDIUM or HIGH.",
    compliant=[{FILTERS: [strength(kind, "MEDIUM", "HIGH") for kind in HARMFUL_CONTENT]}],
    non_compliant=[
        {FILTERS: [strength(kind, "LOW", "HIGH") for kind in HARMFUL_CONTENT]},
        {FILTERS: [{**strength(kind, "HIGH", "HIGH"), "InputEnabled": False} for kind in HARMFUL_CONTENT]},
        {FILTERS: [{**strength(kind, "HIGH", "HIGH"), "OutputAction": "NONE"} for kind in HARMFUL_CONTENT]},
        {FILTERS: []},
        {},
    ],
)
def bedrock_guardrail_content_policy_configured(guardrail: ConfigurationItem) -> Verdict:
    """Bedrock guardrails block harmful content in prompts and responses.

    Without these filters, hate, insults, sexual content, violence and misconduct pass. A filter with the action NONE
    detects harmful content and does not block it. The check ignores such filters.
    """

    def filtered(kind: str) -> bool:
        def is_sufficient(each: Attributes) -> bool:
            in_each = [
                all_of([contains(SUFFICIENT, each.text(f"{direction}Strength")), blocks(each, direction)])
                for direction in DIRECTIONS
            ]
            return all_of([each.text("Type") == kind, *in_each])

        return any_of(guardrail.objects(FILTERS), is_sufficient)

    return compliant_if_all(HARMFUL_CONTENT, filtered, "no filter of MEDIUM or HIGH for input and output")


@check(
    "AWS::Bedrock::Guardrail",
    best_practices={"SEC07-BP02": "personal data in prompts and responses is not blocked or anonymized"},
    effort="S",
    severity="medium",
    fix="Add PiiEntitiesConfig or RegexesConfig entries with the action BLOCK or ANONYMIZE.",
    compliant=[{ENTITIES: [{"Type": "EMAIL", "Action": "ANONYMIZE"}]}, {PATTERNS: [{"Name": "id", "Action": "BLOCK"}]}],
    non_compliant=[
        {ENTITIES: [{"Type": "EMAIL", "Action": "NONE"}]},
        {ENTITIES: [{"Type": "EMAIL", "Action": "BLOCK", "InputEnabled": False, "OutputEnabled": False}]},
        {PATTERNS: [{"Name": "id", "Action": "BLOCK", "InputAction": "NONE", "OutputAction": "NONE"}]},
        {},
    ],
)
def bedrock_guardrail_sensitive_information_policy_configured(guardrail: ConfigurationItem) -> Verdict:
    """Bedrock guardrails block or anonymize personal data.

    Without such a policy, prompts and responses can contain personal data. Which types matter depends on the workload,
    so one type is enough.
    """

    def protects(kind: Attributes) -> bool:
        return any_of(DIRECTIONS, lambda direction: blocks(kind, direction, kind.text("Action")))

    protected = any_of([any_of(guardrail.objects(kinds), protects) for kinds in (ENTITIES, PATTERNS)])
    return compliant_if(protected, otherwise="SensitiveInformationPolicyConfig has no BLOCK or ANONYMIZE action")


@check(
    "AWS::Bedrock::Guardrail",
    best_practices={"SEC05-BP03": "a prompt can make the model ignore its instructions"},
    effort="S",
    fix="Add the filter PROMPT_ATTACK with InputStrength HIGH to ContentPolicyConfig.FiltersConfig.",
    compliant=[{FILTERS: [strength("PROMPT_ATTACK", "HIGH", "NONE")]}],
    non_compliant=[
        {FILTERS: [strength("PROMPT_ATTACK", "MEDIUM", "NONE")]},
        {FILTERS: [{**strength("PROMPT_ATTACK", "HIGH", "NONE"), "InputAction": "NONE"}]},
        {FILTERS: [strength("HATE", "HIGH", "HIGH")]},
        {},
    ],
)
def bedrock_guardrail_prompt_attack_filter_enabled(guardrail: ConfigurationItem) -> Verdict:
    """Bedrock guardrails block prompt attacks.

    Without this filter, a prompt can make the model ignore its instructions. Attackers write prompts that pass weaker
    filters, so only InputStrength HIGH is accepted.
    """

    def blocks_attacks(each: Attributes) -> bool:
        is_high = all_of([each.text("Type") == "PROMPT_ATTACK", each.text("InputStrength") == "HIGH"])
        return all_of([is_high, blocks(each, "Input")])

    blocked = any_of(guardrail.objects(FILTERS), blocks_attacks)
    return compliant_if(blocked, otherwise="no PROMPT_ATTACK filter with InputStrength HIGH")
