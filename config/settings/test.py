"""The tests: real PostgreSQL and Redis, mail kept in memory, cheap password hashes."""

from config.settings.base import *  # noqa: F403

DEMO = False
STAFF_SECOND_FACTOR = False  # tests/accounts requires one
# The test client speaks to Django itself, behind what serves files in a web process (config.wsgi).
MIDDLEWARE = [*MIDDLEWARE]  # noqa: F405
MIDDLEWARE.insert(MIDDLEWARE.index("config.middleware.language_of_path"), "whitenoise.middleware.WhiteNoiseMiddleware")
SECRET_KEY = "only for tests"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ELASTICSEARCH_URL = ""  # tests of the search server name one themselves (tests/elasticsearch)
BASE_URL = WAGTAILADMIN_BASE_URL = "https://petitions.example"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WAGTAIL_AUTOSAVE_INTERVAL = 0
