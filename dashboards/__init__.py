"""What people see in AWS: dashboards, alarms and the messages of alerts.

The notify function runs in Lambda; dashboards and alarms are templates. Nothing imports this folder.
"""
