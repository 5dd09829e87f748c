"""What `make generate` writes from the checks and the settings, and what packages the Lambda functions.

It runs on the machines of developers and of those who deploy, never in Lambda.
"""
