from cms import face


def site_name() -> str:
    """The name under which this site speaks, in the active language."""
    return face.words().name
