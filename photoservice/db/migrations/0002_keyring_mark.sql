-- Which keys this database's HMACs and ciphertexts were made with: HMACs of fixed words, of no use without the keys.

create table keyring_mark (
    is_only boolean primary key default true check (is_only),
    mark bytea not null
);
