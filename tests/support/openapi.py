"""The schema that drf-spectacular makes of the site, and whether an answer is one it declares."""

from copy import deepcopy
from io import StringIO
import json
import re

from django.core.management import call_command
from drf_spectacular.settings import patched_settings
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from openapi_spec_validator import validate


def generate(**spectacular):
    """Return the schema, made without a warning, and valid by two validators."""
    out, complaints = StringIO(), StringIO()
    with patched_settings(spectacular):
        call_command(
            "spectacular",
            format="openapi-json",
            fail_on_warn=True,
            validate=True,
            stdout=out,
            stderr=complaints,
        )
    assert complaints.getvalue() == ""
    schema = json.loads(out.getvalue())
    validate(schema)
    return schema


class Declared:
    """What a schema declares, by path and method."""

    def __init__(self, schema):
        self.schema = schema
        self.operations = {
            (method, path): operation
            for path, item in schema["paths"].items()
            for method, operation in item.items()
        }
        self.components = deepcopy(schema["components"])
        for component in self.components["schemas"].values():
            # What is not declared is not to be answered either.
            component["additionalProperties"] = False

    def operation_of(self, response):
        """Return the operation that a response of the test client answers."""
        path, method = response.request["PATH_INFO"], response.request["REQUEST_METHOD"].lower()
        for (declared, template), operation in self.operations.items():
            if declared == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                return operation
        raise AssertionError(f"{method} {path} is not declared")

    def assert_answers(self, response):
        """Assert that the schema declares this status, body and challenge."""
        declared = self.operation_of(response)["responses"][str(response.status_code)]
        if "content" in declared:
            body = declared["content"]["application/json"]["schema"]
            self._validate(OAS30ReadValidator, body, response.json())
        else:
            assert response.content == b""
        for header in ("WWW-Authenticate", "Retry-After"):
            assert (header in response.headers) == (header in declared.get("headers", {}))

    def assert_takes(self, response, body):
        """Assert that the schema declares the body that was sent."""
        declared = self.operation_of(response).get("requestBody")
        if declared is None:
            assert body is None
        elif body is None:
            assert not declared.get("required", False)
        else:
            self._validate(
                OAS30WriteValidator, declared["content"]["application/json"]["schema"], body
            )

    def _validate(self, validator, schema, instance):
        document = {"allOf": [schema], "components": self.components}
        validator(document, format_checker=validator.FORMAT_CHECKER).validate(instance)
