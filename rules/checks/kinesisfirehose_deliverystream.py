"""Amazon Data Firehose streams: CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, none_of

S3 = "configuration.ExtendedS3DestinationConfiguration"
OLD_S3 = "configuration.S3DestinationConfiguration"  # the older destination, without format conversion


@check(
    "AWS::KinesisFirehose::DeliveryStream",
    best_practices={
        "SUS04-BP02": "records are stored uncompressed",
        "COST05-BP05": "queries are billed for uncompressed bytes",
        "SUS03-BP05": "the storage format does not fit the queries",
    },
    effort="S",
    fix="Set CompressionFormat to GZIP, or DataFormatConversionConfiguration.Enabled to true.",
    compliant=[
        {f"{S3}.CompressionFormat": "GZIP"},
        {f"{OLD_S3}.CompressionFormat": "Snappy"},
        {f"{S3}.CompressionFormat": "UNCOMPRESSED", f"{S3}.DataFormatConversionConfiguration.Enabled": True},
    ],
    non_compliant=[
        {f"{S3}.CompressionFormat": "UNCOMPRESSED"},
        {f"{S3}.BucketARN": "arn"},
        {f"{OLD_S3}.BucketARN": "arn"},
    ],
    not_applicable=[{}],
)
def firehose_compression_and_columnar(stream: ConfigurationItem) -> Verdict:
    """Firehose streams compress records or convert them to a columnar format.

    Uncompressed records need more storage, and queries are billed for more bytes. Both compression and conversion are
    off by default.
    """
    if none_of([stream.has(S3), stream.has(OLD_S3)]):
        return NOT_APPLICABLE
    formats = [stream.text(f"{place}.CompressionFormat", "UNCOMPRESSED") for place in (S3, OLD_S3)]
    converted = stream.flag(f"{S3}.DataFormatConversionConfiguration.Enabled")
    compact = any_of([converted, any_of(formats, lambda found: found != "UNCOMPRESSED")])
    return compliant_if(compact, otherwise="CompressionFormat is UNCOMPRESSED (expected GZIP or format conversion)")
