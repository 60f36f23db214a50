"""Records as their sources give them, files of them, and what loading them says."""

import gzip
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command

HEADER = "petition_id,kind,code,signature_count"


@dataclass
class Said:
    """What a command wrote to its two outputs."""

    out: str
    err: str

    def counts(self, title: str) -> list[int]:
        """Loaded, updated, unchanged and changed here, of the line of the summary that begins with ``title``."""
        line = next(line for line in self.out.splitlines() if line.startswith(f"{title} "))
        return [int(number.replace(",", "")) for number in line.removeprefix(title).split()]


def run(command: str, *arguments: str) -> Said:
    out, err = io.StringIO(), io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=err)
    return Said(out.getvalue(), err.getvalue())


def uk_record(number: int = 300001, **changes: Any) -> dict[str, Any]:
    """A closed UK petition as its API gives it."""
    return {
        "id": number,
        "action": f"Plant trees beside road {number}",
        "background": "Summers are hot.\r\nTrees cool.",
        "additional_details": "",
        "committee_note": None,
        "state": "closed",
        "signature_count": 1200,
        "created_at": "2020-03-03T12:25:09.391Z",
        "updated_at": "2020-09-05T23:00:08.447Z",
        "rejected_at": None,
        "opened_at": "2020-03-05T15:48:39.806Z",
        "closed_at": "2020-09-05T22:59:59.999Z",
        "moderation_threshold_reached_at": "2020-03-03T12:45:44.000Z",
        "response_threshold_reached_at": None,
        "government_response_at": None,
        "debate_threshold_reached_at": None,
        "scheduled_debate_date": None,
        "debate_outcome_at": None,
        "rejection": None,
        "government_response": None,
        "debate": None,
        "departments": [],
        "topics": [],
        "source": "mysociety",
        **changes,
    }


def rejected_record(
    number: int = 300002, *, code: str = "duplicate", details: str = "", **changes: Any
) -> dict[str, Any]:
    return uk_record(
        number,
        state="rejected",
        rejection={"code": code, "details": details},
        rejected_at="2020-03-04T10:44:06.285Z",
        opened_at=None,
        closed_at=None,
        **changes,
    )


def answered_record(number: int = 300003, *, details: str = "We will plant trees.", **changes: Any) -> dict[str, Any]:
    return uk_record(
        number,
        **{
            "signature_count": 12000,
            "response_threshold_reached_at": "2020-04-01T10:00:00.000Z",
            "government_response_at": "2020-04-20T21:30:08.160Z",
            "government_response": {
                "responded_on": "2020-04-20",
                "summary": "Trees are coming.",
                "details": details,
                "created_at": "2020-04-20T21:30:08.158Z",
                "updated_at": "2020-04-21T08:00:00.000Z",
            },
            **changes,
        },
    )


def wtp_record(source_id: str = "4e7b352b4bd5046c04000000", **changes: Any) -> dict[str, Any]:
    """A closed We the People petition as its API gives it."""
    return {
        "id": source_id,
        "type": "petition",
        "title": "Plant trees on every street of every city " * 3,
        "body": "Summers are hot.",
        "issues": [{"id": "20", "name": "Environment"}, {"id": "187", "name": "Women's Issues"}],
        "signatureThreshold": 5000,
        "signatureCount": 1729,
        "signaturesNeeded": 3271,
        "url": f"https://petitions.whitehouse.gov/petition/plant-trees/{source_id[-6:]}",
        "deadline": 1319289387,
        "status": "closed",
        "response": None,
        "created": 1316697387,
        **changes,
    }


def responded_record(source_id: str = "4e7b352b4bd5046c04000001", **changes: Any) -> dict[str, Any]:
    response = {"id": "331", "url": "https://petitions.whitehouse.gov/response/trees", "associationTime": 1325703633}
    return wtp_record(source_id, status="responded", response=response, **changes)


def write_lines(path: Path, lines: Iterable[Any]) -> Path:
    """A file of these lines: texts and bytes as they are, all else as JSON."""

    def line(content: Any) -> bytes:
        if isinstance(content, bytes):
            return content
        return (content if isinstance(content, str) else json.dumps(content)).encode()

    path.write_bytes(b"".join(line(content) + b"\n" for content in lines))
    return path


def real_records(file: Path, chosen: Callable[[Mapping[str, Any]], bool]) -> list[dict[str, Any]]:
    """Records of the demo's own files."""
    with gzip.open(file, "rt") as lines:
        return [record for line in lines if chosen(record := json.loads(line))]
