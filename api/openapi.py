"""How the OpenAPI document is made: each view names the shapes it takes (`takes`), everything it gives is an object."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

LISTS = ("page_size", "cursor")


class Shapes(AutoSchema):
    """Operation ids from the address, requests from `takes`, filters from `asks`, and the refusals that every view may give."""

    def get_operation_id(self) -> str:
        words = [part.strip("{}") for part in self.path.removeprefix("/api/v1/").strip("/").split("/") if part]
        return "_".join([self.method.lower(), *words]).replace("-", "_")

    def get_request_serializer(self):
        return getattr(self.view, "takes", {}).get(self.method)

    def get_response_serializers(self):
        status = "204" if self.method == "DELETE" else "200"
        kind = OpenApiTypes.BINARY if getattr(self.view, "gives_bytes", False) else OpenApiTypes.OBJECT
        answers = {status: OpenApiResponse(None if status == "204" else kind, description="Done.")}
        answers["default"] = OpenApiResponse(OpenApiTypes.OBJECT, description="A refusal: application/problem+json (RFC 9457).")
        return answers

    def get_override_parameters(self):
        names = ["lang", *(getattr(self.view, "asks", ()) if self.method == "GET" else ())]
        return [OpenApiParameter(name, str, OpenApiParameter.QUERY) for name in names]

    def _resolve_path_parameters(self, variables):
        return [
            {
                "in": "path",
                "name": name,
                "required": True,
                "schema": {"type": "integer" if name in ("id", "pk", "seq", "number", "position") else "string"},
            }
            for name in variables
        ]

    def _is_list_view(self, serializer=None) -> bool:
        return False


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.Bearer"
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.SiteSession"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
