"""tus 1.0 by the letter: what a request may ask, and what each wrong one is answered."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import TusRefused
from exchange.tus import answers
from exchange.tus.intake import begin_append, begin_first
from exchange.tus.metadata import Metadata, parse_metadata, write_metadata
from exchange.tus.protocol import (
    OFFSET_STREAM,
    Append,
    Body,
    Checksum,
    Create,
    Look,
    Place,
    TellWhat,
    Terminate,
    read_request,
    refuse_gone,
    refuse_locked,
)
from exchange.tus.wish import Wish, read_wish, write_wish

VERSION = ("Tus-Resumable", "1.0.0")
STREAM = ("Content-Type", OFFSET_STREAM)


def asked(method, *headers, place=Place.UPLOAD, **more):
    return read_request(method, [VERSION, *headers], place, **more)


def refused(method, *headers, place=Place.UPLOAD, **more):
    with pytest.raises(TusRefused) as caught:
        asked(method, *headers, place=place, **more)
    return caught.value.status


def status_or(call):
    """Return what ``call`` returns, or the status of its refusal."""
    try:
        return call()
    except TusRefused as refusal:
        return refusal.status


def created(*headers, **more):
    return asked("POST", *headers, place=Place.UPLOADS, **more)


def b64(value):
    return base64.b64encode(value).decode()


DECIDING = (
    *("Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Checksum", "Content-Type"),
    *("Content-Length", "X-HTTP-Method-Override", "Upload-Defer-Length", "X"),
)


class TestVersion:
    @pytest.mark.parametrize("headers", [[], [("Tus-Resumable", "0.2.2")], [("Tus-Resumable", "1.0")]])
    @pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
    def test_O5_another_version_is_412_and_ours_is_told(self, method, headers):
        with pytest.raises(TusRefused) as caught:
            read_request(method, headers, Place.UPLOAD)
        assert caught.value.status == 412
        assert answers.refusal_headers(caught.value)["Tus-Version"] == "1.0.0"

    def test_O5_options_asks_without_a_version_and_ignores_any(self):
        assert read_request("OPTIONS", [], Place.UPLOADS) == TellWhat()
        assert read_request("OPTIONS", [("Tus-Resumable", "9")], Place.UPLOAD) == TellWhat()

    def test_O5_options_tells_version_extensions_checksums_and_size(self):
        told = answers.tell_what(max_size=17)
        assert told.status == 204
        assert told.headers == {
            "Tus-Resumable": "1.0.0",
            "Tus-Version": "1.0.0",
            "Tus-Extension": "creation,creation-with-upload,checksum,termination,expiration",
            "Tus-Checksum-Algorithm": "sha1,sha256",
            "Tus-Max-Size": "17",
            "Allow": "OPTIONS, POST",
        }


class TestMethods:
    @pytest.mark.parametrize(
        ("method", "place"),
        [
            ("GET", Place.UPLOAD),
            ("PUT", Place.UPLOADS),
            ("POST", Place.UPLOAD),
            ("PATCH", Place.UPLOADS),
            ("", Place.UPLOAD),
        ],
    )
    def test_O5_a_method_that_an_address_does_not_take_is_405_with_those_it_does(self, method, place):
        with pytest.raises(TusRefused) as caught:
            read_request(method, [VERSION], place)
        assert caught.value.status == 405
        assert "OPTIONS" in answers.refusal_headers(caught.value, place)["Allow"]

    def test_O5_the_override_is_the_method_and_the_actual_one_is_ignored(self):
        assert asked("POST", ("X-HTTP-Method-Override", "DELETE")) == Terminate()
        assert asked("DELETE", ("x-http-method-override", "HEAD")) == Look()
        assert refused("PATCH", ("X-HTTP-Method-Override", "GET")) == 405
        assert read_request("POST", [("X-HTTP-Method-Override", "OPTIONS")], Place.UPLOADS) == TellWhat()

    def test_O5_head_and_delete_need_nothing_more(self):
        assert (asked("HEAD"), asked("DELETE")) == (Look(), Terminate())


class TestAppend:
    def test_O5_a_patch_says_where_it_goes_on(self):
        ask = asked("PATCH", STREAM, ("Upload-Offset", "7"), ("Content-Length", "3"))
        assert ask == Append(offset=7, body=Body(length=3))

    def test_O5_without_a_length_a_body_is_as_long_as_it_is_only_if_it_is_chunked(self):
        chunked = asked("PATCH", STREAM, ("Upload-Offset", "0"), ("Transfer-Encoding", "chunked"))
        assert chunked == Append(offset=0, body=Body(length=None))
        assert asked("PATCH", STREAM, ("Upload-Offset", "0")) == Append(offset=0, body=Body(length=0))

    @pytest.mark.parametrize("kind", ["application/octet-stream", "", "application/offset+octet-stream; charset=utf-8"])
    def test_O5_another_content_type_is_415(self, kind):
        assert refused("PATCH", ("Content-Type", kind), ("Upload-Offset", "0")) == 415

    @pytest.mark.parametrize("offset", ["-1", "+1", "1_0", "0x1", "1.0", "", " ", "١", "9" * 19, "1, 1"])
    def test_attack_A07_an_offset_that_is_no_number_is_400(self, offset):
        assert refused("PATCH", STREAM, ("Upload-Offset", offset)) == 400

    def test_O5_a_missing_offset_is_400(self):
        assert refused("PATCH", STREAM) == 400

    @pytest.mark.parametrize("name", ["Upload-Offset", "Upload-Checksum", "Tus-Resumable", "Content-Length"])
    def test_attack_A07_a_header_that_decides_is_refused_when_it_comes_twice(self, name):
        assert refused("PATCH", STREAM, ("Upload-Offset", "0"), (name, "0"), (name.lower(), "0")) == 400

    @pytest.mark.parametrize("offset", [6, 8, 0])
    def test_O5_a_patch_elsewhere_is_409(self, offset):
        with pytest.raises(TusRefused) as caught:
            begin_append(Append(offset=offset, body=Body(length=1)), offset=7, length=10)
        assert caught.value.status == 409

    def test_O5_a_patch_beyond_the_end_is_413_before_a_byte_is_read(self):
        with pytest.raises(TusRefused) as caught:
            begin_append(Append(offset=7, body=Body(length=4)), offset=7, length=10)
        assert caught.value.status == 413

    def test_attack_A07_a_chunked_patch_beyond_the_end_is_413_and_nothing_of_it_is_kept(self):
        intake = begin_append(Append(offset=7, body=Body(length=None)), offset=7, length=10)
        intake.feed(b"ab")
        with pytest.raises(TusRefused) as caught:
            intake.feed(b"cd")
        assert (caught.value.status, intake.start) == (413, 7)


class TestChecksum:
    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_O5_bytes_that_come_to_their_checksum_are_kept(self, algorithm):
        digest = hashlib.new(algorithm, b"hello").digest()
        ask = asked("PATCH", STREAM, ("Upload-Offset", "0"), ("Upload-Checksum", f"{algorithm} {b64(digest)}"))
        assert ask.body.checksum == Checksum(algorithm=algorithm, digest=digest)
        intake = begin_append(Append(offset=0, body=Body(length=5, checksum=ask.body.checksum)), offset=0, length=9)
        intake.feed(b"hel")
        intake.feed(b"lo")
        assert intake.end(whole=True) == 5

    def test_O5_bytes_that_do_not_are_460_and_none_is_kept(self):
        checksum = Checksum(algorithm="sha1", digest=hashlib.sha1(b"hello").digest())
        intake = begin_append(Append(offset=3, body=Body(length=5, checksum=checksum)), offset=3, length=9)
        intake.feed(b"hellO")
        with pytest.raises(TusRefused) as caught:
            intake.end(whole=True)
        assert (caught.value.status, intake.start) == (460, 3)

    @pytest.mark.parametrize(
        "value", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 ", "sha1 !!!!", "sha1 AAAA", "SHA1 AAAA", "", " x"]
    )
    def test_O5_an_unknown_algorithm_or_a_broken_checksum_is_400(self, value):
        assert refused("PATCH", STREAM, ("Upload-Offset", "0"), ("Upload-Checksum", value)) == 400

    def test_O5_a_cut_body_keeps_what_came_only_without_a_checksum(self):
        checksum = Checksum(algorithm="sha1", digest=hashlib.sha1(b"hello").digest())
        for promised, kept in ((None, 5), (checksum, 3)):
            intake = begin_append(Append(offset=3, body=Body(length=5, checksum=promised)), offset=3, length=9)
            intake.feed(b"he")
            assert intake.end(whole=False) == kept


class TestCreation:
    def test_O5_a_post_says_length_and_metadata(self):
        ask = created(("Upload-Length", "10"), ("Upload-Metadata", f"roll {b64(b'R')},empty"))
        assert isinstance(ask, Create)
        assert (ask.length, ask.metadata.pairs, ask.body) == (10, {"roll": b"R", "empty": b""}, None)
        assert begin_first(ask) is None

    def test_O5_a_post_may_bring_its_first_bytes(self):
        ask = created(("Upload-Length", "10"), STREAM, ("Content-Length", "4"))
        assert ask.body == Body(length=4)
        intake = begin_first(ask)
        intake.feed(b"abcd")
        assert intake.end(whole=True) == 4

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ([], 400),
            ([("Upload-Length", "-5")], 400),
            ([("Upload-Length", "1e3")], 400),
            ([("Upload-Length", "101")], 413),
            ([("Upload-Length", "9" * 18)], 413),
            ([("Upload-Defer-Length", "1")], 400),
            ([("Upload-Length", "5"), ("Upload-Defer-Length", "1")], 400),
            ([("Upload-Length", "5"), ("Upload-Concat", "partial")], 400),
            ([("Upload-Length", "5"), ("Content-Length", "5")], 415),
            ([("Upload-Length", "5"), ("Content-Type", "image/jpeg"), ("Content-Length", "5")], 415),
            ([("Upload-Length", "5"), ("Upload-Length", "6")], 400),
            ([("Upload-Length", "5"), STREAM, ("Upload-Offset", "2")], 409),
        ],
    )
    def test_O5_what_is_no_creation_is_refused_by_its_own_status(self, headers, status):
        assert refused("POST", *headers, place=Place.UPLOADS, max_size=100) == status

    def test_O5_first_bytes_beyond_the_length_are_413_before_anything_is_made(self):
        ask = created(("Upload-Length", "3"), STREAM, ("Content-Length", "4"))
        with pytest.raises(TusRefused) as caught:
            begin_first(ask)
        assert caught.value.status == 413

    def test_O5_an_answer_says_where_and_how_far(self):
        told = answers.tell_created("/uploads/UP-1", offset=4)
        assert told.status == 201
        assert told.headers == {"Tus-Resumable": "1.0.0", "Location": "/uploads/UP-1", "Upload-Offset": "4"}
        assert "Upload-Offset" not in answers.tell_created("/uploads/UP-1").headers


class TestMetadata:
    @pytest.mark.parametrize(
        "text",
        [
            "roll UQ==,roll Ug==",  # twice
            "roll UQ==,roll",
            "roll U",
            "roll UQ",  # without its padding
            "roll U Q==",
            "roll =UQ=",
            "roll UQ==,,frame MQ==",
            ",",
            "rôll UQ==",
            "roll\tUQ==",
            "roll UQ==\x00",
            "roll U-_=",
            "k " + "A" * 8192,
            ",".join(f"k{n} UQ==" for n in range(33)),
        ],
    )
    def test_attack_A07_metadata_out_of_form_are_400(self, text):
        assert refused("POST", ("Upload-Length", "5"), ("Upload-Metadata", text), place=Place.UPLOADS) == 400

    def test_O5_no_metadata_are_as_good_as_none(self):
        assert parse_metadata("") == parse_metadata(" ") == Metadata()

    def test_O5_metadata_in_two_headers_are_one_list(self):
        ask = created(("Upload-Length", "5"), ("Upload-Metadata", "a MQ=="), ("Upload-Metadata", "b Mg=="))
        assert ask.metadata.pairs == {"a": b"1", "b": b"2"}

    @given(st.dictionaries(st.text("abcXYZ09-_.", min_size=1, max_size=8), st.text(max_size=20), max_size=8))
    def test_O5_what_is_written_is_read_again(self, pairs):
        read = parse_metadata(write_metadata(pairs)).pairs
        assert {key: value.decode() for key, value in read.items()} == pairs

    @given(st.text(max_size=60))
    def test_attack_A07_whatever_stands_there_is_read_or_refused(self, text):
        read = status_or(lambda: parse_metadata(text))
        assert read == 400 or parse_metadata(read.text) == read

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(DECIDING),
                st.one_of(st.text(max_size=20), st.sampled_from(["1.0.0", "0", "5", OFFSET_STREAM, "PATCH", "POST"])),
            ),
            max_size=8,
        ),
        st.sampled_from(["OPTIONS", "POST", "HEAD", "PATCH", "DELETE", "GET", "\x00"]),
        st.sampled_from(list(Place)),
    )
    def test_attack_A07_whatever_is_asked_is_an_ask_or_a_refusal_with_a_status(self, headers, method, place):
        ask = status_or(lambda: read_request(method, headers, place, max_size=100))
        assert ask in (400, 405, 409, 412, 413, 415) or isinstance(ask, TellWhat | Create | Look | Append | Terminate)


class TestWish:
    WISH = Wish(
        roll="(01)09521141012354(21)A/1%26", frame="12A", sha256=b"\x01" * 32, file_name="ä.tif", reservation="RS-1"
    )

    def test_O5_a_wish_is_read_as_it_was_written(self):
        assert read_wish(parse_metadata(write_wish(self.WISH))) == self.WISH

    def test_O5_a_frame_comes_in_its_one_form(self):
        assert read_wish(parse_metadata(write_metadata({"roll": "R", "frame": "007a"}))).frame == "7A"

    @pytest.mark.parametrize(
        "pairs",
        [
            {"roll": "R"},
            {"frame": "1"},
            {"roll": "", "frame": "1"},
            {"roll": "R", "frame": "1000"},
            {"roll": "R\x00", "frame": "1"},
            {"roll": "R\n", "frame": "1"},
            {"roll": "R", "frame": "1", "sha256": "beef"},
            {"roll": "R" * 201, "frame": "1"},
        ],
    )
    def test_attack_A07_half_a_wish_is_400(self, pairs):
        with pytest.raises(TusRefused) as caught:
            read_wish(parse_metadata(write_metadata(pairs)))
        assert caught.value.status == 400

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\scans\\1.tif", "1.tif"),
            ("a\x00b\x1b[2J.tif", "ab[2J.tif"),
            ("\u202egpj.exe", "gpj.exe"),
            ("می\u200cخواهم.jpg", "می\u200cخواهم.jpg"),
            ("x" * 300, "x" * 255),
        ],
    )
    def test_attack_A07_a_files_name_is_a_name_without_folders_and_tricks(self, sent, kept):
        assert (
            read_wish(parse_metadata(write_metadata({"roll": "R", "frame": "1", "filename": sent}))).file_name == kept
        )


class TestAnswers:
    def test_O5_head_says_how_far_and_is_never_cached(self):
        told = answers.tell_standing(offset=3, length=9, metadata="roll UQ==")
        assert told.status == 200
        assert told.headers == {
            "Tus-Resumable": "1.0.0",
            "Cache-Control": "no-store",
            "Upload-Offset": "3",
            "Upload-Length": "9",
            "Upload-Metadata": "roll UQ==",
        }

    def test_O5_an_upload_says_when_it_expires_as_http_has_dates(self):
        ends = datetime(2026, 11, 22, 3, 4, 5, 900_000, tzinfo=timezone(timedelta(hours=1)))
        told = answers.tell_appended(offset=3, expires=ends).headers["Upload-Expires"]
        assert told == "Sun, 22 Nov 2026 02:04:05 GMT"
        assert parsedate_to_datetime(told) == ends.astimezone(UTC).replace(microsecond=0)

    def test_O5_a_gone_upload_is_410_one_that_never_was_404_one_in_use_423(self):
        assert (refuse_gone(known=True).status, refuse_gone(known=False).status, refuse_locked().status) == (
            410,
            404,
            423,
        )

    def test_O5_termination_is_204(self):
        assert answers.tell_terminated() == answers.TusAnswer(status=204, headers={"Tus-Resumable": "1.0.0"})
