"""The scalable targets and scaling policies of Application Auto Scaling that are related to a resource."""

from pillarwatch import ConfigurationItem, any_of

POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def scales(target: ConfigurationItem) -> bool:
    """Whether the MinCapacity of a scalable target is below its MaxCapacity."""
    return target.number("configuration.MinCapacity") < target.number("configuration.MaxCapacity")


def scaled(resource: ConfigurationItem) -> bool:
    """Whether a resource has a scalable target with MinCapacity below MaxCapacity."""
    return any_of(resource.related(TARGET), scales)
