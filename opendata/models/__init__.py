from opendata.models.change import Change, Kind, Touched

__all__ = ["Change", "Kind", "Touched"]
