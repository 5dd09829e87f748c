"""What is reported of a scope: digests and records of incidents. Part of the aggregator; it runs in Lambda."""
