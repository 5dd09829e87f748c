"""The command line as a person meets it: it teaches, and bad input gets one line that names the way out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from moto import mock_aws
from moto.cloudformation.responses import CloudFormationResponse

from aggregator import schema
from cli.commands import COMMANDS
from cli.preflight import UNREGISTERED
from generators.config_rules import rule_names
from pillarwatch.command import main
from pillarwatch.framework import PILLARS
from rules.catalogue import all_checks, change_types
from settings.validation import read_settings
from template_scan.reading import read_template

DESCRIBED = {
    "check",
    "title",
    "resource_types",
    "trigger",
    "best_practices",
    "pillar",
    "pillars",
    "severity",
    "effort",
    "managed_rule",
    "why",
    "fix",
    "automation",
    "parameters",
    "live",
}

READING = (
    ("scores",),
    ("scores", "--history"),
    ("recommendations",),
    ("findings",),
    ("incidents",),
    ("diff", "24h"),
    ("explain", "account"),
)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS account."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        yield


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which a command refuses its input."""
    assert main(list(arguments)) == 2
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    (line,) = printed.err.strip().splitlines()
    assert line.startswith(f"pillarwatch {arguments[0]}: ")
    return line


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_every_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([command, "--help"])
    assert exit_.value.code == 0
    assert COMMANDS[command].summary[1:] in " ".join(capsys.readouterr().out.split())


def test_no_command_and_an_unknown_one_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("pillarwatch: the following arguments are required: COMMAND; ")
    assert main(["revew"]) == 2
    assert capsys.readouterr().err == "pillarwatch: there is no command 'revew'; did you mean review?\n"


def test_a_wrong_argument_is_one_line_that_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean --fail-on?" in refused(capsys, "scan", "x.yaml", "--failon", "high")
    assert "there is no argument '--zzz=1'; `pillarwatch scan --help` lists" in refused(capsys, "scan", "--zzz=1", "x")
    assert "invalid choice: 'hihg'" in refused(capsys, "scan", "x.yaml", "--fail-on", "hihg")
    assert "expected one argument" in refused(capsys, "review", "x.yaml", "--title")


def test_options_of_a_deployment_are_refused_beside_templates(capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--workload", "--component", "--table", "--region", "--profile"):
        assert f"{option} is for the review of a deployment" in refused(capsys, "review", "x.yaml", option, "shop")


def test_words_that_no_check_has_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "give its id alone" in refused(capsys, "checks", "s3-bucket-logging-enabled", "extra")
    assert "no text of a check has 'zzz'" in refused(capsys, "checks", "s3", "zzz")


def test_checks_as_json_have_everything_known_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["checks", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)
    assert [check["check"] for check in checks] == list(all_checks())
    for check in checks:
        assert check.keys() >= DESCRIBED
        assert check["pillars"][0] == check["pillar"]
        assert check["trigger"] in {"change", "periodic"}


def test_a_check_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["checks", "s3-bucket-versioning-enabled"]) == 0
    scanned = capsys.readouterr().out
    for part in ("S3 buckets have versioning enabled", "REL09-BP01", "https://docs.aws.amazon.com/", "Fix  "):
        assert part in scanned


def test_checks_are_filtered_by_pillar_and_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["checks", "--json", "--type", "AWS::SQS::Queue", "--pillar", "reliability"]) == 0
    for check in json.loads(capsys.readouterr().out):
        assert "AWS::SQS::Queue" in check["resource_types"]
        assert "reliability" in check["pillars"]


@pytest.mark.parametrize(
    ("arguments", "found", "not_found"),
    [
        (["--type", "aws::s3"], {"s3-bucket-versioning-enabled", "s3-storage-lens-enabled"}, {"sqs-queue-encrypted"}),
        (["--type", "AWS::RDS::DBCluster"], {"rds-cluster-multi-az-enabled"}, {"rds-snapshots-public-prohibited"}),
        (["--practice", "REL09-BP01"], {"s3-bucket-versioning-enabled"}, {"s3-bucket-logging-enabled"}),
        (["--practice", "rel09"], {"s3-bucket-versioning-enabled"}, {"s3-bucket-logging-enabled"}),
        (["dead-letter", "queue"], {"sqs-queue-dlq-check"}, {"sqs-queue-encrypted"}),
        (["Encrypt", "--type", "AWS::SQS::Queue"], {"sqs-queue-encrypted"}, {"sqs-queue-dlq-check"}),
    ],
)
def test_checks_are_found_by_service_question_and_words(
    arguments: list[str], found: set[str], not_found: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["checks", "--json", *arguments]) == 0
    scanned = {check["check"] for check in json.loads(capsys.readouterr().out)}
    assert found <= scanned
    assert not scanned & not_found


def test_an_unknown_check_is_refused_with_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean s3-bucket-versioning-enabled" in refused(capsys, "checks", "s3-bucket-versionin-enabled")
    assert "there is no check 'xyzzy'" in refused(capsys, "checks", "xyzzy")
    assert "did you mean AWS::S3::Bucket" in refused(capsys, "checks", "--type", "AWS::S3::Bukket")
    assert "no check matches xyzzy, bucket, security" in refused(
        capsys, "checks", "xyzzy", "bucket", "--pillar", "security"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("scope = 7", "scope"),
        ("[score\n", "is not TOML"),
        ("[score]\ndrop_treshold = 3", "drop_treshold"),
        ("[scope.environments]\nproduction = ['main']\ntest = ['Main']", "main means more than one environment"),
        ("[scope.environments]\nlive = ['prod']", "production is missing"),
        ("[checks.no-such-check]\noff = 'because of a reason'", "there is no check 'no-such-check'"),
        ("[checks.s3-bucket-versioning-enabled]\nparameters = {days = 7}", "has no parameter 'days'"),
        ('[excluded_types]\neu-west-1 = ["AWS::S3::Buckets"]', "no AWS Config rule has the type 'AWS::S3::Buckets'"),
        ('[excluded_types]\n"eu-west-1a" = ["AWS::S3::Bucket"]', "not 'eu-west-1a'"),
        (
            "[checks.cw-loggroup-retention-period-check]\nparameters = {min_retention_time = 'x'}",
            "has another type than its default",
        ),
        (
            "[[waivers]]\ncheck = 's3-bucket-versioning-enabled'\napprover = 'Ada'\nexpires = 2027-01-01",
            "waivers: the key reason is missing",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(
    content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    settings = tmp_path / "pillarwatch.toml"
    settings.write_text(content)
    line = refused(capsys, "scan", str(root / "samples" / "help-desk.yaml"), "--settings", str(settings))
    assert said in line
    assert str(settings) in line


def test_settings_that_are_not_there_are_refused(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    assert "nowhere.toml" in refused(
        capsys, "scan", str(root / "samples" / "help-desk.yaml"), "--settings", "nowhere.toml"
    )


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
class TestReadingADeployment:
    def test_no_stack(self, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
        line = refused(capsys, *command, "--stack", "nowhere")
        assert "stack nowhere in eu-west-1" in line
        assert "--stack or --table" in line

    def test_no_table(self, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
        assert "table nowhere" in refused(capsys, *command, "--table", "nowhere")

    def test_wrong_region(self, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
        assert "there is no Region 'eu-west-9'" in refused(capsys, *command, "--region", "eu-west-9")

    def test_unknown_profile(self, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
        assert "nobody" in refused(capsys, *command, "--profile", "nobody")

    def test_a_table_without_evaluations(self, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        index = [("gsi1pk", "HASH"), ("gsi1sk", "RANGE")]
        boto3.client("dynamodb").create_table(
            TableName="empty",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys + index],
            KeySchema=_schema(keys),
            GlobalSecondaryIndexes=[
                {"IndexName": "gsi1", "KeySchema": _schema(index), "Projection": {"ProjectionType": "ALL"}}
            ],
        )
        assert "nothing is evaluated yet" in refused(capsys, *command, "--table", "empty")


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(("option", "expected"), [([], "eu-north-1"), (["--region", "eu-west-2"], "eu-west-2")])
def test_the_region_of_the_environment_counts_before_the_configuration_file(
    option: list[str],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "config").write_text("[default]\nregion = us-west-2\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert f"stack pillarwatch in {expected}: " in refused(capsys, "scores", *option)


def _schema(keys: list[tuple[str, str]]) -> Any:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys]


def test_without_credentials_the_way_out_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for command in (*READING, ("preflight",), ("deploy",)):
        assert "`aws configure`" in refused(capsys, *command, "--region", "eu-west-1")


@pytest.mark.usefixtures("account")
class TestPreflight:
    def recorder(self, **group: Any) -> None:
        config = boto3.client("config")
        config.put_configuration_recorder(
            ConfigurationRecorder={"name": "default", "roleARN": "arn:aws:iam::123456789012:role/r", **group}
        )
        boto3.client("s3").create_bucket(
            Bucket="history", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "history"})
        config.start_configuration_recorder(ConfigurationRecorderName="default")

    def findings(self, capsys: pytest.CaptureFixture[str], code: int) -> list[dict[str, Any]]:
        assert main(["preflight", "--json"]) == code
        return list(json.loads(capsys.readouterr().out))

    @pytest.fixture(autouse=True)
    def offered(self, monkeypatch: pytest.MonkeyPatch) -> set[str]:
        """The types that CloudFormation offers, which moto does not list; all of them at first."""
        types = set(PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1"))

        def list_types(_: CloudFormationResponse) -> str:
            members = "".join(f"<member><TypeName>{each}</TypeName></member>" for each in sorted(types))
            summaries = f"<ListTypesResult><TypeSummaries>{members}</TypeSummaries></ListTypesResult>"
            return f"<ListTypesResponse>{summaries}</ListTypesResponse>"

        monkeypatch.setattr(CloudFormationResponse, "list_types", list_types, raising=False)
        return types

    def ready(self) -> None:
        self.recorder(recordingGroup={"allSupported": True, "includeGlobalResourceTypes": True})

    @pytest.mark.parametrize(("name", "part"), [("p" * 40, "has 40 characters"), ("pillar_watch", "letters, digits")])
    def test_a_stack_name_that_rules_cannot_begin_with_is_a_blocker(
        self, name: str, part: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.ready()
        assert main(["preflight", "--json", "--stack", name]) == 1
        (finding,) = json.loads(capsys.readouterr().out)
        assert part in finding["message"]

    def test_a_second_deployment_in_the_region_is_a_blocker(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.ready()
        description = read_template(root / "template.yaml").document["Description"]
        body = {"Description": description, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
        boto3.client("cloudformation").create_stack(StackName="first", TemplateBody=json.dumps(body))
        assert main(["preflight", "--json", "--stack", "second"]) == 1
        (finding,) = json.loads(capsys.readouterr().out)
        assert finding["blocker"]
        assert "the stack first is a deployment of Pillarwatch" in finding["message"]
        assert main(["preflight", "--json", "--stack", "first"]) == 0

    def test_a_store_of_a_newer_release_is_a_blocker(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.ready()
        key = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
        attributes = [{"AttributeName": each["AttributeName"], "AttributeType": "S"} for each in key]
        table = {"BillingMode": "PAY_PER_REQUEST", "KeySchema": key, "AttributeDefinitions": attributes}
        outputs = {name: {"Value": "none"} for name in ("EventBusName", "AlertsTopicArn", "AlarmsTopicArn")}
        body = {
            "Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "scores", **table}}},
            "Outputs": {"TableName": {"Value": {"Ref": "Table"}}, **outputs},
        }
        boto3.client("cloudformation").create_stack(StackName="pillarwatch", TemplateBody=json.dumps(body))
        assert main(["preflight", "--json"]) == 0
        boto3.resource("dynamodb").Table("scores").put_item(Item={**schema.KEY, "version": schema.VERSION + 1})
        capsys.readouterr()
        assert main(["preflight", "--json"]) == 1
        (finding,) = json.loads(capsys.readouterr().out)
        assert "pip install --upgrade pillarwatch" in finding["message"]

    def test_the_stack_name_is_that_of_sam(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.ready()
        monkeypatch.chdir(tmp_path)
        (tmp_path / "samconfig.toml").write_text(f'[default.deploy.parameters]\nstack_name = "{"p" * 40}"\n')
        (finding,) = self.findings(capsys, 1)
        assert "has 40 characters" in finding["message"]

    def test_types_that_the_region_does_not_offer_are_lines_for_the_settings(
        self,
        offered: set[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.ready()
        # CloudFront is global: it has no rule in this Region anyway
        offered -= {"AWS::AppRunner::Service", "AWS::S3::StorageLens", "AWS::CloudFront::Distribution"}
        (finding,) = self.findings(capsys, 0)
        path = tmp_path / "pillarwatch.toml"
        path.write_text(finding["message"].partition("\n")[2])
        settings = read_settings(path)
        assert settings.excluded_types == {"eu-west-1": ["AWS::AppRunner::Service", "AWS::S3::StorageLens"]}

        monkeypatch.chdir(tmp_path)
        assert self.findings(capsys, 0) == []
        offered -= {"AWS::SQS::Queue"}
        (finding,) = self.findings(capsys, 0)
        assert '["AWS::AppRunner::Service", "AWS::S3::StorageLens", "AWS::SQS::Queue"]' in finding["message"]

    def test_types_that_cloudformation_offers_nowhere_are_not_excluded(self, offered: set[str]) -> None:
        assert set(change_types()) - offered == UNREGISTERED

    def test_a_recorder_without_delivery_channel_is_a_blocker(self, capsys: pytest.CaptureFixture[str]) -> None:
        role = "arn:aws:iam::123456789012:role/r"
        boto3.client("config").put_configuration_recorder(
            ConfigurationRecorder={"name": "default", "roleARN": role, "recordingGroup": {"allSupported": True}}
        )
        messages = [finding["message"] for finding in self.findings(capsys, 1)]
        assert any("no delivery channel" in message for message in messages)

    def test_rules_of_others_that_leave_no_room_are_reported(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.ready()
        rule = {"Source": {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}}
        for name in ("pillarwatch-s3-bucket", "one", "two"):
            boto3.client("config").put_config_rule(ConfigRule={"ConfigRuleName": name, **rule})
        monkeypatch.setattr("cli.preflight.MOST_RULES", len(rule_names()) + 2)
        assert self.findings(capsys, 0) == []
        monkeypatch.setattr("cli.preflight.MOST_RULES", len(rule_names()) + 1)
        (finding,) = self.findings(capsys, 0)
        assert finding["message"].startswith("2 rules of others")

    def test_no_recorder_is_a_blocker(self, capsys: pytest.CaptureFixture[str]) -> None:
        (finding,) = self.findings(capsys, 1)
        assert finding["blocker"]

    def test_a_recorder_of_everything_is_ready(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.recorder(recordingGroup={"allSupported": True, "includeGlobalResourceTypes": True})
        assert self.findings(capsys, 0) == []

    def test_a_recorder_that_is_off_is_a_blocker(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.recorder(recordingGroup={"allSupported": True, "includeGlobalResourceTypes": True})
        boto3.client("config").stop_configuration_recorder(ConfigurationRecorderName="default")
        (finding,) = self.findings(capsys, 1)
        assert "switched off" in finding["message"]

    def test_types_that_are_not_recorded_are_said_to_stay_unjudged(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.recorder(recordingGroup={"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]})
        (finding,) = self.findings(capsys, 0)
        assert "not evaluated" in finding["message"]
        assert "AWS::IAM::Role" in finding["message"]
        assert "AWS::S3::Bucket" not in finding["message"]


def test_the_demo_refuses_what_is_no_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nowhere.yaml" in refused(capsys, "demo", "--template", "nowhere.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("- no template")
    main(["demo", "--template", str(broken)])
    printed = capsys.readouterr()
    assert str(broken) in printed.err
    assert "Traceback" not in printed.err


def test_generated_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--check"]) == 0, capsys.readouterr().err


def test_scan_scores_all_six_pillars(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    main(["scan", str(root / "samples" / "meeting-notes.yaml"), "--format", "json"])
    assert list(json.loads(capsys.readouterr().out)["scores"]) == list(PILLARS)
