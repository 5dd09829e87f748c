"""What is evaluated: one file for each resource type, ``AWS::S3::Bucket`` in ``s3_bucket.py``.

``account/`` has the checks of the account as a whole, ``shared/`` the predicates that several types use. The checks run
in the Lambda functions of ``rules/`` and in a scan of templates, so they import the domain (``pillarwatch``) alone.
"""
