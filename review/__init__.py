"""The review: a document of what is well architected in a workload, what is not, and what to do first."""
