"""Speed, each promise measured beside a peer in one run: `make bench`. Nothing here is deployed or installed."""
