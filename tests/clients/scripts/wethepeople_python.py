"""Run in the client's own Python: asks wethepeople for petitions and signatures, and prints what it made of them.

Arguments: a JSON object of ``petitions``, a list of conditions, and ``signatures``, a list of petition ids.
"""

import contextlib
import json
import sys

with contextlib.redirect_stdout(sys.stderr):
    from wethepeople import Api

NOT_DATA = "api_instance"


def plain(result: object) -> dict:
    return {name: value for name, value in vars(result).items() if name != NOT_DATA}


def answer(response: object) -> dict:
    metadata = response.metadata
    return {
        "status": metadata.responseinfo.status,
        "count": getattr(metadata.resultset, "count", None),
        "ids": response.ids,
        "results": [plain(result) for result in response.results],
    }


with contextlib.redirect_stdout(sys.stderr):
    asked, api = json.loads(sys.argv[1]), Api()
    found = {
        "petitions": [answer(api.get_petitions(**query)) for query in asked["petitions"]],
        "signatures": [answer(api.get_signatures(number, limit=1000)) for number in asked["signatures"]],
    }
print(json.dumps(found))
