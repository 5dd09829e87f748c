"""Evaluates resources: AWS Config invokes these Lambda functions, and they publish "Resource Evaluated".

``checks/`` holds what is evaluated, ``collectors/`` lists what AWS Config does not record. In Lambda it runs in the
functions of ``rules/template.yaml``; a scan of templates and the generators import the catalogue and the checks.
"""
