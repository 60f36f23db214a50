"""The search that PostgreSQL does by itself. However many petitions there are, it looks at so many (docs/search.md)."""

from search.engines.postgresql.finding import find
from search.engines.postgresql.suggesting import suggest

__all__ = ("find", "suggest")
