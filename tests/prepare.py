"""What tests need before pytest starts: compiled catalogues."""

import os
import tempfile

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings"
    with tempfile.TemporaryDirectory(prefix="alliance-prepare-") as private:
        os.environ["DATA_DIR"] = private
        import django

        django.setup()
        from alliance.languages import catalogues

        catalogues.compile_changed()
