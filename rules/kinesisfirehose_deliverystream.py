"""Delivery streams of Firehose: CloudFormation's shape."""

from pillarwatch import NOT_APPLICABLE, ConfigurationItem, Verdict, any_of, check, compliant_if, none_of

S3 = "configuration.ExtendedS3DestinationConfiguration"
OLD_S3 = "configuration.S3DestinationConfiguration"  # the same without conversion


@check(
    "AWS::KinesisFirehose::DeliveryStream",
    best_practices={
        "SUS04-BP02": "records are stored at their full size",
        "COST05-BP05": "queries pay for bytes that compression saves",
        "SUS03-BP05": "the format of the data does not fit how it is read",
    },
    effort="S",
    fix="Compress with GZIP, or convert to Parquet.",
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
    """Delivery streams write to S3 compressed or by column.

    Neither is the default.
    """
    if none_of([stream.has(S3), stream.has(OLD_S3)]):
        return NOT_APPLICABLE
    formats = [stream.text(f"{place}.CompressionFormat", "UNCOMPRESSED") for place in (S3, OLD_S3)]
    converted = stream.flag(f"{S3}.DataFormatConversionConfiguration.Enabled")
    right = any_of([converted, any_of(formats, lambda found: found != "UNCOMPRESSED")])
    return compliant_if(right, otherwise="neither compressed nor converted")
