"""What the benchmarks of My pictures share: photoservices that thousands of people hold registrations with pictures in.

Everybody has one package of five rolls with 36 frames each, opened by the access code of its receipt, and has done
something with them: favourites, notes, edits, sub-groups. One person may hold the registrations of many. Rows are made
by PostgreSQL itself; objects are not needed, no byte of a picture is shown. People are numbered; those who are asked
for have a session of their own.
"""

from service_load import PACKAGE_GTIN, ROLL_GTIN

from photocore.edits import Exposure, Rotate, fold, write_edit
from photoservice.persons.sessions import PREFIX

EDIT = write_edit(fold([Rotate(turns=1), Exposure(ev=0.3)])).decode()
FRAMES, ROLLS = 36, 5
IMAGES = FRAMES * ROLLS
"""Images a person."""

MANY = 56
"""How many people's registrations one person has who holds ten thousand images."""

PACKAGE = f"'(01){PACKAGE_GTIN}(21)BENCH' || lpad(n::text, 8, '0')"
ROLL = f"'(01){ROLL_GTIN}(21)BENCH' || lpad(n::text, 8, '0') || '-' || p"
PEOPLE = "from generate_series($1::int, $2::int) as n"
PEOPLE_ROLLS = f"{PEOPLE}, generate_series(1, {ROLLS}) as p"
PICTURES = f"{PEOPLE_ROLLS}, generate_series(1, {FRAMES}) as f"
NUMBER = f"(n * {IMAGES} + (p - 1) * {FRAMES} + f)"
IMAGE = f"'IM-' || lpad({NUMBER}::text, 16, '0')"
CLAIM = "'019aa8d000007000800' || lpad(to_hex(n), 13, '0')"
PERSON = "'P-BENCH' || lpad(n::text, 9, '0')"

FILL = (
    "set session_replication_role = replica",  # no look-ups of references we keep ourselves; nothing else changes
    "insert into images.jpeg_header values (sha256('header'), 'header') on conflict do nothing",
    f"""insert into manifest (package, tenant, source, product, made_at)
    select {PACKAGE}, (select id from tenant where kind = 'maker'), 'maker', '{PACKAGE_GTIN}', now() {PEOPLE}""",
    f"insert into manifest_roll (roll, package, place) select {ROLL}, {PACKAGE}, p {PEOPLE_ROLLS}",
    f"insert into account (id, made_at) select 'A-BENCH' || n, now() {PEOPLE}",
    f"insert into account_key (account, wrapped) select 'A-BENCH' || n, 'wrapped' {PEOPLE}",
    f"""insert into claim (station, id, item, root, account, store, number, activation, received_at)
    select 'ST-BENCH', {CLAIM}, {PACKAGE}, {PACKAGE}, 'A-BENCH' || n, '', 'N' || n, 'registration', now() {PEOPLE}""",
    f"""insert into registration (subject, root, word, owner, proof, has_case, claims, since)
    select {PACKAGE}, {PACKAGE}, 'registered', 'A-BENCH' || n, 'settled', false, array['ST-BENCH/' || {CLAIM}], now()
    {PEOPLE}""",
    f"""insert into access_code (mac, station, claim, event, made_at)
    select sha256(int4send(n)), 'ST-BENCH', {CLAIM}, {CLAIM}, now() {PEOPLE}""",
    f"insert into people.person (id, made_at, seen_at) select {PERSON}, now(), now() {PEOPLE}",
    f"insert into people.person_key (person, wrapped) select {PERSON}, 'wrapped' {PEOPLE}",
    f"""insert into people.holding (person, station, claim, how, code, since)
    select {PERSON}, 'ST-BENCH', {CLAIM}, 'code', sha256(int4send(n)), now() {PEOPLE}""",
    f"""insert into images.filed_roll (id, wanted, made, first_at, changed_at)
    select {ROLL}, 1, 1, now(), now() {PEOPLE_ROLLS}""",
    f"""insert into images.tenant_roll (tenant, roll, images, stock, process, iso, lab, developed_on, scanned_on,
                                        words, first_at, changed_at)
    select $3, {ROLL}, {FRAMES}, 'Stock ' || n % 40, 'C-41', 400, 'Bench Lab', date '2020-01-01' + n % 2000,
           date '2020-01-03' + n % 2000,
           to_tsvector('simple', {ROLL} || ' Stock ' || n % 40) || array_to_tsvector(array['=' || $3]), now(), now()
    {PEOPLE_ROLLS}""",
    f"""insert into images.original (sha256, size, media, width, height, placeholder, kept_at)
    select sha256(int4send({NUMBER})), 6000000, 'image/jpeg', 6000, 4000, decode(repeat('ab', 320), 'hex'), now()
    {PICTURES}""",
    f"""insert into images.image (id, roll, frame, frame_order, sha256, tenant, state, filed_at)
    select {IMAGE}, {ROLL}, f::text, (f + 1) * 100, sha256(int4send({NUMBER})), $3, 'standing', now() {PICTURES}""",
    f"""insert into images.rendition (sha256, tier, recipe, header, size, etag, width, height, kept_at)
    select sha256(int4send({NUMBER})), tier.name, 1, sha256('header'), 9000, sha256(int4send({NUMBER})),
           tier.name::int, tier.name::int * 2 / 3, now()
    {PICTURES}, (values ('256'), ('2048')) as tier (name)""",
    f"insert into people.favourite (person, image, at) select {PERSON}, {IMAGE}, now() {PICTURES} where f % 9 = 0",
    f"""insert into people.note (person, image, text, at)
    select {PERSON}, {IMAGE}, 'By the sea, with Ada', now() {PICTURES} where f = 12""",
    f"""insert into people.sub_group (id, person, name, place, made_at, changed_at)
    select 'SG-' || n || '-' || p, {PERSON}, 'Group ' || p, p, now(), now() {PEOPLE_ROLLS} where p <= 3""",
    f"""insert into people.grouped (person, image, sub_group, at)
    select {PERSON}, {IMAGE}, 'SG-' || n || '-' || p, now() {PICTURES} where p <= 3 and f <= 24""",
    f"""insert into people.edit (person, image, version, after, instructions, at)
    select {PERSON}, {IMAGE}, 1, 0, '{EDIT}'::text::jsonb, now() {PICTURES} where f % 12 = 5""",
    f"""insert into people.edit_head (person, image, version, changed_at)
    select {PERSON}, {IMAGE}, 1, now() {PICTURES} where f % 12 = 5""",
    "set session_replication_role = origin",
    "analyze",
)


def gather(served, number, *, first, people=MANY):
    """Give ``number`` the registrations of so many people from ``first`` on, their pictures all in one sub-group."""
    others = [person(n) for n in range(first, first + people)]
    rolls = [roll(n, place) for n in range(first, first + people) for place in range(1, ROLLS + 1)]
    statements = (
        ("update people.holding set person = $1 where person = any($2::text[])", person(number), others),
        ("delete from people.grouped where person = any($1::text[])", others),
        (
            """insert into people.grouped (person, image, sub_group, at)
            select $1, id, $2, now() from images.image where roll = any($3::text[])""",
            person(number),
            sub_group(number),
            rolls,
        ),
        ("analyze people.grouped, people.holding",),
    )

    async def run(connection):
        for statement, *values in statements:
            await connection.execute(statement, *values, timeout=600)

    served.sql(run)


def fill(served, people, tenant, *, first=1):
    """Make so many people, numbered from ``first``, whose pictures the lab ``tenant`` filed."""

    async def run(connection):
        for statement in FILL:
            values = [first, first + people - 1, tenant][: max(map(int, _blanks(statement)), default=0)]
            await connection.execute(statement, *values, timeout=1800)

    served.sql(run)


def _blanks(statement):
    return [place for place in "123" if f"${place}" in statement]


def person(number):
    return f"P-BENCH{number:09}"


def roll(number, place=1):
    return f"(01){ROLL_GTIN}(21)BENCH{number:08}-{place}"


def image(number, place=1, frame=1):
    return f"IM-{number * IMAGES + (place - 1) * FRAMES + frame:016}"


def sub_group(number, place=1):
    return f"SG-{number}-{place}"


def open_sessions(served, numbers):
    """Give each of these people a session; return the tokens of their cookies."""
    tokens = {number: f"{PREFIX}{number:064x}" for number in numbers}
    rows = [(served.keyring.mac("session", token), person(number)) for number, token in tokens.items()]

    async def run(connection):
        await connection.executemany(
            "insert into people.session (mac, person, how, made_at, seen_at, proved_at, expires_at)"
            " values ($1, $2, 'code', now(), now(), now(), now() + interval '1 day')",
            rows,
        )

    served.sql(run)
    return tokens
