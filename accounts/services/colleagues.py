"""What coordinators and administrators do about colleagues: invite, give roles, disable, release, reset.

Nobody acts on themselves; administrators are made and changed by administrators, superusers by superusers. Each act is
audited with it, and whatever takes something away ends the person's sessions at their next request.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import alerts, links
from accounts.alerts import Alert
from accounts.models import Department, User
from accounts.permissions import allowed, require
from accounts.refusals import Refused
from accounts.roles import TABLE, Role
from accounts.services import signing_in
from audit.services import record

MANAGE = "accounts.manage_colleagues"
CHANGE_ALL = "accounts.change_user"  # the administrators' right
ROLE_OF = {rights.label: role for role, rights in TABLE.items()}


@dataclass(frozen=True)
class Person:
    """Who is invited. ``language`` is that of the mails to them."""

    username: str
    email: str
    first_name: str
    last_name: str
    language: str = "en"


def roles_of(user: User) -> set[Role]:
    """The roles that ``user`` holds."""
    return {ROLE_OF[group.name] for group in user.groups.all() if group.name in ROLE_OF}


def may_change(actor: User, user: User) -> bool:
    """Whether ``actor`` may act on this colleague at all."""
    if not allowed(actor, MANAGE) or actor.pk == user.pk or (user.is_superuser and not actor.is_superuser):
        return False
    return Role.ADMINISTRATOR not in roles_of(user) or allowed(actor, CHANGE_ALL)


def roles_to_give(actor: User) -> list[Role]:
    """The roles that ``actor`` may give to others."""
    return [role for role in Role if role is not Role.ADMINISTRATOR or allowed(actor, CHANGE_ALL)]


@transaction.atomic
def invite(*, actor: User, person: Person, roles: Iterable[Role], department: Department | None) -> User:
    """A new login with these roles, and the mail with the link that sets its password.

    Raises NotAllowed; Refused for a name that is taken or unfit, an address that is none, or a role without what it
    needs.
    """
    require(actor, MANAGE)
    given = _checked(actor, roles, department)
    user = User(
        username=person.username,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        language=person.language,
        department=department,
    )
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
        with transaction.atomic():
            user.save()
    except ValidationError as error:
        field, words = next(iter(error.message_dict.items()))
        raise Refused(words[0], field) from error
    except IntegrityError as error:
        raise Refused(_("Somebody has this name already."), "username") from error
    user.groups.set(_groups(given))
    _record("invite", actor, user, roles=sorted(given), department=department.pk if department else None)
    links.queue(user)
    return user


@transaction.atomic
def change_roles(*, actor: User, user_id: int, roles: Iterable[Role], department: Department | None) -> None:
    """Give a colleague exactly these roles, in this department; groups that are no role stay. Their sessions end.

    Raises User.DoesNotExist, NotAllowed and Refused.
    """
    user = _locked(actor, user_id)
    before, given = roles_of(user), _checked(actor, roles, department)
    if (before, user.department) == (given, department):
        return
    was = user.department_id
    user.groups.remove(*_groups(before - given))
    user.groups.add(*_groups(given - before))
    user.department = department
    user.save(update_fields=["department"])
    signing_in.end_sessions(user)
    _record(
        "roles",
        actor,
        user,
        roles=[sorted(before), sorted(given)],
        department=[was, department.pk if department else None],
    )


@transaction.atomic
def disable(*, actor: User, user_id: int, reason: str) -> None:
    """Close a colleague's login: they are out at their next request. Raises as ``change_roles``."""
    user = _locked(actor, user_id)
    if not user.is_active:
        raise Refused(_("This login is disabled already."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    signing_in.end_sessions(user)
    _record("disable", actor, user, reason)


@transaction.atomic
def enable(*, actor: User, user_id: int, reason: str) -> None:
    """Open a disabled login again, with the roles it had. Raises as ``change_roles``."""
    user = _locked(actor, user_id)
    if user.is_active:
        raise Refused(_("This login is not disabled."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("enable", actor, user, reason)


@transaction.atomic
def release(*, actor: User, user_id: int, reason: str) -> None:
    """Let a login that wrong tries have locked be tried again. Raises as ``change_roles``."""
    user = _locked(actor, user_id)
    signing_in.forget_tries(user)
    _record("release", actor, user, reason)


@transaction.atomic
def reset_factors(*, actor: User, user_id: int, reason: str) -> None:
    """Take away a colleague's second factors, such as those on a lost telephone; their sessions end
    and they are mailed.

    Where a factor is required, the next sign-in asks to set one up. Raises as ``change_roles``.
    """
    user = _locked(actor, user_id)
    Authenticator.objects.filter(user_id=user.pk).delete()
    signing_in.end_sessions(user)
    alerts.queue(user.pk, Alert.RESET_FACTORS)
    _record("reset_factors", actor, user, reason)


@transaction.atomic
def send_link(*, actor: User, user_id: int, reason: str) -> None:
    """Mail a colleague a new link to set their password; links mailed before open nothing any more.

    Raises as ``change_roles``, and Refused for a disabled login or one without an address.
    """
    user = _locked(actor, user_id)
    if not user.is_active or not user.email:
        raise Refused(_("This login is disabled, or has no e-mail address."))
    User.objects.filter(pk=user.pk).update(link_round=F("link_round") + 1)
    links.queue(user)
    _record("link", actor, user, reason)


def _locked(actor: User, user_id: int) -> User:
    require(actor, MANAGE)
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    if not may_change(actor, user):
        raise Refused(_("You can not change this login: it is your own, or an administrator's."))
    return user


def _checked(actor: User, roles: Iterable[Role], department: Department | None) -> set[Role]:
    given = {Role(role) for role in roles}
    if not given <= set(roles_to_give(actor)):
        raise Refused(_("Administrators are made by administrators."), "roles")
    if department is None and any(TABLE[role].in_department for role in given):
        raise Refused(_("Drafters and department reviewers need a department."), "department")
    return given


def _groups(roles: Iterable[Role]) -> list[Group]:
    return list(Group.objects.filter(name__in=[TABLE[role].label for role in roles]))


def _record(verb: str, actor: User, user: User, reason: str = "", **details: object) -> None:
    record(
        action=f"user.{verb}",
        subject_kind="user",
        subject_id=user.pk,
        actor_id=actor.pk,
        reason=reason,
        details=details,
    )
