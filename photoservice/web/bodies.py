"""Bodies that are read by hand: a form's fields, and what the API's description says of each body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from litestar.openapi.spec import OpenAPIMediaType, Operation, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from photoservice.errors import Malformed
from photoservice.web.asked import AnyRequest
from photoservice.web.tenant_routes import UnsupportedMedia

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"

MAX_BYTES: Final = 10_000


async def read_form(request: AnyRequest) -> Mapping[str, str]:
    """Return a form's fields; of a field sent twice the last counts.

    A form that another website sends by its visitors' browsers is not read: a page with ten wrong codes in it would
    else lock the neighbourhood of everybody who looks at it out.

    Raises:
        UnsupportedMedia: it is no form.
        Malformed: more fields than any form of ours has; or it stood on another website.
    """
    if request.headers.get("sec-fetch-site", "none") == "cross-site":
        raise Malformed("This form was sent by another website. Open it here and fill it in again.")
    if request.content_type[0] != FORM:
        raise UnsupportedMedia(f"Send {FORM}.")
    body = (await request.body()).decode("ascii", errors="replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, errors="replace", max_num_fields=20))
    except ValueError as cause:
        raise Malformed("The form has too many fields.") from cause


async def read_body(request: AnyRequest) -> bytes:
    """Return a JSON body's bytes.

    Raises:
        UnsupportedMedia: it is said to be something else.
    """
    if request.content_type[0] != JSON:
        raise UnsupportedMedia(f"Send {JSON}.")
    return await request.body()


def operation_with(media_type: str, fields: Mapping[str, str], *optional: str, example: Any = None) -> type[Operation]:  # noqa: ANN401  # any JSON
    """Return how the API's description shows a body: ``fields`` of text, each with a sentence."""
    properties: dict[str, Reference | Schema] = {
        name: Schema(type=OpenAPIType.STRING, description=about) for name, about in fields.items()
    }
    schema = Schema(
        type=OpenAPIType.OBJECT,
        properties=properties,
        required=[name for name in fields if name not in optional],
        examples=[example] if example else None,
    )

    @dataclass
    class WithBody(Operation):
        """An operation whose handler reads the body itself."""

        def __post_init__(self) -> None:
            self.request_body = RequestBody(content={media_type: OpenAPIMediaType(schema=schema)}, required=True)

    return WithBody
