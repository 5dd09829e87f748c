"""Whether capacity follows the load: the related scalable targets of Application Auto Scaling."""

from pillarwatch import ConfigurationItem

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def scales(target: ConfigurationItem) -> bool:
    """Whether a scalable target leaves room to scale: a range whose ends are equal does not."""
    return target.number("configuration.MinCapacity") < target.number("configuration.MaxCapacity")
