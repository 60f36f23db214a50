"""The page of open data, and the files of dumps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.functional import Promise
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cms.caching import public_page
from opendata.dumps import schema, shelf, tables
from opendata.dumps.shelf import Dump
from opendata.dumps.writing import MANIFEST, SUMS, File
from opendata.replies import open_data, refusal
from opendata.streams import Stream, streamed

MINUTE = 60
PART = 1 << 16
REST = re.compile(r"bytes=(\d{1,15})-", re.ASCII)
TYPES = {".gz": "application/gzip", ".json": "application/json"}
TEXT = "text/plain; charset=utf-8"

LABELS: dict[str, Promise | str] = {
    tables.DOCUMENTS: tables.DOCUMENTS_LABEL,
    **{table.file: table.label for table in tables.TABLES},
    schema.SCHEMA: _("What each column means (Frictionless Data, JSON Schema)"),
    schema.LICENCE: _("Licences, by where a petition comes from"),
}
# Live data: the address of a first look, and what stands there.
LIVE: tuple[tuple[str, Promise], ...] = (
    ("/petitions.json", _("Lists of petitions, in the shape of the UK Parliament’s petitions site")),
    ("/petitions.csv", _("The same lists as tables")),
    ("/trending.json", _("What most people signed in the last hour")),
    ("/topics.json", _("Topics")),
    ("/constituencies.json", _("Constituencies of the United Kingdom")),
    ("/archived/petitions.json", _("Imported petitions by parliament")),
    ("/tracker.json", _("Answers owed, and by when")),
    ("/audit/heads.json", _("Fingerprints of the log of what staff did")),
)


@dataclass(frozen=True)
class Shown:
    """One file of the newest dump, as the page has it."""

    file: File
    label: Promise | str
    address: str


@require_safe
@public_page(MINUTE)
def page(request: HttpRequest) -> HttpResponse:
    """``/data/``: the dumps that stand, and where live data is."""
    standing = shelf.dumps()
    newest = standing[0] if standing else None
    context = {
        "newest": newest,
        "files": _shown(newest) if newest else [],
        "sums": f"/data/{newest.name}/{SUMS}" if newest else "",
        "older": [(dump, f"/data/{dump.name}/{MANIFEST}") for dump in standing[1:]],
        "live": LIVE,
        "licence": (settings.DATA_LICENCE, settings.DATA_LICENCE_URL),
        "kept": shelf.KEPT,
    }
    return render(request, "opendata/data.html", context)


def _shown(dump: Dump) -> list[Shown]:
    return [Shown(file, LABELS.get(file.name, file.name), f"/data/{dump.name}/{file.name}") for file in dump.files]


@open_data
def latest(request: HttpRequest, name: str) -> HttpResponse:
    """A file of the newest dump."""
    return _answer(request, shelf.newest(), name, kept=MINUTE)


@open_data
def one(request: HttpRequest, dump: str, name: str) -> HttpResponse:
    """A file of one dump: it never changes, and is gone some days later."""
    return _answer(request, shelf.find(dump), name, kept=MINUTE * MINUTE)


def _answer(request: HttpRequest, dump: Dump | None, name: str, *, kept: int) -> HttpResponse | Stream:
    path = dump.path(name) if dump else None
    if dump is None or path is None or not path.exists():
        return refusal(HTTPStatus.NOT_FOUND)
    etag, made = f'"{dump.name}-{name}"', int(dump.made_at.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=made)
    if response is None:
        bytes_there = path.stat().st_size
        begin = _wanted_from(request, etag, bytes_there)
        response = streamed(request, _parts(path, begin), content_type=TYPES.get(path.suffix, TEXT))
        if response.status_code != HTTPStatus.OK:
            return response
        if begin:
            response.status_code = HTTPStatus.PARTIAL_CONTENT
            response["Content-Range"] = f"bytes {begin}-{bytes_there - 1}/{bytes_there}"
        response["Content-Length"] = str(bytes_there - begin)
        response["Content-Disposition"] = f'attachment; filename="{_saved_as(dump, name)}"'
        response["Accept-Ranges"] = "bytes"
    response["ETag"], response["Last-Modified"] = etag, http_date(made)
    response["Cache-Control"] = f"public, max-age={kept}"
    return response


def _wanted_from(request: HttpRequest, etag: str, bytes_there: int) -> int:
    """The byte to go on from, for who was cut off; 0 for all of it: other ranges may be answered by the whole."""
    asked = REST.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.headers.get("If-Range", etag) != etag:
        return 0
    begin = int(asked[1])
    return begin if begin < bytes_there else 0


def _saved_as(dump: Dump, name: str) -> str:
    """So that files of two days can lie side by side."""
    stem, dot, ending = name.partition(".")
    return f"{stem}-{dump.made_at:%Y-%m-%d}{dot}{ending}"


def _parts(path: Path, begin: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while part := file.read(PART):
            yield part
