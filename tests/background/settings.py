"""The smallest house with a worker in it, for worker processes that tests start and kill. DATABASE_URL says where it works."""

import os
from pathlib import Path

from alliance import database

SECRET_KEY = "only for tests"
DATA_DIR = Path(os.environ["DATA_DIR"])
DATABASES = {"default": database.configuration(os.environ.get("DATABASE_URL"), DATA_DIR)}
INSTALLED_APPS = ["django.contrib.contenttypes", "django_tasks", "django_tasks_db", "alliance.background"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "search", "letters", "files"]}}
LANGUAGE_CODE = "en"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"alliance": {"handlers": ["console"], "level": "INFO"}},
}
