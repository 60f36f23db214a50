"""How many queries a page asks: ``python -m benchmarks.queries SESSION PATH...`` prints one number for each path."""

import json
import sys

import django


def main() -> None:
    """Each page is asked for once before it is counted: what a process learns once is not paid by every reader."""
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    session, *paths = sys.argv[1:]
    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    counts = []
    for path in paths:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            status = client.get(path).status_code
        if status != 200:
            sys.exit(f"{path} answered {status}")
        counts.append(len(captured))
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
