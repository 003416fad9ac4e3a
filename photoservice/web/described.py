"""What the API's description says of requests that handlers read by hand: bodies, and parameters of a query.

The body is decoded by the use case itself, strictly and with messages of our own; the framework is told its shape only
for ``/openapi.json``, and never looks at it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, Parameter, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType


@dataclass(eq=False)
class _JsonSchema(Schema):
    """A schema that stands as it was given."""

    given: Mapping[str, Any] | None = None

    def to_schema(self) -> dict[str, Any]:
        """Return it."""
        return dict(self.given or {})


def takes(shape: Any, *, types: Sequence[str] = ("application/json",), about: str = "") -> type[Operation]:  # noqa: ANN401  # whatever msgspec can describe
    """Return an operation whose body is ``shape`` in JSON."""
    return _with_body(_inlined(msgspec.json.schema(shape)), types, about)


def takes_bytes(media_type: str, about: str) -> type[Operation]:
    """Return an operation whose body is bytes of its own kind."""
    return _with_body({"type": "string", "format": "binary"}, (media_type,), about)


def asks(parameters: Mapping[str, str]) -> type[Operation]:
    """Return an operation that may be asked these query parameters, each with a sentence."""
    listed = [
        Parameter(name=name, param_in="query", description=about, schema=Schema(type=OpenAPIType.STRING))
        for name, about in parameters.items()
    ]

    @dataclass
    class Asking(Operation):
        """An operation whose handler reads the query string itself."""

        def __post_init__(self) -> None:
            self.parameters = [*(self.parameters or ()), *listed]

    return Asking


def _with_body(schema: Mapping[str, Any], types: Sequence[str], about: str) -> type[Operation]:
    body = RequestBody(
        content={name: OpenAPIMediaType(schema=_JsonSchema(given=schema)) for name in types},
        description=about or None,
        required=True,
    )

    @dataclass
    class WithBody(Operation):
        """An operation whose handler reads the body itself."""

        def __post_init__(self) -> None:
            self.request_body = body

    return WithBody


def _inlined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON Schema without references: none of our messages holds itself."""
    named: Mapping[str, Any] = schema.get("$defs", {})

    def resolve(part: object) -> Any:  # noqa: ANN401  # any JSON
        if isinstance(part, dict):
            fields = cast("dict[str, Any]", part)
            if "$ref" in fields:
                return resolve(named[str(fields["$ref"]).rpartition("/")[2]])
            return {key: resolve(value) for key, value in fields.items() if key != "$defs"}
        return [resolve(one) for one in cast("list[Any]", part)] if isinstance(part, list) else part

    return cast("dict[str, Any]", resolve(schema))
