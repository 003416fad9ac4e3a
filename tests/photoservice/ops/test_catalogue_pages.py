"""The catalogue's pages for operators: looking, changing the draft by forms, faults, differences, publishing."""

import re

import pytest

DRAFT = "/ops/catalogue/draft"


def fields_of(page: str, action: str) -> dict[str, str]:
    """Return the fields of a form as a browser would send them back, without its buttons."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form is not None, action
    text, found = form[1], {}
    for tag in re.findall(r"<input[^>]*>", text):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if said.get("type") == "checkbox" and " checked" not in tag:
            continue
        if "name" in said and said["name"] != "csrf":
            found[said["name"]] = said.get("value", "on")
    for name, choices in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        options = re.findall(r"<option(?: value=\"([^\"]*)\")?( selected)?>([^<]*)", choices)
        chosen = next((one for one in options if one[1]), options[0])
        found[name] = chosen[0] or ("" if "value=" in choices else chosen[2])
    return found | dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', text))


def place_of(world, item: str) -> str:
    """Return the page of an item of the shipped catalogue in the draft."""
    items = world.running.do(world.running.service.goods.catalogues.current).items
    return f"{DRAFT}/items/{next(n for n, one in enumerate(items) if one.id == item)}"


@pytest.fixture
def editor(operator):
    """An operator who has begun a draft."""
    desk = operator("manager")
    desk.page("/ops/catalogue")
    desk.done(f"{DRAFT}/begin")
    return desk


@pytest.fixture
def kept(world):
    """Return what tells the draft as it is kept."""
    return lambda: world.sql("select * from goods.catalogue_draft")


def test_O10_who_may_look_sees_the_catalogue_and_who_may_not_change_it_changes_nothing(world, operator):
    desk = operator("viewer")
    page = desk.page("/ops/catalogue")
    assert "CD with the images" in page
    assert "€5.90" in page
    assert f'action="{DRAFT}/begin"' not in page
    assert "30 × 45 cm" in desk.page("/ops/catalogue/versions/2026-11")
    assert desk.get("/ops/catalogue/versions/never").status_code == 404
    desk.page("/ops/catalogue")
    assert desk.post(f"{DRAFT}/begin").status_code == 403
    assert desk.get(DRAFT).status_code == 403
    assert world.sql("select * from goods.catalogue_draft") == []


def test_O10_the_pages_speak_german(operator):
    desk = operator("owner")
    page = desk.page("/ops/catalogue?lang=de")
    assert "Veröffentlichte Fassungen" in page
    assert "5,90\u00a0€" in page
    desk.done(f"{DRAFT}/begin")
    assert "Noch offen" in desk.page(f"{DRAFT}?lang=de")


def test_O10_a_draft_begins_as_the_version_in_force_and_is_there_for_everybody_once(world, editor, operator, entries):
    page = editor.page(DRAFT)
    assert "Nothing is different." in page
    other = operator("owner")
    other.page("/ops/catalogue")
    other.done(f"{DRAFT}/begin")
    assert len(world.sql("select * from goods.catalogue_draft")) == 1
    assert [one["kind"] for one in entries("draft_changed")] == ["draft_changed"]


def test_O10_a_price_is_changed_told_as_a_difference_and_published_for_new_orders_only(world, editor, entries):
    path = place_of(world, "cd")
    before = world.sql("select body from goods.catalogue")
    fields = fields_of(editor.page(path), path)
    assert fields["price.base.EUR"] == "5.90"
    assert "The draft is saved" in editor.done(path, **fields | {"price.base.EUR": "6,50"}).text
    page = editor.page(DRAFT)
    assert "cd, once a piece: €5.90 → €6.50" in page
    done = editor.done(f"{DRAFT}/publish", **fields_of(page, f"{DRAFT}/publish") | {"note": "dearer discs"})
    assert "This version is in force now" in done.text
    assert "dearer discs" in done.text
    rows = world.sql("select version, body from goods.catalogue order by place")
    assert [dict(rows[0])["body"]] == [one["body"] for one in before]
    assert len(rows) == 2
    assert entries("catalogue_published")[0]["subject"] == rows[1]["version"]
    assert editor.get(DRAFT).status_code == 404
    assert "cd, once a piece: €5.90 → €6.50" in editor.page(f"/ops/catalogue/versions/{rows[1]['version']}")


def test_O10_a_form_sent_back_untouched_changes_nothing(world, editor):
    for item in ("cd", "prints", "album-pages", "next-roll"):
        path = place_of(world, item)
        editor.done(path, **fields_of(editor.page(path), path))
    assert "Nothing is different." in editor.page(DRAFT)


def test_O10_every_field_of_an_item_is_kept(world, editor):
    """A form whose fields led nowhere would also change nothing: each kind of field is changed once."""
    path = place_of(world, "prints")
    changed = {
        "about.en": "On real paper.",
        "most_images": "99",
        "tax": "reduced",
        "price.steps.1.units": "40",
        "price.steps.1.each.JPY": "41",
        "options.0.id": "format",
        "options.0.titles.en": "Format",
        "options.0.values.1.more.EUR": "-0.05",
        "options.0.values.2.more_base.GBP": "1.5",
        "options.1.values.0.titles.en": "Shiny",
        "exclusions.0.surface": "matt",
        "exclusions.0.border": "white",
    }
    editor.done(path, **fields_of(editor.page(path), path) | changed | {"exclusions.0.size": ""})
    shown = fields_of(editor.page(path), path)
    kept = {name: shown.get(name) for name in changed}
    assert kept == changed | {"options.0.values.2.more_base.GBP": "1.50"}


def test_O10_titles_are_written_language_by_language_and_what_lacks_is_told_beside_its_field(world, editor):
    path = place_of(world, "cd")
    page = editor.page(f"{path}?of=de")
    fields = fields_of(page, path)
    assert fields["titles.de"] == "CD mit den Bildern"
    editor.done(path, **fields | {"titles.de": ""})
    page = editor.page(f"{path}?of=de")
    assert 'aria-describedby="e-titles.de"' in page
    assert "There is no title in de." in page
    assert "Publish when nothing is left to do" in editor.page(DRAFT)
    refused = editor.post(f"{DRAFT}/publish", edition=fields_of(page, path)["edition"], against="2026-11")
    assert refused.status_code == 422
    editor.page(path)
    editor.done(path, **fields_of(editor.page(f"{path}?of=de"), path) | {"titles.de": "Bilder-CD"})
    assert "cd: title (de)" in editor.page(DRAFT)


def test_O10_a_price_that_is_none_is_told_beside_its_field_and_nothing_typed_is_lost(world, editor, kept):
    path, before = place_of(world, "cd"), kept()
    fields = fields_of(editor.page(path), path)
    for typed in ("abc", "1,2,3", "1e9", "5.905", "9" * 13, "-", "١٢"):
        reply = editor.post(path, **fields | {"price.base.EUR": typed, "titles.en": "My new title"})
        assert reply.status_code == 422, typed
        assert f'value="{typed}"' in reply.text
        assert 'value="My new title"' in reply.text, typed
        assert "This is no price" in reply.text, typed
        assert kept() == before, typed
    assert "Nothing is different." in editor.page(DRAFT)


def test_O10_a_negative_price_may_be_saved_and_never_published(world, editor):
    path = place_of(world, "cd")
    fields = fields_of(editor.page(path), path)
    editor.done(path, **fields | {"price.base.EUR": "-1"})
    page = editor.page(DRAFT)
    assert "A price is not below 0" in page
    assert f'action="{DRAFT}/publish"' not in page


def test_O10_options_values_steps_and_exclusions_come_and_go(world, editor):
    path = place_of(world, "prints")

    def do(wish: str, **changes: str) -> str:
        editor.done(path, **fields_of(editor.page(path), path) | changes | {"do": wish})
        return editor.page(path)

    assert "options.3.id" in do("add.options")
    assert "options.3.values.1.id" in do("add.options.3.values")
    assert "price.steps.3.units" in do("add.price.steps")
    assert "exclusions.2.size" in do("add.exclusions")
    page = do("save", **{"exclusions.2.size": "13x18", "exclusions.2.surface": "silk"})
    assert fields_of(page, path)["exclusions.2.surface"] == "silk"
    for wish in ("drop.exclusions.2", "drop.price.steps.3", "drop.options.3"):
        do(wish)
    assert "Nothing is different." in editor.page(DRAFT)


def test_O10_a_part_that_there_is_not_is_refused(world, editor, kept):
    path, before = place_of(world, "cd"), kept()
    fields = fields_of(editor.page(path), path)
    for wish in ("add.titles", "add.nothing", "drop.options.99", "drop.id", "add.options.9.values", "drop.", "x"):
        assert editor.post(path, **fields | {"do": wish}).status_code == 400, wish
        assert kept() == before, wish
    assert editor.post(path, **fields | {"do": "remove"}).status_code == 400, "it was published"
    assert kept() == before
    assert "Nothing is different." in editor.page(DRAFT)


def test_O10_a_form_that_makes_no_sense_is_refused(world, editor, kept):
    path, before = place_of(world, "cd"), kept()
    fields = fields_of(editor.page(path), path)
    for name, value in (
        ("titles.en", "a\0b"),
        ("about.en", "x" * 2001),
        ("price.unit", "yacht"),
        ("edition", "x" * 20),
        ("titles.en", "x" * 190_000),
    ):
        assert editor.post(path, **fields | {name: value}).status_code in (400, 413), (name, value[:20])
        assert kept() == before, (name, value[:20])
    assert "Nothing is different." in editor.page(DRAFT)


def test_O10_a_field_that_leads_nowhere_is_passed_over(world, editor):
    path = place_of(world, "cd")
    fields = fields_of(editor.page(path), path)
    editor.done(path, **fields | {"options.7.titles.en": "x", "kind": "prints", "__class__": "x", "price": "x"})
    assert "Nothing is different." in editor.page(DRAFT)


def test_O10_a_price_is_worked_out_before_anything_is_saved(world, editor):
    path = place_of(world, "prints")
    fields = fields_of(editor.page(path), path)
    tried = {"price.base.EUR": "10", "try.images": "10", "try.quantity": "2", "try.currency": "EUR", "do": "preview"}
    reply = editor.done(path, **fields | tried | {"try.option.size": "13x18"})
    assert "€31.80" in reply.text  # 2 × (10.00 + 10 × (0.29 + 0.30))
    assert "Nothing is different." in editor.page(DRAFT)
    apart = editor.done(path, **fields | tried | {"try.option.size": "30x45", "try.option.surface": "silk"})
    assert "These choices do not go together." in apart.text


def test_O10_an_item_is_added_filled_in_withdrawn_and_taken_out_again(world, editor):
    page = editor.page(DRAFT)
    added = editor.done(f"{DRAFT}/items", **fields_of(page, f"{DRAFT}/items") | {"id": "usb-stick", "like": "cd"})
    path = added.url.removeprefix(world.url)
    assert "usb-stick: new" in editor.page(DRAFT)
    editor.done(path, **fields_of(editor.page(path), path) | {"do": "remove"})
    assert "Nothing is different." in editor.page(DRAFT)
    path = place_of(world, "cd")
    editor.done(path, **fields_of(editor.page(path), path) | {"is_withdrawn": "on"})
    assert "cd: withdrawn" in editor.page(DRAFT)
    page = editor.page(DRAFT)
    refused = editor.post(f"{DRAFT}/items", **fields_of(page, f"{DRAFT}/items") | {"like": "yacht", "id": "x"})
    assert refused.status_code == 400


def test_O10_two_editors_notice_each_other_and_lose_nothing(world, editor, operator):
    other = operator("owner")
    path = place_of(world, "cd")
    mine, theirs = fields_of(editor.page(path), path), fields_of(other.page(path), path)
    other.done(path, **theirs | {"price.base.EUR": "7"})
    late = editor.post(path, **mine | {"titles.en": "My words"})
    assert late.status_code == 409
    assert 'value="My words"' in late.text
    assert "saved this draft while you were writing" in late.text
    page = editor.page(DRAFT)
    house = fields_of(page, DRAFT)
    other.done(path, **fields_of(other.page(path), path) | {"price.base.EUR": "8"})
    assert editor.post(DRAFT, **house | {"version": "mine"}).status_code == 409
    published = editor.post(f"{DRAFT}/publish", **fields_of(page, f"{DRAFT}/publish"))
    assert (published.status_code, "this is how it stands now" in published.text) == (409, True)
    assert editor.post(f"{DRAFT}/drop", edition=house["edition"]).status_code == 409
    assert "€5.90 → €8.00" in editor.page(DRAFT)


def test_O10_what_was_published_meanwhile_is_seen_before_it_is_undone(world, editor):
    page = editor.page(DRAFT)
    catalogues = world.running.service.goods.catalogues
    body = bytes(world.sql("select body from goods.catalogue")[0]["body"]).replace(b'"2026-11"', b'"by-cli"')
    world.running.do(lambda session: catalogues.publish(session, body, by="cli"))
    late = editor.post(f"{DRAFT}/publish", **fields_of(page, f"{DRAFT}/publish"))
    assert late.status_code == 409
    assert "Changed since by-cli" in late.text


def test_O10_currencies_languages_and_taxes_are_changed_in_one_form(world, editor):
    house = fields_of(editor.page(DRAFT), DRAFT)
    assert (house["currencies"], house["rates.1.percent"]) == ("EUR USD GBP JPY", "19")
    wish = {"currencies": "chf, eur", "rates.1.percent": "8,1", "rates.2.name": "food", "rates.2.percent": "2.5"}
    editor.done(DRAFT, **house | wish | {"tax_mode": "added", "languages": "de en"})
    page = editor.page(DRAFT)
    for change in ("Currency CHF: added", "Currency JPY: gone", "standard: 19 % → 8.1 %", "food: — → 2.5 %"):
        assert change in page
    assert "There is no price in CHF." in page
    assert "none of the currencies" not in page
    house = fields_of(page, DRAFT)
    wrong = editor.post(DRAFT, **house | {"rates.0.percent": "many", "version": "kept"})
    assert (wrong.status_code, 'value="kept"' in wrong.text) == (422, True)
    assert editor.post(DRAFT, **house | {"tax_mode": "yes please"}).status_code == 400
    assert editor.post(DRAFT, **house | {"version": "x\0"}).status_code == 400


def test_O10_what_plans_need_goes_only_on_purpose(world, editor, entries):
    world.sql(
        """insert into goods.plan (id, kind, scope, root, origin, criterion, make, repeats, cooling, pays, currency,
                                   state, begun_at, since, made_at, changed_at)
           values ('PL-1', 'goods', 'package', 'R', 'o', '{"kind":"images","count":9}', '{"item":"cd","quantity":1}',
                   false, '1 day', 'till', 'EUR', 'live', now(), now(), now(), now())"""
    )
    path = place_of(world, "cd")
    editor.done(path, **fields_of(editor.page(path), path) | {"is_withdrawn": "on"})
    form = fields_of(editor.page(DRAFT), f"{DRAFT}/publish")
    refused = editor.post(f"{DRAFT}/publish", **form)
    assert refused.status_code == 409
    assert "1 live plans make cd" in refused.text
    form = fields_of(refused.text, f"{DRAFT}/publish")
    assert "force" not in form
    editor.done(f"{DRAFT}/publish", **form | {"force": "on"})
    assert entries("catalogue_published")[0]["about"] is not None
    assert len(world.sql("select * from goods.catalogue")) == 2


def test_O10_a_version_that_is_taken_is_told(world, editor):
    house = fields_of(editor.page(DRAFT), DRAFT)
    editor.done(DRAFT, **house | {"version": "2026-11", "tax_mode": "none"})
    taken = editor.post(f"{DRAFT}/publish", **fields_of(editor.page(DRAFT), f"{DRAFT}/publish"))
    assert (taken.status_code, "Give the draft another version" in taken.text) == (409, True)


def test_O10_a_draft_is_thrown_away_and_a_form_of_it_does_not_come_back(world, editor):
    form = fields_of(editor.page(DRAFT), f"{DRAFT}/drop")
    house = fields_of(editor.page(DRAFT), DRAFT)
    editor.done(f"{DRAFT}/drop", **form)
    assert editor.post(DRAFT, **house).status_code == 404
    editor.page("/ops/catalogue")
    editor.done(f"{DRAFT}/begin")
    assert editor.post(DRAFT, **house | {"version": "ghost"}).status_code == 409
