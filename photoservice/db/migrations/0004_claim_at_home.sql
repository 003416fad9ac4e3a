-- Claims from a browser (DESIGN 5D, O6, O11): who tried wrongly how often, and what was answered under which key.

-- Wrong tries by what they are counted for, an HMAC: neither an address nor an item can be read here.
create table wrong_tries (
    about bytea primary key,
    wrong integer not null,
    since timestamptz not null,
    rests integer not null,
    rest_until timestamptz,
    seen_at timestamptz not null
);
create index wrong_tries_seen on wrong_tries (seen_at);

-- What a claim from a browser was answered, for whoever sends it again; without the access code, which follows from
-- the key they hold and is kept nowhere.
create table home_answer (
    key_mac bytea primary key,
    fingerprint bytea not null,
    claim text not null,
    answer bytea not null,
    made_at timestamptz not null
);
create index home_answer_made on home_answer (made_at);

-- A roll's claim code may be here before its manifest.
create index claim_code_roll on claim_code (roll);
