"""What is reported of a scope: open causes, incidents, digests, and how alerts are sent. It runs in Lambda."""
