"""The OpenAPI document says everything, and says what is so."""

import json
from functools import cache

import pytest
import yaml
from jsonschema import Draft202012Validator

from api.schema import document
from tests.permissions import asking, routes
from tests.permissions.table import TABLE
from tests.permissions.world import WHO

METHODS = ("get", "post", "put", "patch", "delete")


@cache
def read() -> dict:
    return yaml.safe_load(document())


def operations() -> dict[str, dict]:
    """`GET api/v1/…` → operation, with the places of the address as Django writes them."""
    return {f"{method.upper()} {path}": said for path, here in read()["paths"].items() for method, said in here.items()}


def schemas(schema: dict, at: str):
    """Every property under a schema, with its way."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{at}.{name}", inner
        yield from schemas(inner, f"{at}.{name}")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from schemas(schema[name], f"{at}[]")


@pytest.mark.parametrize("key", operations())
def test_every_operation_says_what_it_does(key):
    said = operations()[key]
    assert said["summary"] and said["description"] and len(said["summary"]) < 130
    for parameter in said.get("parameters", []):
        assert parameter.get("description"), parameter
    for status, answer in said["responses"].items():
        assert "$ref" in answer or answer["description"], status


def test_every_shape_and_each_of_its_properties_is_described():
    components = read()["components"]
    silent = [name for name, shape in components["schemas"].items() if not shape.get("description")]
    silent += [
        way for name, shape in components["schemas"].items() for way, each in schemas(shape, name) if not each.get("description")
    ]
    silent += [name for name, answer in components["responses"].items() if not answer.get("description")]
    silent += [name for name, scheme in components["securitySchemes"].items() if not scheme.get("description")]
    assert not silent
    used = {tag for said in operations().values() for tag in said["tags"]}
    assert used == {tag["name"] for tag in read()["tags"] if tag["description"]}


def test_every_address_is_in_the_document_and_says_who_may_ask():
    told = operations()
    for key, row in TABLE.items():
        method, pattern, _which = asking.KEY.fullmatch(key).groups()
        if pattern.startswith("api/v1/") and pattern != "api/v1/<path:rest>":
            needs_somebody = row.split()[WHO.index("visitor")] == "401"
            assert ({} not in told[f"{method} {_path(pattern)}"]["security"]) is needs_somebody, key


def _path(pattern: str) -> str:
    return "/" + routes.PLACE.sub(r"{\1}", pattern.replace(":pk>", ":id>"))


def _strict(schema):
    """As JSON Schema: OpenAPI 3.0 says `nullable` in its own way, and our shapes hold nothing that they do not name."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _strict(each) for name, each in schema.items() if name != "nullable"}
    if plain.get("type") == "object" and "properties" in plain:
        plain["additionalProperties"] = False
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


@cache
def _components() -> dict:
    return _strict(read()["components"])


def _fits(said: dict, answer) -> list[str]:
    """What an answer has that the document does not say."""
    status = str(answer.status_code)
    if status not in said["responses"]:
        return [f"{status} is not told"]
    told = said["responses"][status]
    if "$ref" in told:
        told = read()["components"]["responses"][told["$ref"].rsplit("/", 1)[1]]
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    content = told.get("content", {})
    if status in ("204", "304"):
        return [] if not content and not answer.content else ["has a body"]
    if "json" not in kind:
        return [] if kind in content or "application/octet-stream" in content else [f"{kind} is not told"]
    if kind not in content:
        return [f"{kind} is not told"]
    schema = {**_strict(content[kind]["schema"]), "components": _components()}
    faults = Draft202012Validator(schema).iter_errors(json.loads(answer.content))
    return [f"{status} {'.'.join(map(str, fault.path))}: {fault.message[:200]}" for fault in faults]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "POST PATCH DELETE"])
def test_every_answer_is_as_the_document_says(world, method):
    """Asked by everybody, as in the table of permissions: successes and refusals."""
    cookies = asking.signed_in(world)
    wrong = {}
    for key in TABLE:
        verb, pattern, _which = asking.KEY.fullmatch(key).groups()
        if not pattern.startswith("api/v1/") or pattern == "api/v1/<path:rest>" or verb not in method:
            continue
        for who in ("visitor", "applicant", "official_a", "official_b", "secretariat"):
            with asking.undone():
                answer = asking.ask(key, who, world, cookies)
                if answer.streaming:
                    b"".join(answer.streaming_content)
                if faults := _fits(operations()[f"{verb} {_path(pattern)}"], answer):
                    wrong[f"{key} by {who}"] = faults[:4]
    assert not wrong, "\n".join(f"{key}: {faults}" for key, faults in wrong.items())
