"""Making the groups of the table of roles, with their rights."""

from collections.abc import Iterable

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from accounts.roles import ADMIN_ACCESS, TABLE, Rights


@transaction.atomic
def make_groups() -> list[str]:
    """Give every role's group exactly the rights of the table; what could not be given yet, in words.

    May be run again at any time: rights on pages that are made later (the list of answers) are given then. Raises
    Permission.DoesNotExist when the table names a right that no app has.
    """
    missing = []
    for rights in TABLE.values():
        group, _created = Group.objects.get_or_create(name=rights.label)
        group.permissions.set(_permissions((ADMIN_ACCESS, *rights.permissions)))
        _give_collections(group, rights)
        missing += _give_pages(group, rights)
    return missing


def _permissions(names: Iterable[str]) -> list[Permission]:
    names = set(names)
    wanted = Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.filter(wanted).select_related("content_type")
    }
    if unknown := names - set(found):
        raise Permission.DoesNotExist(", ".join(sorted(unknown)))
    return list(found.values())


def _give_collections(group: Group, rights: Rights) -> None:
    permissions = _permissions(rights.collections) if rights.collections else []
    GroupCollectionPermission.objects.filter(group=group).exclude(permission__in=permissions).delete()
    for root in Collection.get_root_nodes():
        for permission in permissions:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _give_pages(group: Group, rights: Rights) -> list[str]:
    kept, missing = [], []
    for model_name, verbs in rights.pages:
        pages = _topmost(list(apps.get_model(model_name).objects.order_by("path")))
        if not pages:
            missing.append(f"{rights.label}: there is no {model_name} yet")
        permissions = _permissions(f"wagtailcore.{verb}_page" for verb in verbs)
        for page in pages:
            for permission in permissions:
                given, _created = GroupPagePermission.objects.get_or_create(
                    group=group, page_id=page.pk, permission=permission
                )
                kept.append(given.pk)
    GroupPagePermission.objects.filter(group=group).exclude(pk__in=kept).delete()
    return missing


def _topmost(pages: list[Page]) -> list[Page]:
    """Those of ``pages``, in the order of the tree, that lie below no other of them."""
    topmost: list[Page] = []
    for page in pages:
        if not topmost or not page.is_descendant_of(topmost[-1]):
            topmost.append(page)
    return topmost
