"""What is shown in AWS: dashboards, alarms, notification text."""
