"""Django as bare as it gets: no middleware, no application, one lasting connection for each thread."""

import secrets

from config.settings import environment as given

SECRET_KEY = secrets.token_hex()
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "benchmarks.reference.views"
MIDDLEWARE: list[str] = []
INSTALLED_APPS: list[str] = []
USE_TZ = True
USE_I18N = False
DATABASES = {"default": {**given.database(given.DATABASE_URL), "CONN_MAX_AGE": None}}
