"""Every page of My pictures in every state worth a look: people with pictures, and the stops of a tour past them.

The tour's screenshots (``scripts/web_tour.py``) and the tests that look every page over (axe-core, widths, contrast) go
past the same stops; a test holds them against the routes, so a page nobody looks at does not go unnoticed.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from imaging.pixels.testing_scenes import draw_scene
from photocore.criteria import Rolls
from photocore.pricing import Choice
from photoservice.ordering.wishes import LineWish, OrderWish
from photoservice.planning.shown import PartMet, RollMet, Why, why_facts
from photoservice.testing import RunningService
from photoservice.testing_browser import PlainBrowser
from photoservice.testing_pictures import Archive, AtHome, register_at_home

Who = Literal["nobody", "guest", "person", "waiting", "friend", "stranger"]
"""Who looks: nobody yet; a guest by code; somebody with an account, much done, and things to be told; a guest whose
film is at the lab; a guest of a share; whoever follows an old link."""

BrowserContext = Any
Page = Any
"""Playwright's; only who goes on the tour has it installed."""

LARGE: Final = (900, 600)
WHOLE: Final = (1200, 800)
PASSWORD: Final = "sprocket holes & light leaks"  # noqa: S105  of nobody real


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something done on a page before it is looked at: ``press``, ``fill`` or ``wait`` for what ``where`` selects."""

    does: Literal["press", "fill", "wait", "key"]
    where: str
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A page in a state: who goes where, and does what before it is looked at. ``status`` is what it answers with."""

    name: str
    path: str
    who: Who = "person"
    deeds: tuple[Deed, ...] = ()
    status: int = 200


@dataclass
class Exhibition:
    """The people of the tour, what they made, and where it is: ``places`` fill in the blanks of a stop's path."""

    running: RunningService
    maker_key: str
    rolls: int = 3
    frames: int = 24
    places: dict[str, str] = field(default_factory=dict[str, str])
    browsers: dict[str, PlainBrowser] = field(default_factory=dict[str, PlainBrowser])

    def open(self) -> None:
        """Make the people, their pictures and what they did, by the forms of the pages themselves."""
        self.running.add_tenant("Silver Lab", "lab")
        archive = Archive(self.running, large=LARGE, whole=WHOLE, draw=draw_scene)
        homes = {who: register_at_home(self.running, self.maker_key, f"TOUR-{who.upper()}", rolls=self.rolls)
                 for who in ("guest", "person", "waiting", "neighbour")}  # fmt: skip
        self._file(archive, homes["person"], (self.frames, 6, 3))
        self._file(archive, homes["neighbour"], (3,))
        self._file(archive, homes["guest"], (6, 3))
        archive.describe(homes["waiting"].rolls[0], archive.tenant("Silver Lab"), stock="Kodak Portra 400")
        for who, home in homes.items():
            browser = self.browser(who)
            browser.go("/sign-in")
            browser.submit("/sign-in/code", access_code=home.access_code)
            self.places[f"{who}_code"] = home.access_code
            self.places[f"{who}_roll"] = quote(home.rolls[0], safe="")
            self.places[f"{who}_roll_2"] = quote(home.rolls[1], safe="")
        self._name_images(homes["person"], "image")
        self._name_images(homes["guest"], "guest_image")
        for step in (self._sign_up, self._mark, self._edit, self._group, self._share, self._be_given, self._order):
            step()

    def speak(self, language: str) -> None:
        """Have everybody who was here before choose a language: what they chose goes before what a browser prefers."""
        for who in ("guest", "person", "waiting"):
            browser = self.browser(who)
            browser.go("/my")
            browser.submit("/my/language", language=language)

    def browser(self, who: str) -> PlainBrowser:
        """Return the browser of one of them."""
        return self.browsers.setdefault(who, PlainBrowser(self.running.url))

    def path(self, stop: Stop) -> str:
        """Return where a stop is."""
        return stop.path.format(**self.places)

    def _file(self, archive: Archive, home: AtHome, counts: tuple[int, ...]) -> None:
        tenant = archive.tenant("Silver Lab")
        films = (("Kodak Gold 200", 200), ("Ilford HP5 Plus", 400), ("Fujifilm Superia X-TRA", 400))
        for roll, (stock, iso), frames in zip(home.rolls, films, counts, strict=False):
            for frame in range(1, frames + 1):
                is_upright = frame % 7 == 5
                archive.large = (LARGE[1], LARGE[0]) if is_upright else LARGE
                archive.whole = (WHOLE[1], WHOLE[0]) if is_upright else WHOLE
                archive.file(roll, str(frame), tenant, stock=stock, iso=iso, process="C-41", lab="Silver Lab")

    def _name_images(self, home: AtHome, name: str) -> None:
        rows = self.running.sql("select id from images.image where roll = $1 order by frame_order", home.rolls[0])
        for nr, row in enumerate(rows, start=1):
            self.places[f"{name}_{nr}"] = row["id"]

    def _sign_up(self) -> None:
        browser = self.browser("person")
        browser.go("/sign-up")
        browser.submit("/sign-up", name="ada", password=PASSWORD)

    def _mark(self) -> None:
        browser = self.browser("person")
        for nr in (2, 5, 7):
            image = self.places[f"image_{nr}"]
            browser.go(f"/my/images/{image}")
            browser.submit(f"/my/images/{image}/favourite")
        browser.go(f"/my/images/{self.places['image_3']}")
        browser.submit(f"/my/images/{self.places['image_3']}/note", note="The garden behind Ada's house, early in May")

    def _edit(self) -> None:
        browser = self.browser("person")
        for nr, changes in ((1, {"light": "0.4", "warmth": "25"}), (6, {"film": "red", "contrast": "20"})):
            path = f"/my/images/{self.places[f'image_{nr}']}/edit"
            browser.go(path)
            browser.submit(path, {**changes, "do": "save"})

    def _group(self) -> None:
        browser = self.browser("person")
        for name, numbers in (("For grandma", range(1, 5)), ("Harbour", range(7, 14)), ("To be framed", range(5, 6))):
            browser.go(f"/my/rolls/{self.places['person_roll']}")
            images = [self.places[f"image_{nr}"] for nr in numbers if f"image_{nr}" in self.places]
            browser.submit("/my/selection", {"image": images, "group": "new", "new_name": name})
        browser.go("/my/groups")
        groups = [link.rpartition("/")[2] for link in browser.links("/my/groups/G")]
        self.places |= {f"group_{nr}": name for nr, name in enumerate(groups, start=1)}

    def _share(self) -> None:
        """Make three shares: one a friend opened and picked from, one behind a password, one taken back."""
        browser, address = self.browser("person"), self.running.service.settings.address
        made = {
            "share": {"right": ["view", "comment", "pick", "download_proxy", "order"], "order_limit": "25.00"},
            "shut": {},
            "revoked": {},
        }
        for name, terms in made.items():
            browser.go(f"/my/shares/new?scope=roll&what={self.places['person_roll']}")
            shut = {"password": "lightleak"} if name == "shut" else {}
            said = {"title": "Spring in the garden", "sender": "Ada", "message": "Pick the ones you want on paper!"}
            browser.submit("/my/shares", {**said, **shut, **terms})
            self.places[name] = browser.path.partition("?")[0].rpartition("/")[2]
            found = re.search(re.escape(address) + r"(/s/[A-Za-z0-9_-]+)", browser.page)
            assert found, "the page of a share tells its address"  # noqa: S101
            self.places[f"{name}_link"] = found[1]
        browser.submit(f"/my/shares/{self.places['revoked']}/revoke")
        friend = self.browser("friend")
        friend.go(self.places["share_link"])
        friend.submit(self.places["share_link"] + "/open", name="Bo")
        for nr in (2, 3):
            image = self.places[f"image_{nr}"]
            friend.go(f"{self.places['share_link']}/images/{image}")
            friend.submit(self.places["share_link"] + "/pick", {"pick": image})
        friend.submit(self.places["share_link"] + "/comments", text="This one, please, large!")

    def _be_given(self) -> None:
        """Have a neighbour share with the person: once looked at, and once not yet."""
        browser = self.browser("neighbour")
        browser.go("/sign-up")
        browser.submit("/sign-up", name="bo-next-door", password=PASSWORD)
        for title in ("The street party", "Our balcony, all summer long, from the first tomato to the last"):
            browser.go(f"/my/shares/new?scope=roll&what={self.places['neighbour_roll']}")
            browser.submit("/my/shares", kind="person", to_whom="ada", title=title, sender="Bo from next door")
        person = self.browser("person")
        person.go("/my")
        given = person.links("/s/")[0]
        person.go(given)
        person.submit(f"{given}/open")

    def _order(self) -> None:
        """Have the person order twice, a plan of theirs order once, and their friend by the share."""
        browser, images = self.browser("person"), f"image={self.places['image_2']}&image={self.places['image_3']}"
        browser.go("/my/account/addresses/new")
        home = {"name": "Ada", "lines": "Garden Lane 1", "town": "Springfield", "country": "Ireland"}
        browser.submit("/my/account/addresses/new", home)
        browser.go(f"/my/ordering/confirm?{images}&line=prints:2:size=13x18&line=cd:1:case=box")
        browser.submit("/my/ordering")
        self.places["order"] = browser.path.partition("?")[0].rpartition("/")[2]
        browser.go(f"/my/orders/{self.places['order']}/pay")
        browser.submit(f"/my/orders/{self.places['order']}/pay", how="till")
        self.places["plan_order"] = self._have_a_plan_order(self.places["order"])
        self._plan(browser)
        friend, base = self.browser("friend"), self.places["share_link"] + "/order"
        friend.go(f"{base}/confirm?{images}&line=index-print:1:")
        friend.submit(base)

    def _plan(self, browser: PlainBrowser) -> None:
        """Have the person make two plans, one of which counts what is there, and turn the next roll on."""
        for item, typed in (("cd", {"rolls": "", "images": "500", "counts": "all"}), ("album-pages", {"time": "3"})):
            browser.go(f"/my/plans/new?item={item}")
            browser.submit("/my/plans", typed)
            self.places.setdefault("plan", browser.path.partition("?")[0].rpartition("/")[2])
        browser.go("/my/plans")
        browser.submit("/my/plans/next-roll", on="yes")
        self.running.run(self.running.service.goods.counting.run_once())

    def _have_a_plan_order(self, like: str) -> str:
        """Make what a plan makes at a crossing, for whoever made an order."""
        rows = self.running.sql(
            "select person, image, image.roll from goods.customer_order"
            " join goods.line_image on order_id = id and line = 1"
            " join images.image on image.id = line_image.image where customer_order.id = $1", like)  # fmt: skip
        now = self.running.service.clock.now()
        roll = RollMet(roll=rows[0]["roll"], film="Kodak Gold 200", images=len(rows), is_whole=True)
        why = Why(
            plan="PL-1", name="CD of every roll", scope="account", number=2, crossed_at=now, is_all=False,
            met=(PartMet(part=Rolls(count=1), have=1, need=1),), images=len(rows), rolls=(roll,),
            first_at=now - timedelta(days=3), last_at=now,
        )  # fmt: skip
        line = LineWish(choice=Choice(item="cd"), images=tuple(row["image"] for row in rows))
        wish = OrderWish(
            origin="plan PL-1 2", kind="plan", lines=(line,), person=rows[0]["person"], plan="PL-1", firing=2,
            why=why_facts(why), cooling=timedelta(hours=24),
        )  # fmt: skip
        making = self.running.service.goods.making
        return self.running.do(lambda session: making.make(session, wish)).order


def let_in(context: BrowserContext, exhibition: Exhibition, who: str) -> None:
    """Give a browser the cookies of one of the people."""
    host = urlsplit(exhibition.running.url).hostname or ""
    for cookie in exhibition.browser(who).http.cookies:
        context.add_cookies(
            [{"name": cookie.name, "value": cookie.value or "", "domain": host, "path": cookie.path, "httpOnly": True}]
        )


def come_to(page: Page, exhibition: Exhibition, stop: Stop) -> None:
    """Go to a stop, do what is done there, and wait until all of it has come."""
    page.goto(exhibition.running.url + exhibition.path(stop))
    for deed in stop.deeds:
        where = page.locator(deed.where.format(**exhibition.places)).first
        match deed.does:
            case "press":
                where.click()
            case "fill":
                where.fill(deed.says.format(**exhibition.places))
            case "key":
                where.press(deed.says)
            case "wait":
                where.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => 0)")


def stops() -> tuple[Stop, ...]:
    """Return the tour, from the door to the way out."""
    return (*_with_pictures(), *_with_others())


def _with_pictures() -> tuple[Stop, ...]:
    return (
        Stop(name="sign in", path="/sign-in", who="nobody"),
        Stop(
            name="sign in refused",
            path="/sign-in",
            who="nobody",
            deeds=(
                Deed(does="fill", where="#code", says="1234"),
                Deed(does="press", where="form[action='/sign-in/code'] button"),
                Deed(does="wait", where="[role=alert]"),
            ),
        ),
        Stop(name="home of a guest", path="/my", who="guest"),
        Stop(name="home, film at the lab", path="/my", who="waiting"),
        Stop(name="home", path="/my"),
        Stop(name="home, found nothing", path="/my?q=zeppelin"),
        Stop(name="roll", path="/my/rolls/{person_roll}"),
        Stop(name="roll awaited", path="/my/rolls/{waiting_roll}", who="waiting"),
        Stop(name="picture", path="/my/images/{image_3}"),
        Stop(name="picture, edited", path="/my/images/{image_1}"),
        Stop(
            name="lightbox",
            path="/my/rolls/{person_roll}",
            deeds=(Deed(does="press", where=".strip .cell"), Deed(does="wait", where=".pswp--open img.pswp__img")),
        ),
        Stop(
            name="selecting",
            path="/my/rolls/{person_roll}",
            deeds=tuple(Deed(does="press", where=f"#p-{{image_{nr}}} .tick") for nr in (2, 3, 5)),
        ),
        Stop(name="favourites", path="/my/favourites"),
        Stop(name="favourites, none", path="/my/favourites", who="guest"),
        Stop(name="editor", path="/my/images/{image_2}/edit"),
        Stop(name="editor, edited", path="/my/images/{image_6}/edit"),
        Stop(name="copy an edit", path="/my/edits/copy?from={image_1}&image={image_2}&image={image_3}"),
        Stop(name="groups", path="/my/groups"),
        Stop(name="groups, none", path="/my/groups", who="guest"),
        Stop(name="a group", path="/my/groups/{group_1}"),
        Stop(name="pictures without a group", path="/my/groups/rest"),
        Stop(name="download one", path="/my/images/{image_1}/download"),
        Stop(name="download many", path="/my/download?of=roll:{person_roll}&all=yes"),
    )


def _with_others() -> tuple[Stop, ...]:
    return (
        Stop(name="shares", path="/my/shares"),
        Stop(name="shares, none", path="/my/shares", who="guest"),
        Stop(name="a new share", path="/my/shares/new?scope=roll&what={person_roll}"),
        Stop(name="a share", path="/my/shares/{share}"),
        Stop(name="a share taken back", path="/my/shares/{revoked}"),
        Stop(name="before a share", path="{share_link}", who="nobody"),
        Stop(name="before a share with a password", path="{shut_link}", who="nobody"),
        Stop(name="a share over", path="{revoked_link}", who="nobody", status=410),
        Stop(name="inside a share", path="{share_link}", who="friend"),
        Stop(name="a picture in a share", path="{share_link}/images/{image_3}", who="friend"),
        Stop(name="notices", path="/my/notices"),
        Stop(name="orders", path="/my/orders"),
        Stop(name="orders, none", path="/my/orders", who="guest"),
        Stop(name="an order", path="/my/orders/{order}?did=ordered"),
        Stop(name="an order of a plan", path="/my/orders/{plan_order}"),
        Stop(name="a line of an order", path="/my/orders/{order}/lines/1"),
        Stop(name="pay an order", path="/my/orders/{order}/pay"),
        Stop(name="a code for the till", path="/my/orders/{order}/code"),
        Stop(name="back from paying an order", path="/my/orders/{order}/paid"),
        Stop(name="receipt of an order", path="/my/orders/{order}/receipt"),
        Stop(name="order without pictures", path="/my/ordering"),
        Stop(name="order, goods", path="/my/ordering?image={image_1}&image={image_2}&image={image_3}"),
        Stop(name="order, options", path="/my/ordering/goods/album-pages?image={image_1}&o-size=a3&o-binding=book"),
        Stop(name="order, confirm", path="/my/ordering/confirm?image={image_1}&line=prints:2:size=13x18&line=cd:1:"),
        Stop(name="order by a share", path="{share_link}/order", who="friend"),
        Stop(name="order by a share, goods", path="{share_link}/order?image={image_2}", who="friend"),
        Stop(name="order by a share, options", path="{share_link}/order/goods/prints?image={image_2}", who="friend"),
        Stop(
            name="order by a share, confirm", path="{share_link}/order/confirm?image={image_2}&line=cd:3:", who="friend"
        ),
        Stop(name="plans", path="/my/plans"),
        Stop(name="plans, none", path="/my/plans", who="guest"),
        Stop(name="a plan", path="/my/plans/{plan}?did=made"),
        Stop(name="a new plan, goods", path="/my/plans/new"),
        Stop(name="a new plan", path="/my/plans/new?item=prints"),
        Stop(name="change a plan", path="/my/plans/{plan}/change"),
        Stop(name="account", path="/my/account"),
        Stop(name="account of a guest", path="/my/account", who="guest"),
        Stop(name="an address", path="/my/account/addresses/new"),
        Stop(name="security", path="/my/security"),
        Stop(name="security of a guest", path="/my/security", who="guest"),
        Stop(name="take everything along", path="/my/account/export"),
        Stop(name="delete everything", path="/my/account/delete"),
        Stop(name="without a network", path="/my/offline"),
        Stop(name="recovery codes", path="/my/security/codes"),
        Stop(name="join a code", path="/my/join"),
        Stop(name="sign up", path="/sign-up", who="guest"),
        Stop(name="recover", path="/sign-in/recover", who="nobody"),
        Stop(name="nothing here", path="/my/images/IM-NOTHERE", status=404),
    )
