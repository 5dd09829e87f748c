"""Where the facts of a review come from: templates, or a deployment's store."""
