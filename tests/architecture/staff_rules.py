"""Which role reads and writes which address of the staff's side, and acts on a case: the promise that is tested."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from accounts.roles import Role

OTHER_DRAFTER, OTHER_REVIEWER, NOBODY = "other_drafter", "other_reviewer", "nobody"
EVERYBODY = {*map(str, Role), OTHER_DRAFTER, OTHER_REVIEWER}
NONE: set[str] = set()
MODERATOR, ADMINISTRATOR, AUDITOR = {"moderator"}, {"administrator"}, {"auditor"}
PAPER = {"clerk", "moderator"}
DOOR = MODERATOR | ADMINISTRATOR
FEEDBACK = {"editor"} | ADMINISTRATOR
COLLEAGUES = {"coordinator"} | ADMINISTRATOR
SEES_PETITIONS = EVERYBODY - {"editor"}
SEES_CASE = {
    *("coordinator", "drafter", "department_reviewer", "legal_reviewer", "approver", "publisher", "auditor"),
}
SEES_CASES = SEES_CASE | {OTHER_DRAFTER, OTHER_REVIEWER}  # the list, each their own
WRITERS = {"coordinator", "drafter"}

SECRET = "Unseen words"
TEXT = "A word of mine."


@dataclass(frozen=True)
class Rule:
    """Who may read an address, and who may write to it. ``args`` name objects of the world."""

    read: set[str]
    write: set[str] = field(default_factory=set)
    args: tuple[str, ...] = ()


def table_rules(
    name: str, *, key: str, more_readers: set[str] = NONE, writers: set[str] = ADMINISTRATOR
) -> dict[str, Rule]:
    """The addresses of a list that administrators, or ``writers``, edit and from which nothing is deleted."""
    readers = writers | more_readers
    return {
        f"{name}:index": Rule(readers),
        f"{name}:index_results": Rule(readers),
        f"{name}:add": Rule(writers, writers),
        f"{name}:edit": Rule(writers, writers, (key,)),
        f"{name}:delete": Rule(NONE, NONE, (key,)),
        f"{name}:history": Rule(writers, NONE, (key,)),
        f"{name}:history_results": Rule(writers, NONE, (key,)),
        f"{name}:usage": Rule(writers, NONE, (key,)),
    }


RULES: dict[str, Rule] = {
    "staff_moderation": Rule(MODERATOR),
    "staff_reports": Rule(MODERATOR),
    "staff_reviews": Rule(MODERATOR),
    "staff_petitions:index": Rule(SEES_PETITIONS),
    "staff_petitions:index_results": Rule(SEES_PETITIONS),
    "staff_petition": Rule(MODERATOR | AUDITOR, NONE, ("unseen",)),
    "staff_petition_act": Rule(MODERATOR | AUDITOR, MODERATOR, ("unseen", "act")),
    "staff_limits": Rule(ADMINISTRATOR | AUDITOR, ADMINISTRATOR),
    "staff_paper": Rule(PAPER | AUDITOR),
    "staff_paper_enter": Rule(PAPER, PAPER),
    "staff_paper_batch": Rule(PAPER | AUDITOR, PAPER, ("batch",)),
    "staff_paper_scan": Rule(PAPER, NONE, ("batch",)),
    "staff_counting": Rule(ADMINISTRATOR | AUDITOR),
    "staff_networks": Rule(DOOR | AUDITOR, DOOR),
    "staff_network": Rule(DOOR | AUDITOR, DOOR, ("network",)),
    "staff_challenges": Rule(DOOR | AUDITOR, DOOR),
    "staff_partners": Rule(ADMINISTRATOR | AUDITOR, ADMINISTRATOR),
    "staff_partner": Rule(ADMINISTRATOR | AUDITOR, ADMINISTRATOR, ("partner_key",)),
    "staff_feedback": Rule(FEEDBACK),
    "staff_feedback_one": Rule(FEEDBACK, FEEDBACK, ("feedback",)),
    "staff_switches": Rule(ADMINISTRATOR | AUDITOR, ADMINISTRATOR),
    "staff_fraud": Rule(MODERATOR | AUDITOR),
    "staff_fraud_flag": Rule(MODERATOR | AUDITOR, MODERATOR, ("flag",)),
    "staff_fraud_undercut": Rule(MODERATOR | AUDITOR, MODERATOR, ("crossing",)),
    "staff_fraud_petition": Rule(MODERATOR | AUDITOR, NONE, ("unseen",)),
    "staff_fraud_group": Rule(MODERATOR | AUDITOR, MODERATOR, ("unseen", "kind", "tag")),
    "staff_bulk": Rule(MODERATOR | AUDITOR, MODERATOR, ("bulk",)),
    "staff_bulk_new": Rule(MODERATOR | AUDITOR, MODERATOR, ("unseen",)),
    "staff_lookup": Rule(MODERATOR, MODERATOR),
    "staff_signature": Rule(MODERATOR, MODERATOR, ("unseen", "row")),
    "staff_signature_act": Rule(MODERATOR, MODERATOR, ("unseen", "row", "row_act")),
    "staff_mails": Rule(DOOR | AUDITOR, DOOR),
    "staff_mail": Rule(DOOR | AUDITOR, DOOR, ("mail",)),
    "staff_colleagues": Rule(COLLEAGUES | AUDITOR),
    "staff_colleagues_invite": Rule(COLLEAGUES, COLLEAGUES),
    "staff_colleague": Rule(COLLEAGUES | AUDITOR, COLLEAGUES, ("user",)),
    "audit_entries": Rule(AUDITOR),
    "audit_entries_results": Rule(AUDITOR),
    "staff_cases:index": Rule(SEES_CASES),
    "staff_cases:index_results": Rule(SEES_CASES),
    "cases:detail": Rule(SEES_CASE, NONE, ("case",)),
    "cases:write": Rule(SEES_CASE, NONE, ("case",)),
    "cases:preview": Rule(SEES_CASE, NONE, ("case", "language")),
    "cases:presence": Rule(NONE, SEES_CASE, ("case",)),
    "cases:act": Rule(SEES_CASE, SEES_CASE - AUDITOR, ("case", "act")),
    "cases:review": Rule({"department_reviewer"}, {"department_reviewer"}, ("review",)),
    "cases:withdraw_question": Rule(SEES_CASE, WRITERS, ("case", "question")),
    "cases:attachment": Rule(SEES_CASE, NONE, ("case", "attachment")),
    "cases:absences": Rule(SEES_CASES - AUDITOR, SEES_CASES - AUDITOR),
    "cases:asked": Rule(EVERYBODY),
    "cases:desk": Rule({"publisher"}),
    "cases:overview": Rule(SEES_CASES),
    "cases:filters": Rule(SEES_CASES, SEES_CASES),
    "cases:filter": Rule(SEES_CASES, NONE, ("saved_filter",)),
    "cases:batch_new": Rule({"coordinator"}, {"coordinator"}),
    "cases:batch": Rule({"coordinator"}, {"coordinator"}, ("batch_of_cases",)),
    "cases:open": Rule({"coordinator"}, {"coordinator"}),
    "cases:try_rule": Rule({"coordinator"} | AUDITOR),
    **table_rules("routing_rules", key="routing_rule", more_readers=AUDITOR, writers={"coordinator"}),
    **table_rules("teams", key="team", more_readers=AUDITOR, writers={"coordinator"}),
    **table_rules("departments", key="department", more_readers=AUDITOR),
    **table_rules("domain_rules", key="domain_rule", more_readers=AUDITOR, writers=MODERATOR | ADMINISTRATOR),
    **table_rules("escalations", key="escalation", more_readers=AUDITOR, writers={"coordinator"}),
    **table_rules("extra_reviews", key="extra_review"),
    **table_rules("saved_texts", key="saved_text", more_readers=AUDITOR, writers=WRITERS | {OTHER_DRAFTER}),
    **table_rules("rejection_reasons", key="reason"),
    **table_rules("topics", key="topic"),
    **table_rules("regions", key="region"),
    **table_rules("postcode_areas", key="area"),
    **table_rules("wagtailusers_users", key="user", more_readers=AUDITOR),
}

# Their acts are tested one by one.
# Read, these do nothing and lead those who may see it to the page that has the form.
ACTING = {
    "cases:act": "cases:detail",
    "cases:write": "cases:detail",
    "cases:filters": "staff_cases:index",
    "cases:filter": "staff_cases:index",
    "cases:withdraw_question": "cases:detail",
    "staff_petition_act": "staff_petition",
    "staff_fraud_flag": "staff_fraud",
    "staff_fraud_undercut": "staff_fraud",
    "staff_signature_act": "staff_signature",
}
COORDINATOR, DESK = {"coordinator"}, {"publisher"}
SIGNERS, UPDATERS = {"approver"}, {"approver", "department_reviewer"}
FAR = str(timezone.localdate() + timedelta(days=60))
REASON = {"reason_en": TEXT, "reason_fr": TEXT}
CASE_ACTS: dict[str, tuple[set[str], dict[str, str]]] = {
    "start": (WRITERS, {}),
    "submit": (WRITERS, {}),
    "ask": (
        WRITERS,
        {"question": TEXT, "due_on": FAR, "language": "en", "outside": "The agency <desk@agency.example>"},
    ),
    "recall": (WRITERS, {}),
    "publish": (DESK, {}),
    "schedule": (DESK, {"at": "2099-01-01 12:00"}),
    "unschedule": (DESK, {}),
    "take_off": (DESK, {}),
    "withdraw": (COORDINATOR, REASON),
    "leave": (COORDINATOR, {}),
    "comment": (SEES_CASE - AUDITOR, {"text": TEXT}),
    "settle": (SEES_CASE - AUDITOR, {"comment": "comment"}),
    "assign": (COORDINATOR, {"department_id": "department", "priority": "1"}),
    "pause": (COORDINATOR, REASON),
    "resume": (COORDINATOR, {}),
    "correct": (COORDINATOR, REASON),
    "close": (COORDINATOR, {}),
    "note": (SEES_CASE - AUDITOR, {"text": TEXT}),
    "tag": (SEES_CASE - AUDITOR, {"tags": TEXT}),
    "more_time": (WRITERS, REASON | {"working_days": "5"}),
    "grant_time": (SIGNERS, {}),
    "refuse_time": (SIGNERS | WRITERS, {"comment": TEXT}),  # whoever asked takes it back
    "withdraw_time": (SIGNERS | WRITERS, {}),
    "update": (WRITERS, {"text_en": TEXT}),
    "approve_update": (UPDATERS, {}),
    "return_update": (UPDATERS | WRITERS, {"comment": TEXT}),
    "withdraw_update": (UPDATERS | WRITERS, {}),
    "group": (COORDINATOR, {"petition_id": "petition", "reason": TEXT}),
    "ungroup": (COORDINATOR, {"petition_id": "petition", "reason": TEXT}),
    "announce": (WRITERS, {"kind": "law", "on": "2020-01-01", "text_en": TEXT}),
    "announcement_sign_off": ({"approver"}, {"announcement_id": "announcement"}),
    "announcement_return": ({"approver"}, {"announcement_id": "announcement", "comment": TEXT}),
}
