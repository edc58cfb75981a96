"""What templates do with words, numbers and places."""

import math
import re
import time
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path

import pytest
from django.utils import translation

from frontend.map import GAP, HEIGHT, PATH, SMALL_GAP, WIDTH, apart, dots, drawn, projected
from frontend.templatetags import alliance as tags
from frontend.templatetags.words import browser_name, language_name


@pytest.mark.parametrize(
    "source",
    ["<script>a()</script>", "[x](javascript:a())", '<a href="x" onclick="a()">', "![x](http://evil.example/x.png)", "[x](data:text/html,x)",
     "<img src=x>", "<svg/onload=a()>", "# <iframe src=x>", "`<script>`"],
)  # fmt: skip
def test_markdown_lets_nothing_through_that_runs_or_loads(source):
    html = tags.markdown(source)
    assert not re.search(r"<(script|img|svg|iframe)|href=\"(javascript|data)|<[^>]+\son\w+=", html)


def test_markdown_keeps_what_text_needs():
    html = tags.markdown("# Title\n\n**a** [b](https://c.example)\n\n1. d\n2. e")
    assert "<h3>Title</h3>" in html and "<strong>a</strong>" in html and "<ol>" in html
    assert 'href="https://c.example"' in html and "nofollow" in html and "<h1" not in html


def test_hostile_markdown_costs_little():
    began = time.process_time()
    for source in ("[" * 100_000, "*a **b " * 30_000, ">" * 50_000, "`" * 60_000, None, ""):
        tags.markdown(source)
    assert time.process_time() - began < 10


def test_a_highlight_is_text_but_for_its_marks():
    assert tags.highlighted("a <mark>b</mark> <b>c</b><script>d</script>") == "a <mark>b</mark> c"
    assert "onclick" not in tags.highlighted('<mark onclick="a()">b</mark>')


def test_numbers_and_days_are_written_as_the_reader_writes_them():
    with translation.override("ar"):
        assert tags.digits(2026) == "٢٠٢٦" and tags.iso_day("2026-10-12") == "١٢ أكتوبر ٢٠٢٦"
        assert tags.grouped(1234567) == "١٬٢٣٤٬٥٦٧" or "١" in tags.grouped(1234567)
    with translation.override("fr"):
        assert tags.day(date(2026, 10, 12)) == "12 octobre 2026" and tags.grouped(1234567).split() == ["1", "234", "567"]
    assert tags.iso_day("no day") == "no day" and tags.day(None) == ""


def test_languages_are_named_in_the_reader_s():
    with translation.override("de"):
        assert language_name("ar") == "Arabisch" and language_name("pt-BR") == "Portugiesisch"
        assert language_name("qq") == "qq" and language_name("") == ""


def test_a_text_that_the_translation_lacks_is_in_the_source_s_language():
    thing = {"language": {"shown": "fr", "source": "ar", "untranslated": ["cost"]}}
    assert tags.tongue_of(thing, "title") == "fr" and tags.tongue_of(thing, "cost") == "ar"


def test_places_are_put_where_they_are():
    assert projected(0, 0) == (WIDTH / 2, 250.0)
    east, west = projected(12, 44), projected(-12, 44)
    assert east[0] - WIDTH / 2 == pytest.approx(WIDTH / 2 - west[0], abs=0.2) and east[1] == west[1] < 250
    # Equal Earth: a pole's line is 0.5930 as wide as the equator (Šavrič and others, 2018, table 1).
    assert (projected(180, 90)[0] - WIDTH / 2) / (projected(180, 0)[0] - WIDTH / 2) == pytest.approx(0.5930, abs=0.002)
    for longitude, latitude in ((-180, 83), (180, -55.6), (174.8, -41.3)):
        x, y = projected(longitude, latitude)
        assert 0 <= x <= WIDTH and 0 <= y <= HEIGHT


def test_only_members_stand_on_the_map():
    rows = [{"state": state, "longitude": 1, "latitude": 1, "name": state, "slug": state, "signed": True} for state in
            ("admitted", "on_hold", "withdrawn", "excluded")]  # fmt: skip
    assert [dot["name"] for dot in dots(rows)] == ["admitted", "on_hold"]


def test_french_writes_the_first_of_a_month_as_it_is_spoken():
    first, eleventh = datetime(2026, 10, 1, 8, 5, tzinfo=UTC), datetime(2026, 10, 11, 8, 5, tzinfo=UTC)
    with translation.override("fr"):
        assert tags.day(first) == "1er octobre 2026" and tags.day(eleventh) == "11 octobre 2026"
        assert tags.moment(first) == "1er oct. 2026, 08:05\u00a0UTC"
    with translation.override("de"):
        assert tags.day(first) == "1. Oktober 2026"
    with translation.override("es"):
        assert tags.day(first) == "1 de octubre de 2026"


def test_neighbours_are_seen_as_two_and_stand_near_where_they_are():
    """Strasbourg and Freiburg are 2 px apart on the drawing, Beirut and Amman 7."""
    seats = [(7.75, 48.58), (7.85, 48.0), (35.5, 33.9), (35.93, 31.96), (-56.2, -34.9)]
    places = tuple(projected(*seat) for seat in seats)
    for gap in (GAP, SMALL_GAP):
        moved = apart(places, gap)
        assert all(math.dist(one, other) >= gap - 0.2 for one, other in combinations(moved, 2))
        assert all(math.dist(here, there) < gap / 2 for here, there in zip(moved, places, strict=True))
        assert moved[-1] == places[-1]


def test_a_crowd_stays_where_it_is_and_two_at_one_place_part():
    assert math.dist(*apart(((500.0, 100.0), (500.0, 100.0)), 12.0)) >= 11.8
    crowd = tuple((500 + number % 20 / 10, 100 + number // 20 / 10) for number in range(400))
    moved = apart(crowd, 12.0)
    assert all(math.dist(here, there) <= 12.2 for here, there in zip(moved, crowd, strict=True))


def test_the_land_is_one_drawing_inside_its_frame():
    assert Path(PATH).read_text().count("<path") == 1
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", Path(PATH).read_text().split('d="')[1])]
    assert all(0 <= x <= WIDTH for x in numbers[0::2]) and all(0 <= y <= HEIGHT for y in numbers[1::2])


def test_a_ring_across_the_date_line_is_cut():
    square = {"transform": {"scale": [1, 1], "translate": [0, 0]}, "arcs": [[[170, 0], [9, 0], [-358, 0], [9, 5], [340, 0], [0, -5]]],
              "objects": {"land": {"geometries": [{"type": "Polygon", "arcs": [[0]]}]}}}  # fmt: skip
    for piece in drawn(square).split("M")[1:]:
        xs = [float(pair.split()[0]) for pair in piece.rstrip("Z").split("L")]
        assert max(xs) - min(xs) < WIDTH / 2


def test_a_browser_has_the_name_that_people_know():
    firefox = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"
    safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1"
    assert [browser_name(agent) for agent in (firefox, edge, safari)] == ["Firefox, Android", "Edge, Windows", "Safari, iOS"]
    assert browser_name("curl/8.5") == "curl/8.5" and len(browser_name("x" * 500)) == 60 and browser_name("") == ""
