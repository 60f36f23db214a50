import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _patience_with_redis(settings: Settings) -> None:
    """A page is not copied to a Redis that is slow to answer: here it shares its machine with many tests."""
    settings.REDIS_CLIENT_OPTIONS = {**settings.REDIS_CLIENT_OPTIONS, "socket_timeout": 20}
