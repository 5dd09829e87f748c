"""Whether capacity follows the load: the related scalable targets and policies of Application Auto Scaling."""

from pillarwatch import ConfigurationItem, any_of

POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def scales(target: ConfigurationItem) -> bool:
    """Whether a scalable target leaves room to scale: a range whose ends are equal does not."""
    return target.number("configuration.MinCapacity") < target.number("configuration.MaxCapacity")


def scaled(resource: ConfigurationItem) -> bool:
    """Whether a resource has a scalable target that leaves room to scale."""
    return any_of(resource.related(TARGET), scales)
