"""Loaded before pytest-django reads the settings (`-p tests.early`): every run has a folder of its own, never the developer's."""

import os
import tempfile

PRIVATE = tempfile.TemporaryDirectory(prefix="alliance-tests-")
os.environ["DATA_DIR"] = PRIVATE.name
os.environ.setdefault("PORT", "8000")
