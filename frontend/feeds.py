"""Atom feeds: new practices, new lines of the register; each in every language."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.accord.queries import register as lines
from alliance.languages.tongues import CODES
from exchanges.queries import practices

from . import register
from .caching import public_page
from .templatetags.words import say

MOST = 30


class InLanguage(Feed):
    """A feed whose address names its language."""

    feed_type = Atom1Feed

    def __call__(self, request, *args, **kwargs):
        if kwargs.get("lang") not in CODES:
            raise Http404
        with translation.override(kwargs["lang"]):
            answer = super().__call__(request, *args, **kwargs)
        answer["Content-Language"] = kwargs["lang"]
        return answer

    def get_object(self, request, lang):
        return lang

    def link(self, lang):
        return f"{settings.BASE_URL}/{lang}/"

    def feed_url(self, lang):
        return f"{settings.BASE_URL}/feeds/{lang}/{self.name}/"

    feed_guid = feed_url

    name = ""


class Practices(InLanguage):
    """The newest public practices."""

    name = "practices"

    def title(self, lang):
        return _("Practices of the alliance of cities")

    def items(self, lang):
        newest = practices.practices_visible_to(None).order_by("-published_at", "-id")[:MOST]
        return [{**row, "lang": lang} for row in practices.practice_rows(newest, lang)]

    def item_title(self, item):
        return item["title"]

    def item_description(self, item):
        return item["summary"]

    def item_link(self, item):
        return f"{settings.BASE_URL}/{item['lang']}/practices/{item['id']}/"

    def item_pubdate(self, item):
        return item["published_at"]


class Register(InLanguage):
    """The newest lines of the register."""

    name = "register"

    def title(self, lang):
        return _("Register of the alliance of cities")

    def items(self, lang):
        return [{**row, "lang": lang} for row in register.rows(lines.register().order_by("-position")[:MOST])]

    def item_title(self, item):
        return f"{item['position']} · {say('line_kind', item['kind'])} · {item['city_name']}"

    def item_description(self, item):
        act = item["facts"].get("deliberation", {})
        return f"{act.get('reference') or item['words']} · {item['hash']}"

    def item_link(self, item):
        return f"{settings.BASE_URL}/{item['lang']}/verify/?hash={item['hash'][:16]}"

    def item_pubdate(self, item):
        return datetime.fromisoformat(item["at"].replace("Z", "+00:00")).astimezone(UTC)


practices_feed = require_safe(public_page(Practices()))
register_feed = require_safe(public_page(Register()))
