"""The records of a file: the sound ones, and every other by its line number."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from petitions.importing.lines import BadRecord, Refused, json_lines
from petitions.importing.records import Record


def records_in(
    path: Path, read: Callable[[Mapping[str, Any]], Record], *, refuse: Callable[[Refused], None]
) -> list[Record]:
    """The petitions in ``path`` as ``read`` understands them; ``refuse`` gets every line that is not loaded.

    Of two lines with the same id the first counts. Raises OSError for a file that can't be opened.
    """
    found: dict[str, Record] = {}
    for number, line in json_lines(path):
        try:
            if isinstance(line, BadRecord):
                raise line
            record = read(line)
            if record.source_id in found:
                raise BadRecord(f"id: {record.source_id} came before")
            found[record.source_id] = record
        except RecursionError:
            refuse(Refused(path.name, number, "nested too deeply"))
        except BadRecord as error:
            refuse(Refused(path.name, number, str(error)))
    return list(found.values())
