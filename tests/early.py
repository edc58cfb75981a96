"""Loaded before pytest-django reads the settings (`-p tests.early`): every run has a folder of its own, never the developer's."""

import os
import tempfile

PRIVATE = tempfile.TemporaryDirectory(prefix="alliance-tests-")
os.environ["DATA_DIR"] = PRIVATE.name
os.environ.setdefault("PORT", "8000")
# On servers that others use too, every run has names of its own, and finds what it has written without waiting.
os.environ["SHARED_NAME"] = f"tests-{os.getpid()}"
os.environ["SEARCH_AT_ONCE"] = "1"
if os.environ.get("S3_URL"):
    os.environ["S3_URL"] = os.environ["S3_URL"].rstrip("/") + f"/tests-{os.getpid()}"
