from django.db import connection, transaction
from wagtail.models import Page, Site

from cms import content
from cms.languages import codes, main_language
from cms.models import HomePage, HomePageText, StandardPage, StandardPageText
from cms.site import site_name

_LOCK = 0x52454452  # any number, the same for everybody who builds the page tree


@transaction.atomic
def create_site(*, host: str, port: int, contact: str) -> list[str]:
    """Make the site, its home page and its standard pages where they are missing; returns the titles made.

    What exists is left as it is, texts included. `contact` is the markup of the address named on the pages.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    made = []
    home = HomePage.objects.first()
    if home is None:
        home = _create_home()
        made.append(home.title)
    _point_site_at(home, host=host, port=port)
    for slug in content.PAGES:
        if not home.get_children().filter(slug=slug).exists():
            made.append(_create_standard_page(home, slug, contact).title)
    return made


def _create_home() -> HomePage:
    root = Page.get_first_root_node()
    # The page that Wagtail's own migrations make holds the slug, and nothing else.
    home = HomePage(title=site_name(), slug="site")
    home.texts = [
        HomePageText(language=language, title=text.title, introduction=text.introduction)
        for language, text in _texts("home")
    ]
    root.add_child(instance=home)
    home.save_revision().publish()
    return home


def _create_standard_page(home: HomePage, slug: str, contact: str) -> StandardPage:
    texts = list(_texts(slug, contact))
    page = StandardPage(title=texts[0][1].title, slug=slug, show_in_menus=True)
    page.texts = [
        StandardPageText(language=language, title=text.title, introduction=text.introduction, body=text.body)
        for language, text in texts
    ]
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


def _texts(page: str, contact: str = "") -> list[tuple[str, content.Text]]:
    """The page's texts in the site's languages, the main one first."""
    written = content.languages_of(page)
    shown = [code for code in codes() if code in written] or [main_language()]
    return [(language, content.text_of(page, language, contact)) for language in shown]


def _point_site_at(home: HomePage, *, host: str, port: int) -> None:
    """Let the default site begin at our home page, unless staff have chosen another beginning."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname=host, port=port, root_page=home, is_default_site=True, site_name=site_name())
        return
    welcome = site.root_page.specific
    if type(welcome) is not Page:
        return
    site.root_page, site.hostname, site.port, site.site_name = home, host, port, site_name()
    site.save()
    if not welcome.get_children().exists():
        welcome.delete()
