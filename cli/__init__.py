"""What people run on a laptop or in CI."""
