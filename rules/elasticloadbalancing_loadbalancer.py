"""Classic load balancers: the describe API's camelCase."""

from typing import Any

from pillarwatch import ConfigurationItem, Verdict, check, compliant_if
from pillarwatch.lift import TemplateResource, lowered
from rules.shared.load_balancers import elb_logging_enabled

EXCEPTION = "tags.ClassicException"


@check(
    "AWS::ElasticLoadBalancing::LoadBalancer",
    best_practices={
        "PERF04-BP04": "the balancer knows neither requests nor modern protocols",
        "PERF05-BP06": "a service of the first years was never revisited",
        "COST05-BP05": "each application pays for a balancer of its own",
    },
    effort="M",
    severity="low",
    fix="Move to an Application or Network Load Balancer, or tag it with ClassicException and the reason.",
    compliant=[{EXCEPTION: "until 2026-12"}],
    non_compliant=[{}],
)
def classic_load_balancer_absent(balancer: ConfigurationItem) -> Verdict:
    """Classic Load Balancers are gone.

    Each one that exists fails, unless a tag says until when it may stay.
    """
    return compliant_if(balancer.tag("ClassicException") != "", otherwise="a Classic Load Balancer")


def lift(balancer: TemplateResource) -> dict[str, Any]:
    """A balancer with its access log, which its item has as an attribute."""
    properties = balancer.properties
    return {
        "configuration": lowered(properties),
        "supplementaryConfiguration": {
            "LoadBalancerAttributes": {"accessLog": lowered(properties.get("AccessLoggingPolicy"))}
        },
    }
