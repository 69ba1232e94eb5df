"""Run roc-validator on a crate without network; called in an environment of its own.

usage: validate_crate.py CRATE PROFILE SEVERITY

The validator reads the JSON-LD context of RO-Crate 1.1 from its web address. The package `rocrate`
0.14 holds a copy, which is handed to it here; nothing else of the validator is touched.
"""

import sys
from importlib.resources import files

import requests
from rocrate_validator import services
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.utils.http import HttpRequester

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def local(self, address, **_):
    """Answer for the one address that there is a copy of; any other is not found."""
    answer = requests.Response()
    answer.url, answer.status_code = address, 404
    if address == CONTEXT:
        answer.status_code = 200
        answer.headers["Content-Type"] = "application/ld+json"
        answer._content = (files("rocrate") / "data/ro-crate.jsonld").read_bytes()
    return answer


HttpRequester.get = local
crate, profile, severity = sys.argv[1:]
settings = ValidationSettings(
    rocrate_uri=crate,
    profile_identifier=profile,
    requirement_severity=Severity.get(severity.upper()),
    skip_availability_check=True,
)
result = services.validate(settings)
for issue in result.get_issues():
    print(
        f"{issue.severity.name} {issue.check.identifier}: {issue.message} {issue.violatingEntity}"
    )
print(f"passed: {result.passed()}")
sys.exit(not result.passed())
