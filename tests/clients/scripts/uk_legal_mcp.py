"""Run in the client's own Python: asks uk-legal-mcp's search for petitions, over its own protocol, and prints answers.

Arguments: a JSON list of the arguments of each call.
"""

import asyncio
import contextlib
import json
import sys

with contextlib.redirect_stdout(sys.stderr):
    from fastmcp import Client
    from src.gateway import gateway


async def ask(calls: list[dict]) -> list:
    async with Client(gateway) as client:
        return [(await client.call_tool("parliament_search_petitions", call)).structured_content for call in calls]


with contextlib.redirect_stdout(sys.stderr):
    found = asyncio.run(ask(json.loads(sys.argv[1])))
print(json.dumps(found))
