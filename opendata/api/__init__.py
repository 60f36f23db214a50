"""Our own API at /api/: everything public, described in OpenAPI 3.1, by django-ninja (decision 0123)."""
