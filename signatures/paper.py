"""Signatures on paper: one person enters a batch with its scan, another decides. They stand beside the count."""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

import audit.services
import petitions.services
from accounts.models import User
from accounts.permissions import NotAllowed, allowed, require
from petitions.lifecycle import OPENED
from petitions.models import Petition
from petitions.refusals import Refused
from petitions.wording import clean
from signatures.models import PaperBatch, PaperScan, PaperState
from signatures.models.paper import MOST_IN_A_BATCH
from vault import sealing

ENTER = "signatures.enter_paper"
CONFIRM = "signatures.confirm_paper"
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 100_000_000
LONGEST_PLACE = 100
IMAGES = {"PNG": "png", "JPEG": "jpeg"}


@dataclass(frozen=True)
class Scan:
    """A scan as it was handed in, under a name of ours."""

    content: bytes
    name: str


@transaction.atomic
def enter(*, petition_id: int, place: str, number: int, scan: bytes, actor: User, now: datetime) -> PaperBatch:
    """Keep a batch of ``number`` valid signatures collected at ``place``; it counts once somebody else confirms it.

    ``scan`` is a PDF, PNG or JPEG file of at most 10 MB; it is kept sealed. Raises NotAllowed without
    ``signatures.enter_paper``; Refused (with the field) for a petition that was never open, an empty place, a number
    out of bounds, another kind of file, or one that was entered for this petition before.
    """
    require(actor, ENTER)
    place = clean(place)
    if not Petition.objects.filter(pk=petition_id, state__in=OPENED).exists():
        raise Refused(_("Enter the number of a petition that is open or closed."), "petition_id")
    if not place or len(place) > LONGEST_PLACE:
        raise Refused(_("Say where they were collected, in at most 100 characters."), "place")
    if not 1 <= number <= MOST_IN_A_BATCH:
        raise Refused(_("Enter a number from 1 to %(most)d.") % {"most": MOST_IN_A_BATCH}, "number")
    batch = PaperBatch(
        petition_id=petition_id,
        place=place,
        number=number,
        entered_by=actor,
        entered_at=now,
        scan_type=kind_of(scan),
        scan_size=len(scan),
        scan_digest=hashlib.sha256(scan).digest(),
    )
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError as error:
        raise Refused(_("This file was entered for this petition before."), "scan") from error
    PaperScan.objects.create(batch=batch, sealed=sealing.seal_bytes(scan, context=_context(batch)))
    _record("enter", batch, actor, details={"number": number, "digest": batch.scan_digest.hex()})
    return batch


def kind_of(scan: bytes) -> str:
    """What a file is by its content: pdf, png or jpeg. Raises Refused for anything else, broken or too large."""
    if len(scan) > MOST_BYTES:
        raise Refused(_("The file may have 10 MB."), "scan")
    if scan.startswith(b"%PDF-") and b"%%EOF" in scan[-2048:]:
        return "pdf"
    try:
        with Image.open(io.BytesIO(scan), formats=tuple(IMAGES)) as image:
            kind, pixels = IMAGES[image.format or ""], image.width * image.height
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, Image.DecompressionBombError) as error:
        raise Refused(_("Choose a PDF, PNG or JPEG file."), "scan") from error
    if pixels > MOST_PIXELS:
        raise Refused(_("The picture is too large."), "scan")
    return kind


@transaction.atomic
def confirm(*, batch_id: int, actor: User, now: datetime) -> PaperBatch:
    """Add a batch to the petition's number on paper, once.

    Raises NotAllowed without ``signatures.confirm_paper`` and for whoever entered it, superusers too; Refused when it
    was decided before; PaperBatch.DoesNotExist.
    """
    batch = _waiting(batch_id, actor)
    _decide(batch, PaperState.CONFIRMED, actor, now)
    petitions.services.record_paper(petition_id=batch.petition_id, change=batch.number, now=now)
    _record("confirm", batch, actor, details={"number": batch.number})
    return batch


@transaction.atomic
def refuse(*, batch_id: int, reason: str, actor: User, now: datetime) -> PaperBatch:
    """Let a batch not count; the same file may be entered again. Raises as ``confirm``; Refused without a reason."""
    batch = _waiting(batch_id, actor)
    reason = _given(reason)
    _decide(batch, PaperState.REFUSED, actor, now)
    _record("refuse", batch, actor, reason)
    return batch


@transaction.atomic
def take_back(*, batch_id: int, reason: str, actor: User, now: datetime) -> PaperBatch:
    """Take a confirmed batch out of the number again, once. Raises as ``confirm``; Refused without a reason."""
    batch = _locked(batch_id, actor)
    if batch.state != PaperState.CONFIRMED:
        raise Refused(_("Only a confirmed batch can be taken back."))
    reason = _given(reason)
    _decide(batch, PaperState.TAKEN_BACK, actor, now)
    petitions.services.record_paper(petition_id=batch.petition_id, change=-batch.number, now=now)
    _record("take_back", batch, actor, reason, details={"number": -batch.number})
    return batch


@transaction.atomic
def read_scan(*, batch_id: int, actor: User) -> Scan:
    """The scan of a batch, with an audit row: it bears personal data.

    Raises NotAllowed without a right on paper signatures; PaperScan.DoesNotExist once it was let go.
    """
    if not (allowed(actor, ENTER) or allowed(actor, CONFIRM)):
        raise NotAllowed(CONFIRM)
    scan = PaperScan.objects.select_related("batch").get(pk=batch_id)
    _record("read_scan", scan.batch, actor)
    content = sealing.unseal_bytes(scan.sealed, context=_context(scan.batch))
    return Scan(content, f"petition-{scan.batch.petition_id}-paper-{batch_id}.{scan.batch.scan_type}")


def forget_scans(*, petition_id: int) -> int:
    """Delete the scans of a petition's batches, and keep their numbers; how many were there."""
    deleted, _kinds = PaperScan.objects.filter(batch__petition_id=petition_id).delete()
    return deleted


def may_decide(batch: PaperBatch, user: Any) -> bool:
    """Whether ``user`` is a second person for this batch."""
    return allowed(user, CONFIRM) and user.pk != batch.entered_by_id


def _locked(batch_id: int, actor: User) -> PaperBatch:
    require(actor, CONFIRM)
    batch = PaperBatch.objects.select_for_update(of=("self",)).select_related("petition").get(pk=batch_id)
    if not may_decide(batch, actor):
        raise NotAllowed(CONFIRM)
    return batch


def _waiting(batch_id: int, actor: User) -> PaperBatch:
    batch = _locked(batch_id, actor)
    if batch.state != PaperState.ENTERED:
        raise Refused(_("This batch was decided already."))
    return batch


def _given(reason: str) -> str:
    if not (reason := clean(reason)):
        raise Refused(_("Say why."), "reason")
    return reason


def _decide(batch: PaperBatch, state: PaperState, actor: User, now: datetime) -> None:
    batch.state, batch.decided_by, batch.decided_at = state, actor, now
    batch.save(update_fields=["state", "decided_by", "decided_at"])


def _context(batch: PaperBatch) -> str:
    return f"paper:{batch.petition_id}:{batch.pk}"


def _record(act: str, batch: PaperBatch, actor: User, reason: str = "", details: dict[str, Any] | None = None) -> None:
    audit.services.record(
        action=f"paper.{act}",
        subject_kind="petition",
        subject_id=batch.petition_id,
        actor_id=actor.pk,
        reason=reason,
        details={"batch": batch.pk, **(details or {})},
    )
