"""One dump of the database that the environment names: ``python -m benchmarks.dump``.

Prints one line of JSON: petitions, seconds, seconds of processor, bytes written, and the most memory that the process
ever held, in bytes.
"""

import json
import resource
import tempfile
import time

import django

KILOBYTE = 1024  # Linux tells the peak in these


def main() -> None:
    """Makes the dump in a folder of its own, as the night's job does."""
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from opendata.dumps import shelf, tables

    with tempfile.TemporaryDirectory() as folder:
        settings.DUMPS_ROOT = folder
        began, worked = time.monotonic(), time.process_time()
        dump = shelf.make(now=timezone.now())
        told = {
            "petitions": next(file.rows for file in dump.files if file.name == tables.DOCUMENTS),
            "seconds": time.monotonic() - began,
            "processor": time.process_time() - worked,
            "bytes": dump.bytes,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE,
        }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
