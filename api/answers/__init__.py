"""What the API gives: the shapes of the OpenAPI document. tests/api/test_openapi.py holds every answer to them."""
