"""The roles of staff and the rights that each brings: one table. ``create_roles`` makes groups of it."""

from dataclasses import dataclass
from enum import StrEnum

ADMIN_ACCESS = "wagtailadmin.access_admin"


class Role(StrEnum):
    """A role's name is its demo login too."""

    MODERATOR = "moderator"
    CLERK = "clerk"
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
    """What a role may do; the same right may belong to many roles.

    ``permissions`` read ``app.codename``; ``collections`` are such rights on all images and documents; ``pages`` are
    Wagtail's rights (``add``, ``change``, ``publish``) on the pages of a type (``app.Model``) and on all below them.
    """

    label: str
    permissions: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    pages: tuple[tuple[str, tuple[str, ...]], ...] = ()
    in_department: bool = False


FILES = (
    "wagtailimages.add_image",
    "wagtailimages.change_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.change_document",
    "wagtaildocs.choose_document",
)
# ``view_case`` shows the cases of every department; drafters and department reviewers see their own one's without it.
SEE = ("petitions.view_petition", "responses.view_case")
DOMAIN_RULES = tuple(f"signatures.{verb}_domainrule" for verb in ("add", "change", "view"))
# Who stands at the door of signing: lists of networks, and challenges.
DOOR = ("petitions.manage_networks", "signatures.manage_challenge")

# Who hears when the clock of an answer passes a mark.
ESCALATIONS = tuple(f"responses.{verb}_escalation" for verb in ("add", "change", "view"))

# Templates, arguments and figures that answers use again.
SAVED_TEXTS = tuple(f"responses.{verb}_savedtext" for verb in ("add", "change", "view"))

# Mails that failed: sent again, and to whom they were.
MAILS = ("mailing.view_mail", "mailing.change_mail")
# Whoever enters a batch cannot confirm it: the second person is another one with these rights.
PAPER = ("signatures.enter_paper", "signatures.confirm_paper")

# Who gets which cases.
ROUTING = tuple(f"responses.{verb}_{model}" for model in ("routingrule", "team") for verb in ("add", "change", "view"))

TABLE: dict[Role, Rights] = {
    Role.MODERATOR: Rights(
        "Moderators",
        (
            "petitions.moderate_petition",
            "petitions.view_petition",
            "signatures.view_fraud",
            "signatures.handle_fraud",
            *DOMAIN_RULES,
            *DOOR,
            *MAILS,
            *PAPER,
        ),
    ),
    Role.CLERK: Rights("Clerks", (*PAPER, "petitions.view_petition")),
    Role.COORDINATOR: Rights(
        "Coordinators",
        ("responses.assign_case", "accounts.manage_colleagues", *ESCALATIONS, *ROUTING, *SAVED_TEXTS, *SEE),
    ),
    Role.DRAFTER: Rights(
        "Drafters",
        ("responses.draft_answer", "petitions.view_petition", *SAVED_TEXTS),
        collections=FILES,
        pages=(("responses.AnswerIndexPage", ("add", "change")),),
        in_department=True,
    ),
    Role.DEPARTMENT_REVIEWER: Rights(
        "Department reviewers", ("responses.review_department", "petitions.view_petition"), in_department=True
    ),
    Role.LEGAL_REVIEWER: Rights("Legal reviewers", ("responses.review_legal", *SEE)),
    Role.APPROVER: Rights("Approvers", ("responses.sign_off", *SEE)),
    # No right of Wagtail's to publish: answers are published through clearance only.
    Role.PUBLISHER: Rights("Publishers", ("responses.publish_answer", *SEE)),
    # Not on the home page: the answers lie below it, and rights on a page reach all below.
    Role.EDITOR: Rights(
        "Editors",
        ("cms.change_face", "petitions.handle_feedback"),
        collections=FILES,
        pages=(("cms.StandardPage", ("add", "change", "publish")),),
    ),
    Role.AUDITOR: Rights(
        "Auditors",
        (
            "audit.view_entry",
            "accounts.view_user",
            "accounts.view_department",
            "mailing.view_mail",
            "signatures.view_fraud",
            "signatures.view_counting",
            "signatures.view_domainrule",
            "responses.view_escalation",
            "responses.view_routingrule",
            "responses.view_savedtext",
            "responses.view_team",
            *SEE,
        ),
    ),
    Role.ADMINISTRATOR: Rights(
        "Administrators",
        (
            "petitions.change_limits",
            "petitions.change_switches",
            "petitions.handle_feedback",
            "signatures.view_counting",
            "opendata.manage_partners",
            *DOOR,
            *MAILS,
            *DOMAIN_RULES,
            "petitions.view_petition",
            "accounts.manage_colleagues",
            "accounts.add_user",
            "accounts.change_user",
            "accounts.view_user",
            "accounts.add_department",
            "accounts.change_department",
            "accounts.view_department",
            *(
                f"petitions.{verb}_{model}"
                for model in ("rejectionreason", "topic", "region", "postcodearea")
                for verb in ("add", "change", "view")
            ),
            *(f"responses.{verb}_extrareviewtask" for verb in ("add", "change", "view")),
        ),
    ),
}
