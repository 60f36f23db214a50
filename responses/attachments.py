"""What files may be sent to us: by what they are, not by what they are called. Pure."""

import io
import lzma
import re
import zipfile
import zlib
from pathlib import PurePath

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from petitions.services import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 100_000_000
NAME_LENGTH = 100
KINDS = ("csv", "docx", "jpeg", "odt", "ods", "pdf", "png", "txt", "xlsx")
SAME_KIND = {"jpg": "jpeg"}
IMAGES = {"PNG": "png", "JPEG": "jpeg"}
# What a packed document must hold to be one of its kind.
OFFICE_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
# What reading a packed file that is broken, locked or made to mislead may raise.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
MACROS = re.compile(r"vbaProject\.bin$|^Basic/|^Scripts/")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\\/:\"<>|*?\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def checked(name: str, content: bytes) -> tuple[str, str]:
    """A file's name as it may be kept, and its kind.

    Raises Refused, naming the file, when it is too large, of a kind not in ``KINDS``, or not what its name says.
    Documents with macros are none of these kinds.
    """
    kept = safe_name(name)
    if len(content) > MOST_BYTES:
        raise Refused(_("“%(name)s” is too large: a file may have 10 MB.") % {"name": kept}, "files")
    ending = PurePath(kept).suffix.lstrip(".").lower()
    claimed = SAME_KIND.get(ending, ending)
    if claimed not in KINDS or claimed not in _possible_kinds(content):
        raise Refused(
            _("“%(name)s” is none of these kinds, or not what its name says: %(kinds)s.")
            % {"name": kept, "kinds": ", ".join(KINDS)},
            "files",
        )
    return kept, claimed


def safe_name(name: str) -> str:
    """The last piece of a file's name without what could mislead, at most 100 characters with its ending."""
    path = PurePath(UNSAFE_IN_NAMES.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .") or "file")
    return path.stem[: NAME_LENGTH - len(path.suffix[:10])] + path.suffix[:10]


def _possible_kinds(content: bytes) -> tuple[str, ...]:
    if content.startswith(b"%PDF-"):
        return ("pdf",) if b"%%EOF" in content[-2048:] else ()
    if content.startswith(b"PK\x03\x04"):
        return _packed_kind(content)
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        return _image_kind(content)
    return _text_kinds(content)


def _packed_kind(content: bytes) -> tuple[str, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            if any(MACROS.search(name) for name in names):
                return ()
            if "mimetype" in names:
                with packed.open("mimetype") as stream:
                    kind = OPEN_DOCUMENTS.get(stream.read(100).strip())
                return (kind,) if kind else ()
            return tuple(kind for part, kind in OFFICE_PARTS.items() if part in names)
    except UNREADABLE:
        return ()


def _image_kind(content: bytes) -> tuple[str, ...]:
    try:
        with Image.open(io.BytesIO(content), formats=tuple(IMAGES)) as image:
            kind, pixels = IMAGES[image.format or ""], image.width * image.height
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, Image.DecompressionBombError):
        return ()
    return (kind,) if pixels <= MOST_PIXELS else ()


def _text_kinds(content: bytes) -> tuple[str, ...]:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ()
    # A page of HTML is text too; as a download under its true ending nobody's browser runs it.
    return () if UNPRINTABLE.search(text) else ("csv", "txt")
