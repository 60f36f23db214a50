"""The demo's staff at an answer: written, handed in, reviewed, published, each by those who hold the step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import responses.services
from accounts.models import User
from accounts.roles import Role
from accounts.selectors import members_of
from responses.models import AnswerPage, AnswerText, Case
from responses.models.approval import ReviewState


@dataclass(frozen=True)
class Words:
    """An answer in one language: title, summary, the answer to the ask, what happens next."""

    language: str
    title: str
    summary: str
    answer: str
    next_steps: str


@dataclass(frozen=True)
class Office:
    """Who works on the answers of one department."""

    drafter: User
    department_reviewer: User
    legal_reviewer: User
    approver: User
    publisher: User

    @classmethod
    def of(cls, case: Case) -> Self:
        """The people of the case's department, and those who work for all. Raises LookupError where one is missing."""
        roles = ("drafter", "department_reviewer", "legal_reviewer", "approver", "publisher")
        found = {role: members_of(role) for role in roles}
        for role in ("drafter", "department_reviewer"):
            found[role] = found[role].filter(department=case.department_id)
        people = {role: user for role, members in found.items() if (user := members.first())}
        if missing := set(roles) - set(people):
            raise LookupError(f"Case {case.pk}: the demo has no {', '.join(sorted(missing))} for it.")
        return cls(**people)

    def write(self, case: Case, texts: tuple[Words, ...], asked: str) -> None:
        """A version of the answer in these languages, by the drafter."""
        page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
        page.texts = [
            AnswerText(
                language=words.language,
                title=words.title,
                summary=words.summary,
                body=_body(words, asked),
            )
            for words in texts
        ]
        page.save_revision(user=self.drafter)

    def hand_in(self, case: Case, now: datetime) -> None:
        """The answer laid before its first reviewer."""
        responses.services.submit(case_id=case.pk, actor=self.drafter, now=now)

    def approve(self, case: Case, *roles: Role, now: datetime) -> None:
        """The reviews of these roles passed, in their order."""
        for role in roles:
            responses.services.approve(task_state_id=waiting(case).pk, actor=getattr(self, role), now=now)

    def clear(self, case: Case, now: datetime) -> None:
        """All three reviews passed."""
        self.approve(case, Role.DEPARTMENT_REVIEWER, Role.LEGAL_REVIEWER, Role.APPROVER, now=now)


def waiting(case: Case) -> ReviewState:
    """The review of the case's answer that waits for somebody."""
    return ReviewState.objects.get(pk=AnswerPage.objects.get(case=case).current_workflow_task_state.pk)


def _body(words: Words, asked: str) -> list[tuple[str, Any]]:
    return [
        ("asked", asked),
        ("ask_answered", {"ask": asked, "answer": f"<p>{words.answer}</p>"}),
        ("next_steps", f"<p>{words.next_steps}</p>"),
    ]
