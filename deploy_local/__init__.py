"""The built stack, deployed by the real `sam deploy` into a second AWS engine: `make deploy-local`."""
