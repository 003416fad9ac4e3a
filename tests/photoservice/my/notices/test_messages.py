"""Mail by SMTP: queued with what it is about, rendered in its reader's language, sent once, retried, refused (S3)."""

import re
import ssl
import subprocess
from dataclasses import replace
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path

import pytest
import requests

from photocore.testing import ManualClock
from photoservice.errors import StartRefused
from photoservice.notifying.couriers import open_couriers
from photoservice.notifying.kinds import KINDS, plain
from photoservice.notifying.letters import Letter
from photoservice.notifying.outcomes import NotNow, Undeliverable
from photoservice.notifying.smtp import MailServer as Server
from photoservice.notifying.smtp import SmtpCourier, parse_sender, parse_smtp
from photoservice.settings import Settings
from photoservice.testing_mail import MailServer, Manners

LINK = {"link": "/my/sign-in/abc", "minutes": "30"}


def queue(world, person, kind="sign_in_link", key="k1", about=None, **more):
    people = world.running.service.people
    return world.running.do(
        lambda session: people.messages.queue(session, person, kind, key, LINK if about is None else about, **more)
    )


def tell(world, person, kind, key, about):
    people = world.running.service.people
    return world.running.do(lambda session: people.notices.tell(session, person, kind, key, about))


def send(world):
    return world.running.run(world.running.service.people.sender.run_once())


def messages(world):
    return world.sql("select * from people.message order by made_at, id")


def put_off(world, *whys):
    """Wait until each message was tried and put off, for one of these reasons."""
    for _ in range(300):
        send(world)
        rows = messages(world)
        if all(row["why"] in whys for row in rows):
            return rows
    raise AssertionError(messages(world))


def settled(world):
    """Wait until nothing waits to be sent, in a transaction that has seen every note of the task."""
    post = world.running.service.people.sender
    for _ in range(300):
        world.running.run(post.run_once())
        if not world.sql("select id from people.message where sent_at is null and failed_at is null"):
            return messages(world)
    raise AssertionError(messages(world))


def test_S3_a_link_to_sign_in_goes_to_the_address_it_is_for(owner, world, post_office, written_to):
    person = written_to(owner("MAIL0001"), language="de")
    assert queue(world, person, to="other@example.org")
    (one,) = post_office.wait()
    assert (one.sender, one.recipients) == ("pictures@lab.example", ["other@example.org"])
    assert one.mail["To"] == "other@example.org"
    assert one.mail["From"] == "Silver Lab <pictures@lab.example>"
    address = world.running.service.settings.address
    assert f"{address}/my/sign-in/abc" in one.text
    assert f'href="{address}/my/sign-in/abc"' in one.html
    assert one.mail["Auto-Submitted"] == "auto-generated"
    assert one.mail["List-Unsubscribe"] is None
    (row,) = settled(world)
    assert row["sent_at"] is not None
    assert (row["target"], row["about"]) == (b"", b"")


def test_S3_the_same_key_is_sent_once(owner, world, post_office, written_to):
    person = written_to(owner("MAIL0002"))
    assert [queue(world, person, key="same") for _ in range(3)] == [True, False, False]
    settled(world)
    assert queue(world, person, key="same") is False
    settled(world)
    assert len(post_office.mails) == 1


def test_S3_neither_address_nor_link_stand_in_the_database_in_clear(owner, world, written_to):
    person = written_to(owner("MAIL0003"), "secret.ada@example.org")
    world.clock.advance(-60)  # the task finds nothing due meanwhile
    world.sql("update people.message set next_at = next_at")
    queue(world, person, to="secret.ada@example.org")
    for table in ("message", "login", "profile"):
        text = str(world.sql(f"select t::text from people.{table} as t"))
        assert "secret.ada" not in text
        assert "/my/sign-in/abc" not in text


def test_S3_during_an_outage_messages_wait_and_go_out_later_once(owner, world, post_office, written_to):
    person = written_to(owner("MAIL0004"))
    post_office.manners.answers["CONNECT"] = "421 not now"
    queue(world, person, "password_changed", "a", {})
    queue(world, person, "mail_changed", "b", {})
    post_office.wait_tries(1)
    rows = put_off(world, "421", "outage")
    assert [row["sent_at"] for row in rows] == [None, None]
    assert all(row["next_at"] > world.clock.now() for row in rows)
    del post_office.manners.answers["CONNECT"]
    world.clock.advance(7200)
    assert len([row for row in settled(world) if row["sent_at"]]) == 2
    assert sorted(one.mail["Subject"] for one in post_office.wait(2)) == [
        "This is your new mail address",
        "Your password was changed",
    ]
    send(world)
    assert len(post_office.mails) == 2


@pytest.mark.parametrize(("verb", "answer"), [("RCPT", "550 5.1.1 nobody here"), ("DATA", "554 5.7.1 refused")])
def test_S3_what_is_refused_for_good_fails_and_is_shown(owner, world, post_office, written_to, verb, answer):
    mine = owner("MAIL0005")
    person = written_to(mine)
    post_office.manners.answers[verb] = answer
    queue(world, person, "password_changed", "a", {})
    (row,) = settled(world)
    assert row["failed_at"] is not None
    assert row["why"] == f"refused {answer[:3]}"
    page = mine.browser.page("/my/account")
    assert "Mail does not reach you" in page
    assert answer[:3] in page


def test_S3_greylisting_is_tried_again(owner, world, post_office, written_to):
    person = written_to(owner("MAIL0006"))
    post_office.manners.answers["RCPT"] = "451 4.7.1 come again"
    queue(world, person, "password_changed", "a", {})
    post_office.wait_tries(1)
    put_off(world, "451")
    del post_office.manners.answers["RCPT"]
    world.clock.advance(600)
    (row,) = settled(world)
    assert row["sent_at"] is not None
    assert row["attempts"] == 2


def test_S3_a_link_that_is_too_old_is_not_sent(owner, world, post_office, written_to):
    person = written_to(owner("MAIL0007"))
    post_office.manners.answers["CONNECT"] = "421 not now"
    queue(world, person)
    post_office.wait_tries(1)
    put_off(world, "421")
    world.clock.advance(3600)
    del post_office.manners.answers["CONNECT"]
    (row,) = settled(world)
    assert (row["failed_at"] is not None, row["why"]) == (True, "too late")
    assert post_office.mails == []


def test_S3_a_process_that_died_while_it_sent_leaves_the_message_to_the_next(owner, world, post_office, written_to):
    person = written_to(owner("MAIL0008"))
    world.sql("update people.person set language = ''")
    queue(world, person, "password_changed", "a", {})
    settled(world)
    world.sql("update people.message set sent_at = null, attempts = 1, next_at = $1", world.clock.now())
    (row,) = settled(world)  # its boxes are gone: nothing is sent empty
    assert (row["failed_at"] is not None, row["why"]) == (True, "erased")
    assert len(post_office.mails) == 1


def test_attack_header_injection_names_and_titles_become_no_header_and_no_markup(owner, world, post_office, written_to):
    person = written_to(owner("MAIL0009"))
    kind = KINDS["share_opened"]
    people = world.running.service.people
    world.running.do(lambda session: people.messages.want(session, person, kind, "mail", is_on=True))
    title = "x\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>\0\u202e{person.__class__}" + "ü" * 10_000
    tell(world, person, "share_opened", "o1", {"share": "SH-1", "title": title, "guest": "<b>Eve</b>\nX-Evil: 1"})
    (one,) = post_office.wait()
    assert one.recipients == ["ada@example.org"]
    assert one.mail["Bcc"] is None
    assert one.mail["X-Evil"] is None
    assert "<script>" not in one.html
    assert "<b>Eve</b>" not in one.html
    assert "\u202e" not in one.mail["Subject"]
    assert len(one.mail["Subject"]) < 500
    assert max(len(line) for line in one.raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "to", ["a@b\r\nBcc: c@d", "no address", "a@b, c@d", "<a@b>", "@", "ä" * 5000, "a@" + "b." * 400]
)
def test_attack_an_address_that_is_none_or_several_is_refused_and_reaches_nobody(
    owner, world, post_office, written_to, to
):
    person = written_to(owner("MAIL0010"))
    queue(world, person, to=to)
    post_office.manners.answers["RCPT"] = "553 no"
    (row,) = settled(world)
    assert row["failed_at"] is not None
    assert post_office.mails == []


def test_S3_nothing_is_queued_where_nothing_is_set_up(owner, world, written_to):
    person = written_to(owner("MAIL0011"))
    people = world.running.service.people
    assert people.messages.is_mail_on
    assert not people.messages.can_send("sms")
    assert queue(world, person, "card_proof", "c", {"code": "123", "minutes": "9"}, channel="sms", to="+491") is False
    assert messages(world) == []


def test_S3_one_click_unsubscribe_works_without_a_session_and_only_by_post(owner, world, post_office, written_to):
    person = written_to(owner("MAIL0012"))
    people = world.running.service.people
    kind = KINDS["share_opened"]
    world.running.do(lambda session: people.messages.want(session, person, kind, "mail", is_on=True))
    about = {"share": "SH-1", "title": "Sea", "guest": "Eve"}
    tell(world, person, "share_opened", "o1", about)
    (one,) = post_office.wait()
    assert one.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.fullmatch(r"<(.+)>", one.mail["List-Unsubscribe"].replace("\n", "").replace(" ", ""))[1]
    path = world.url + link.removeprefix(world.running.service.settings.address)
    page = requests.get(path, headers={"Accept": "text/html"}, timeout=30)
    assert page.status_code == 200
    assert "Stop mails of this kind?" in page.text
    assert ("share_opened", "mail") in world.running.do(lambda session: people.messages.wants(session, person))
    done = requests.post(path, data={"List-Unsubscribe": "One-Click"}, timeout=30)
    assert done.status_code == 200
    assert ("share_opened", "mail") not in world.running.do(lambda session: people.messages.wants(session, person))
    tell(world, person, "share_opened", "o2", about)
    settled(world)
    assert len(post_office.mails) == 1
    assert len(world.sql("select id from people.notice")) == 2
    for wrong in (
        path[:-1] + ("0" if path[-1] != "0" else "1"),
        path.replace("share_opened", "new_sign_in"),
        path + "x",
    ):
        assert requests.post(wrong, timeout=30).status_code == 404
        assert requests.get(wrong, timeout=30).status_code == 404


def test_S3_every_kind_can_be_written_in_every_language(world):
    letters = world.running.service.people.sender.letters
    for kind in KINDS.values():
        about = kind.about(dict.fromkeys(kind.facts, "7"))
        for language in (*letters.words, "xx"):
            letter = letters.write(
                name="M-1", kind=kind, person="P-1", to="a@b.example", language=language, about=about
            )
            assert letter.subject
            assert "{" not in letter.subject + letter.text
            assert (letter.unsubscribe != "") is kind.is_choice


def test_S3_a_fact_is_one_line_without_what_turns_or_hides_text():
    assert plain(" a\r\nb\0c\u202ed\u200be\t ") == "a b c d e"
    assert plain("x" * 5000) == "x" * 299 + "…"


LETTER = Letter(id="M-1", to="ada@example.org", language="en", subject="Hä", text="t", html="<p>t</p>")


def carry(server, *, answers=None, **manners):
    """Hand one letter to a server with these manners; return what came."""
    import asyncio

    sender = Address(addr_spec="a@lab.example")
    with MailServer(Manners(answers=answers or {}, **manners)) as post:
        courier = SmtpCourier(server=server(post.port), sender=sender, clock=ManualClock())
        asyncio.run(courier.carry(LETTER))
        return post.wait()


def test_S3_a_user_and_password_are_shown_to_the_server():
    (one,) = carry(lambda port: Server(host="127.0.0.1", port=port, tls="none", user="u", password="pw"), password="pw")
    assert one.user == "u"
    with pytest.raises(NotNow) as refused:
        carry(lambda port: Server(host="127.0.0.1", port=port, tls="none", user="u", password="no"), password="pw")
    assert refused.value.is_outage


def test_S3_without_starttls_nothing_is_said_to_a_server_that_must_have_it(tmp_path):
    with pytest.raises(Undeliverable) as refused:
        carry(lambda port: Server(host="127.0.0.1", port=port, tls="starttls", user="u", password="pw"), password="pw")
    assert "pw" not in str(refused.value)


def test_attack_a_mail_server_with_a_strange_certificate_gets_neither_password_nor_mail(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with pytest.raises(NotNow) as refused:
        carry(lambda port: Server(host="127.0.0.1", port=port, tls="starttls", user="u", password="pw"), tls=context)
    assert refused.value.is_outage


@pytest.mark.parametrize(
    "mail",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://u:secret@host",
        "smtp://host:x",
        "folder:here",
        "smtp://h/x",
    ],
)
def test_S3_a_mail_server_that_is_none_is_refused_at_the_start_without_telling_a_password(mail):
    with pytest.raises(StartRefused) as refused:
        open_couriers(Settings(folder=Path("/x"), mail=mail, mail_from="a@b.example"), ManualClock())
    assert "secret" not in str(refused.value)


def test_S3_where_mail_goes_and_who_writes_are_read_from_settings():
    server = parse_smtp("smtp://ada%40x@mail.example", "pw")
    assert (server.host, server.port, server.tls, server.user) == ("mail.example", 587, "starttls", "ada@x")
    assert "pw" not in repr(server)
    assert parse_smtp("smtps://mail.example:1465", "").tls == "from the start"
    assert parse_sender("Silver Läb <p@lab.example>").display_name == "Silver Läb"
    with pytest.raises(StartRefused):
        parse_sender("nobody")
    assert "hidden" not in repr(replace(Settings(folder=Path("/x")), mail_password="hidden"))


def test_S3_sms_and_push_go_by_a_port_of_which_a_folder_is_one(tmp_path):
    import asyncio
    import json

    settings = Settings(folder=tmp_path, sms=f"folder:{tmp_path}/sms", push=f"folder:{tmp_path}/push")
    couriers = open_couriers(settings, ManualClock())
    assert sorted(couriers) == ["push", "sms"]
    asyncio.run(couriers["sms"].carry(LETTER))
    assert json.loads((tmp_path / "sms" / "M-1.json").read_text())["text"] == "t"


def test_S3_messages_that_were_done_with_long_ago_are_forgotten(owner, world, post_office, written_to):
    person = written_to(owner("MAIL0013"))
    queue(world, person)
    settled(world)
    assert "messages" not in world.sweep()
    world.clock.advance(timedelta(days=31).total_seconds())
    assert world.sweep()["messages"] == 1
