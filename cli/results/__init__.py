"""Commands that read a deployment's store; they run on a laptop or in CI."""
