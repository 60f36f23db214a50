"""The search server, through `elasticsearch.dsl`. Every way in raises ``Away`` within `client.TIMEOUT` seconds when it
does not answer as it should.
"""

from search.engines.elastic.client import is_configured
from search.engines.elastic.finding import find, takes
from search.engines.elastic.suggesting import suggest

__all__ = ("find", "is_configured", "suggest", "takes")
