"""What the APIs answer about an account that does everything: by service and operation, one answer or several in order.

Botocore checks each with the service's own model.
"""

from __future__ import annotations

from typing import Any

ACCOUNT_ID = "123456789012"


def contact(kind: str) -> dict[str, Any]:
    return {"AlternateContact": {"AlternateContactType": kind, "EmailAddress": "team@example.com"}}


def scanned(status: str) -> dict[str, str]:
    return {"status": status, "errorCode": "-", "errorMessage": "-"}


KEY_COLUMNS = [f"access_key_{n}_{of}" for n in (1, 2) for of in ("active", "last_rotated", "last_used_date")]
COLUMNS = ("user", "password_enabled", "password_last_used", "password_last_changed", "mfa_active", *KEY_COLUMNS)
NO_KEY = ("false", "N/A", "N/A")


def credential_report(*rows: tuple[str, ...]) -> dict[str, Any]:
    """IAM's credential report; the columns are a selection."""
    return {"Content": "\n".join(map(",".join, (COLUMNS, *rows))).encode(), "ReportFormat": "text/csv"}


# Of the account's users, which more than one collector asks for.
CREDENTIALS = {
    ("iam", "generate_credential_report"): {"State": "COMPLETE"},
    ("iam", "get_credential_report"): credential_report(
        ("<root_account>", "not_supported", "no_information", "not_supported", "true", *NO_KEY, *NO_KEY),
        ("name-1", "true", "2026-01-14T12:00:00+00:00", "2025-01-14T12:00:00+00:00", "true", *NO_KEY, *NO_KEY),
        ("name-2", "false", "N/A", "N/A", "false", "true", "2026-01-01T12:00:00+00:00", "N/A", *NO_KEY),
    ),
}
ANSWERS: dict[tuple[str, str], dict[str, Any] | list[dict[str, Any]]] = {
    **CREDENTIALS,
    ("accessanalyzer", "list_analyzers"): {
        "analyzers": [{"arn": "arn:a", "name": "all", "type": "ACCOUNT", "status": "ACTIVE", "createdAt": "2025-01-01"}]
    },
    ("appconfig", "list_applications"): {"Items": [{"Id": "app0001", "Name": "shop"}]},
    ("appconfig", "list_configuration_profiles"): {"Items": [{"Name": "flags", "Type": "AWS.AppConfig.FeatureFlags"}]},
    ("bedrock", "list_guardrails"): {
        "guardrails": [
            {
                "id": "guardrail1",
                "arn": "arn:aws:bedrock:eu-west-1:123456789012:guardrail/guardrail1",
                "status": "READY",
                "name": "guard",
                "version": "1",
                "createdAt": "2025-01-01",
                "updatedAt": "2025-01-01",
            }
        ]
    },
    ("cloudtrail", "lookup_events"): {"Events": []},
    ("service-quotas", "list_service_quotas"): {
        "Quotas": [
            {
                "QuotaArn": "arn:aws:servicequotas:eu-west-1:123456789012:vpc/L-1",
                "QuotaName": "VPCs",
                "Value": 5.0,
                "UsageMetric": {"MetricNamespace": "AWS/Usage", "MetricName": "ResourceCount"},
            }
        ]
    },
    ("application-signals", "list_service_level_objectives"): {
        "SloSummaries": [{"Arn": "arn:aws:application-signals:eu-west-1:123456789012:slo/s", "Name": "checkout"}]
    },
    ("application-signals", "list_services"): {
        "StartTime": "2026-01-14",
        "EndTime": "2026-01-15",
        "ServiceSummaries": [{"KeyAttributes": {"Name": "shop"}, "MetricReferences": []}],
    },
    ("backup", "list_restore_testing_plans"): {
        "RestoreTestingPlans": [
            {
                "CreationTime": "2025-01-01",
                "RestoreTestingPlanArn": "arn:plan",
                "RestoreTestingPlanName": "monthly",
                "ScheduleExpression": "cron(0 5 1 * ? *)",
            }
        ]
    },
    ("bedrock", "list_inference_profiles"): {"inferenceProfileSummaries": []},
    ("codeconnections", "list_connections"): {"Connections": [{"ConnectionStatus": "AVAILABLE"}]},
    ("config", "describe_conformance_packs"): {
        "ConformancePackDetails": [
            {"ConformancePackName": "p", "ConformancePackArn": "arn:p", "ConformancePackId": "p-1"}
        ]
    },
    ("events", "list_rules"): {"Rules": [{"State": "ENABLED", "EventPattern": '{"source": ["aws.health"]}'}]},
    ("fis", "list_experiments"): {
        "experiments": [{"state": {"status": "completed"}, "creationTime": "2026-11-01T00:00:00Z"}]
    },
    ("logs", "describe_metric_filters"): {"metricFilters": [{"filterName": "errors"}]},
    ("logs", "describe_query_definitions"): {"queryDefinitions": [{"name": "errors"}]},
    ("schemas", "list_registries"): {"Registries": [{"RegistryName": "shop"}]},
    ("service-quotas", "get_auto_management_configuration"): {"OptInStatus": "ENABLED"},
    ("servicecatalog", "list_accepted_portfolio_shares"): {"PortfolioDetails": []},
    ("servicecatalog", "list_portfolios"): {"PortfolioDetails": [{"DisplayName": "golden paths"}]},
    ("trustedadvisor", "list_recommendations"): {
        "recommendationSummaries": [
            {
                "id": "1",
                "type": "standard",
                "status": "ok",
                "pillars": ["service_limits"],
                "source": "manual",
                "name": "VPC",
                "resourcesAggregates": {"okCount": 1, "warningCount": 0, "errorCount": 0},
                "arn": "arn:aws:trustedadvisor::123456789012:recommendation/00000000-0000-0000-0000-000000000000",
            }
        ]
    },
    ("wellarchitected", "list_workloads"): {
        "WorkloadSummaries": [{"WorkloadName": "shop", "UpdatedAt": "2026-11-01T00:00:00Z"}]
    },
    ("xray", "get_groups"): {"Groups": [{"InsightsConfiguration": {"InsightsEnabled": True}}]},
    ("account", "get_alternate_contact"): [contact(kind) for kind in ("BILLING", "OPERATIONS", "SECURITY")],
    ("bcm-data-exports", "get_export"): {
        "Export": {
            "Name": "cur",
            "DataQuery": {"QueryStatement": "SELECT line_item_usage_amount FROM COST_AND_USAGE_REPORT"},
            "DestinationConfigurations": {
                "S3Destination": {
                    "S3Bucket": "cur",
                    "S3Prefix": "cur",
                    "S3Region": "us-east-1",
                    "S3OutputConfigurations": {
                        "OutputType": "CUSTOM",
                        "Format": "PARQUET",
                        "Compression": "PARQUET",
                        "Overwrite": "OVERWRITE_REPORT",
                    },
                }
            },
            "RefreshCadence": {"Frequency": "SYNCHRONOUS"},
        },
        "ExportStatus": {"StatusCode": "HEALTHY"},
    },
    ("bcm-data-exports", "list_exports"): {
        "Exports": [
            {"ExportArn": "arn:aws:x:::an-export/1", "ExportName": "cur", "ExportStatus": {"StatusCode": "HEALTHY"}}
        ]
    },
    ("bedrock", "get_model_invocation_logging_configuration"): {"loggingConfig": {"s3Config": {"bucketName": "logs"}}},
    ("budgets", "describe_budgets"): {
        "Budgets": [
            {
                "BudgetName": "month",
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": "100", "Unit": "USD"},
                "CalculatedSpend": {
                    "ActualSpend": {"Amount": "10", "Unit": "USD"},
                    "ForecastedSpend": {"Amount": "90", "Unit": "USD"},
                },
            }
        ]
    },
    ("budgets", "describe_budget_notifications_for_account"): {
        "BudgetNotificationsForAccount": [
            {
                "BudgetName": "month",
                "Notifications": [
                    {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80}
                ],
            }
        ]
    },
    ("ce", "get_anomaly_monitors"): {"AnomalyMonitors": [{"MonitorName": "all", "MonitorType": "DIMENSIONAL"}]},
    ("ce", "get_anomaly_subscriptions"): {
        "AnomalySubscriptions": [
            {
                "MonitorArnList": ["arn:aws:ce::123456789012:anomalymonitor/1"],
                "Subscribers": [{"Address": "cost@example.com", "Type": "EMAIL"}],
                "Frequency": "DAILY",
                "SubscriptionName": "daily",
            }
        ]
    },
    ("ce", "get_cost_and_usage"): [
        {
            "NextPageToken": "more",
            "ResultsByTime": [
                {"Groups": [{"Keys": ["BoxUsage"], "Metrics": {"UnblendedCost": {"Amount": "99", "Unit": "USD"}}}]}
            ],
        },
        {
            "ResultsByTime": [
                {
                    "Groups": [
                        {
                            "Keys": ["EU-DataTransfer-Regional-Bytes"],
                            "Metrics": {"UnblendedCost": {"Amount": "1", "Unit": "USD"}},
                        }
                    ]
                }
            ]
        },
    ],
    ("ce", "get_reservation_purchase_recommendation"): [
        {"Recommendations": [{"RecommendationSummary": {"TotalEstimatedMonthlySavingsAmount": "1.5"}}]}
        for _ in range(4)
    ],
    ("ce", "get_savings_plans_coverage"): {
        "SavingsPlansCoverages": [{"Coverage": {"SpendCoveredBySavingsPlans": "800", "OnDemandCost": "200"}}]
    },
    ("ce", "get_savings_plans_utilization"): {"Total": {"Utilization": {"UtilizationPercentage": "99"}}},
    ("ce", "list_cost_allocation_tags"): {
        "CostAllocationTags": [
            {"TagKey": key, "Type": "UserDefined", "Status": "Active"} for key in ("Workload", "Environment")
        ]
    },
    ("ce", "list_cost_category_definitions"): {"CostCategoryReferences": [{"Name": "team", "NumberOfRules": 2}]},
    ("cloudtrail", "describe_trails"): {"trailList": [{"TrailARN": "arn:trail"}]},
    ("cloudtrail", "get_trail_status"): {"IsLogging": True},
    ("cloudwatch", "describe_alarms"): {
        "CompositeAlarms": [{"AlarmName": "shop"}],
        "MetricAlarms": [{"AlarmName": "orders", "Namespace": "Shop", "AlarmActions": ["arn:topic"]}],
    },
    ("cloudwatch", "list_dashboards"): {"DashboardEntries": [{"DashboardName": "shop"}]},
    ("cloudwatch", "list_metrics"): [
        {"Metrics": [{"Namespace": "AWS/Bedrock"}, {"Namespace": "Shop"}]},
        {"Metrics": [{"Namespace": "AWS/Bedrock/Guardrails"}]},
    ],
    ("compute-optimizer", "get_enrollment_status"): {"status": "Active"},
    ("compute-optimizer", "get_idle_recommendations"): {"idleRecommendations": []},
    ("config", "get_discovered_resource_counts"): {
        "resourceCounts": [{"resourceType": "AWS::Lambda::Function", "count": 3}]
    },
    ("cost-optimization-hub", "list_enrollment_statuses"): {"items": [{"accountId": ACCOUNT_ID, "status": "Active"}]},
    ("cost-optimization-hub", "list_recommendation_summaries"): {"estimatedTotalDedupedSavings": 1.0, "items": []},
    ("cur", "describe_report_definitions"): {"ReportDefinitions": []},
    ("detective", "list_graphs"): {"GraphList": [{"Arn": "arn:graph"}]},
    ("detective", "list_invitations"): {"Invitations": []},
    ("ec2", "get_ebs_encryption_by_default"): {"EbsEncryptionByDefault": True},
    ("ec2", "get_snapshot_block_public_access_state"): {"State": "block-all-sharing"},
    ("guardduty", "list_detectors"): {"DetectorIds": ["d"]},
    ("accessanalyzer", "list_findings_v2"): {"findings": []},
    ("guardduty", "get_detector"): {
        "Status": "ENABLED",
        "ServiceRole": "arn:aws:iam::123456789012:role/guardduty",
        "Features": [
            {"Name": plan, "Status": "ENABLED"}
            for plan in (
                "EBS_MALWARE_PROTECTION",
                "EKS_AUDIT_LOGS",
                "LAMBDA_NETWORK_LOGS",
                "RDS_LOGIN_EVENTS",
                "RUNTIME_MONITORING",
                "S3_DATA_EVENTS",
            )
        ],
    },
    ("guardduty", "get_findings"): {"Findings": []},
    ("guardduty", "list_findings"): {"FindingIds": ["f"]},
    ("iam", "get_account_password_policy"): {
        "PasswordPolicy": {
            "MinimumPasswordLength": 14,
            "PasswordReusePrevention": 24,
            "RequireLowercaseCharacters": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "RequireUppercaseCharacters": True,
        }
    },
    ("iam", "get_account_summary"): {"SummaryMap": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0}},
    ("iam", "list_saml_providers"): {"SAMLProviderList": []},
    ("inspector2", "batch_get_account_status"): {
        "accounts": [
            {
                "accountId": ACCOUNT_ID,
                "state": scanned("ENABLED"),
                "resourceState": {name: scanned("ENABLED") for name in ("ec2", "ecr", "lambda")},
            }
        ]
    },
    ("internetmonitor", "list_monitors"): {
        "Monitors": [{"MonitorName": "m", "MonitorArn": "arn:aws:internetmonitor:m", "Status": "ACTIVE"}]
    },
    ("lambda", "get_account_settings"): {
        "AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900}
    },
    ("macie2", "get_macie_session"): {"status": "ENABLED"},
    ("organizations", "describe_organization"): {"Organization": {"MasterAccountId": ACCOUNT_ID}},
    ("organizations", "list_policies"): {
        "Policies": [
            {"Id": "p-FullAWSAccess", "Name": "FullAWSAccess", "AwsManaged": True},
            {"Id": "p-00000001", "Name": "ours", "AwsManaged": False},
        ]
    },
    ("organizations", "list_targets_for_policy"): {"Targets": [{"TargetId": "r-0001", "Type": "ROOT"}]},
    ("resourcegroupstaggingapi", "get_tag_values"): {"TagValues": ["production"]},
    ("securityhub", "get_enabled_standards"): {
        "StandardsSubscriptions": [
            {
                "StandardsSubscriptionArn": "arn:subscription",
                "StandardsArn": "arn:standard",
                "StandardsInput": {},
                "StandardsStatus": "READY",
            }
        ]
    },
    ("securityhub", "get_findings"): {"Findings": []},
    ("shield", "get_subscription_state"): {"SubscriptionState": "INACTIVE"},
    ("ssm", "get_document"): {
        "Content": '{"inputs": {"cloudWatchLogGroupName": "sessions", "cloudWatchEncryptionEnabled": true}}'
    },
    ("ssm", "list_documents"): {"DocumentIdentifiers": [{"Name": "ContainInstance"}]},
    ("sso-admin", "list_instances"): {"Instances": [{"Status": "ACTIVE"}]},
    ("support", "describe_severity_levels"): {"severityLevels": [{"code": "low", "name": "Low"}]},
    ("sustainability", "get_estimated_carbon_emissions"): {
        "Results": [
            {
                "TimePeriod": {"Start": "2025-01-01T00:00:00Z", "End": "2025-02-01T00:00:00Z"},
                "DimensionsValues": {},
                "ModelVersion": "v3",
                "EmissionsValues": {},
            }
        ]
    },
}
NOT_ASKED = {  # by default, in this region, or of an account of production alone
    "bedrock-application-inference-profile-used",
    "billing-estimated-charges-alarm-configured",
    "idle-baseline-cost-within-target",
    "multiple-environments-exist",
    "shield-protection-in-place",
}
