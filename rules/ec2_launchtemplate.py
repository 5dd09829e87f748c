"""Launch templates: CloudFormation's shape."""

from rules.shared.launching import autoscaling_launchconfig_requires_imdsv2, launch_template_gp3
