"""What is judged: one file per resource type."""
