"""The interface described for programs (OpenAPI): the paths under `/api/`, who may use them, and how they refuse."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI

from ictal.infant.timeline.types import AnyEntry, Infant
from ictal.web.gate import COOKIE, PUBLIC_UNDER

_ABOUT = (
    "Every page has a twin here: what `/recordings/1` shows, `/api/recordings/1` tells; the pages of visitors are "
    "under `/api/public/`. Send a token of the account page as `Authorization: Bearer ...`."
)
_REFUSED = {
    "description": "It cannot be: not found, not allowed, or not as it must be. The sentence says what to do.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Said"}}},
}
_SAID = {
    "type": "object",
    "properties": {"error": {"type": "string", "title": "One sentence"}},
    "required": ["error"],
    "title": "Said",
}
_WAYS = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token of the account page."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "A browser that signed in; changes take the header `X-Form-Token` too.",
    },
}


class Workbench(FastAPI):
    """FastAPI whose description names programs' paths alone, with their refusals and ways to sign in."""

    def openapi(self) -> dict[str, Any]:
        """The description; it is made once."""
        if self.openapi_schema is None:
            made = super().openapi()
            made["info"]["description"] = _ABOUT
            made["paths"] = {path: told for path, told in made["paths"].items() if path.startswith("/api/")}
            components = made.setdefault("components", {})
            components["securitySchemes"] = _WAYS
            schemas = components.setdefault("schemas", {})
            schemas["Said"] = _SAID
            schemas.update(_say_what_records_are(made["paths"]))
            for path, operations in made["paths"].items():
                for told in operations.values():
                    told["responses"].pop("422", None)
                    told["responses"]["4XX"] = _REFUSED
                    told["security"] = [] if path.startswith(PUBLIC_UNDER) else [{"token": []}, {"session": []}]
            _drop_unused(schemas, made["paths"])
            self.openapi_schema = made
        return self.openapi_schema


def _say_what_records_are(paths: dict[str, Any]) -> dict[str, Any]:
    """Describe the bodies that are records of a child by the records themselves; gives the shapes that these name."""
    shapes, components = msgspec.json.schema_components((Infant, AnyEntry), ref_template="#/components/schemas/{name}")
    for path, shape in zip(("/api/infants", "/api/infants/{number}/entries"), shapes, strict=True):
        paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"] = shape
    return components


def _drop_unused(schemas: dict[str, Any], paths: dict[str, Any]) -> None:
    """Take away the shapes of the forms of pages, which no path of programs names."""
    text, used = str(paths), set[str]()
    while found := {name for name in schemas if name not in used and f"#/components/schemas/{name}'" in text}:
        used |= found
        text = str([schemas[name] for name in found])
    for name in set(schemas) - used:
        del schemas[name]
