"""The roles of staff and the rights that each brings: one table. ``create_roles`` makes groups of it."""

from dataclasses import dataclass
from enum import StrEnum

ADMIN_ACCESS = "wagtailadmin.access_admin"


class Role(StrEnum):
    """A role's name is its demo login too."""

    MODERATOR = "moderator"
    COORDINATOR = "coordinator"
    DRAFTER = "drafter"
    DEPARTMENT_REVIEWER = "department_reviewer"
    LEGAL_REVIEWER = "legal_reviewer"
    APPROVER = "approver"
    PUBLISHER = "publisher"
    EDITOR = "editor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Rights:
    """What a role may do. ``pages`` are Wagtail's rights on pages of these types and all below them.

    ``permissions`` and ``pages`` read ``app.codename`` and ``app.Model``; the same right may belong to many roles.
    """

    label: str
    permissions: tuple[str, ...]
    pages: tuple[tuple[str, tuple[str, ...]], ...] = ()
    in_department: bool = False


IMAGES_AND_DOCUMENTS = (
    "wagtailimages.add_image",
    "wagtailimages.change_image",
    "wagtaildocs.add_document",
    "wagtaildocs.change_document",
)

TABLE: dict[Role, Rights] = {
    Role.MODERATOR: Rights("Moderators", ("petitions.moderate_petition", "petitions.view_petition")),
    Role.COORDINATOR: Rights("Coordinators", ("responses.assign_case", "petitions.view_petition")),
    Role.DRAFTER: Rights(
        "Drafters",
        ("responses.draft_answer", "petitions.view_petition", *IMAGES_AND_DOCUMENTS),
        pages=(("responses.AnswerIndexPage", ("add", "change")),),
        in_department=True,
    ),
    Role.DEPARTMENT_REVIEWER: Rights(
        "Department reviewers", ("responses.review_department", "petitions.view_petition"), in_department=True
    ),
    Role.LEGAL_REVIEWER: Rights("Legal reviewers", ("responses.review_legal", "petitions.view_petition")),
    Role.APPROVER: Rights("Approvers", ("responses.sign_off", "petitions.view_petition")),
    # No right of Wagtail's to publish: answers are published through clearance only.
    Role.PUBLISHER: Rights("Publishers", ("responses.publish_answer", "petitions.view_petition")),
    Role.EDITOR: Rights(
        "Editors",
        IMAGES_AND_DOCUMENTS,
        pages=(("cms.StandardPage", ("change", "publish")), ("cms.HomePage", ("change", "publish"))),
    ),
    Role.AUDITOR: Rights(
        "Auditors", ("audit.view_entry", "petitions.view_petition", "mailing.view_mail", "accounts.view_user")
    ),
    Role.ADMINISTRATOR: Rights(
        "Administrators",
        (
            "petitions.change_limits",
            "petitions.view_petition",
            "accounts.add_user",
            "accounts.change_user",
            "accounts.view_user",
            "accounts.add_department",
            "accounts.change_department",
            "accounts.view_department",
        ),
    ),
}
