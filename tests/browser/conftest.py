"""Pages as a browser shows them: Chromium against a site of its own, with the processes that serve the public."""

from collections.abc import Iterator

import pytest

from tests.journeys.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Web, worker and beat on servers of their own, at localhost: a secure context, as TLS gives the real site."""
    with Site(tmp_path_factory.mktemp("browser"), static_root=tmp_path_factory.getbasetemp() / "static") as site:
        yield site
