"""The numbered steps of the schema: each is written once and never edited afterwards.

Conventions. Doses are hundredths of a unit, volumes microlitres, each with the unit in the column's name. Civil dates are ISO
text; instants are UTC, to the second, ending in Z. ``entry_seq`` names the one change that wrote a row. Every table but
``draft`` is append-only, and so guarded that INSERT OR REPLACE stops too. ``identity`` and ``free_text`` hold what a lawful
erasure may blank: the chain covers their ``commitment``, not their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from botoxcli.store.step_2 import KEYS_2, REBUILT_2, REBUILT_KEYS_2, TABLES_2
from botoxcli.store.step_3 import KEYS_3, TABLES_3

_UNIT = "IN ('hours', 'days', 'weeks', 'months')"
_ENTRY = "entry_seq INTEGER NOT NULL REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED"
_VERSION = "visit_version_id INTEGER NOT NULL REFERENCES visit_version (visit_version_id) DEFERRABLE INITIALLY DEFERRED"

_TABLES_1 = (
    """CREATE TABLE entry (
    seq INTEGER NOT NULL PRIMARY KEY CHECK (seq >= 1),
    at TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at, '+0 days')),
    actor TEXT NOT NULL CHECK (length(actor) > 0),
    command TEXT NOT NULL CHECK (length(command) > 0),
    change_key TEXT CHECK (length(change_key) > 0),
    program TEXT NOT NULL,
    hash TEXT NOT NULL CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*')
) STRICT""",
    f"""CREATE TABLE setting (
    setting_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    name TEXT NOT NULL CHECK (length(name) > 0 AND name NOT GLOB '*[^a-z-]*'),
    value TEXT NOT NULL
) STRICT""",
    f"""CREATE TABLE patient (
    patient_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    code TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(code) BETWEEN 1 AND 20 AND code NOT GLOB '*[^A-Za-z0-9_-]*')
) STRICT""",
    f"""CREATE TABLE identity (
    identity_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    patient_id INTEGER NOT NULL REFERENCES patient (patient_id) DEFERRABLE INITIALLY DEFERRED,
    commitment TEXT NOT NULL CHECK (length(commitment) = 64 AND commitment NOT GLOB '*[^0-9a-f]*'),
    salt TEXT CHECK (length(salt) = 64),
    name TEXT,
    born TEXT CHECK (born IS date(born, '+0 days')),
    CHECK ((salt IS NULL) = (name IS NULL) AND (salt IS NULL) = (born IS NULL))
) STRICT""",
    f"""CREATE TABLE edition (
    edition_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    protocol TEXT NOT NULL,
    label TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    text TEXT NOT NULL
) STRICT""",
    f"""CREATE TABLE edition_site (
    edition_id INTEGER NOT NULL REFERENCES edition (edition_id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    site TEXT NOT NULL,
    muscle TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('left', 'right', 'midline')),
    planned_hundredths INTEGER NOT NULL CHECK (planned_hundredths > 0),
    PRIMARY KEY (edition_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE edition_follow_up (
    edition_id INTEGER NOT NULL REFERENCES edition (edition_id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    kind TEXT NOT NULL CHECK (kind IN ('onset-check', 'session', 'consult-review', 'event-review')),
    anchor TEXT NOT NULL,
    earliest_count INTEGER NOT NULL CHECK (earliest_count >= 0),
    earliest_unit TEXT NOT NULL CHECK (earliest_unit {_UNIT}),
    due_count INTEGER NOT NULL CHECK (due_count >= 0),
    due_unit TEXT NOT NULL CHECK (due_unit {_UNIT}),
    latest_count INTEGER CHECK (latest_count >= 0),
    latest_unit TEXT CHECK (latest_unit {_UNIT}),
    closes_count INTEGER CHECK (closes_count >= 0),
    closes_unit TEXT CHECK (closes_unit {_UNIT}),
    CHECK ((latest_count IS NULL) = (latest_unit IS NULL) AND (closes_count IS NULL) = (closes_unit IS NULL)),
    PRIMARY KEY (edition_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE edition_limit (
    edition_id INTEGER NOT NULL REFERENCES edition (edition_id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    limit_kind TEXT NOT NULL CHECK (limit_kind IN
        ('site', 'session', 'extra', 'cumulative', 'minimum-interval', 'consult-valid', 'other-product-window')),
    subject TEXT,
    level TEXT CHECK (level IN ('note', 'warn', 'stop')),
    sites INTEGER CHECK (sites > 0),
    hundredths INTEGER CHECK (hundredths > 0),
    span_count INTEGER CHECK (span_count >= 0),
    span_unit TEXT CHECK (span_unit {_UNIT}),
    CHECK ((span_count IS NULL) = (span_unit IS NULL)),
    PRIMARY KEY (edition_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE vial (
    vial_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    date TEXT NOT NULL CHECK (date IS date(date, '+0 days')),
    product TEXT NOT NULL,
    hundredths INTEGER NOT NULL CHECK (hundredths > 0)
) STRICT""",
    f"""CREATE TABLE vial_label (
    vial_label_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    vial_id INTEGER NOT NULL REFERENCES vial (vial_id) DEFERRABLE INITIALLY DEFERRED,
    lot TEXT NOT NULL CHECK (length(lot) > 0),
    lot_key TEXT NOT NULL CHECK (length(lot_key) > 0),
    expires TEXT NOT NULL CHECK (expires IS date(expires, '+0 days'))
) STRICT""",
    f"""CREATE TABLE vial_discard (
    vial_discard_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    vial_id INTEGER NOT NULL REFERENCES vial (vial_id) DEFERRABLE INITIALLY DEFERRED,
    date TEXT NOT NULL CHECK (date IS date(date, '+0 days')),
    reason TEXT NOT NULL CHECK (reason IN ('broken', 'no-vacuum', 'cold-chain', 'recall', 'expired'))
) STRICT""",
    f"""CREATE TABLE lot_recall (
    lot_recall_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    lot TEXT NOT NULL,
    lot_key TEXT NOT NULL CHECK (length(lot_key) > 0),
    date TEXT NOT NULL CHECK (date IS date(date, '+0 days'))
) STRICT""",
    f"""CREATE TABLE visit_version (
    visit_version_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    visit INTEGER NOT NULL CHECK (visit >= 1),
    version INTEGER NOT NULL CHECK (version >= 1),
    patient_id INTEGER NOT NULL REFERENCES patient (patient_id) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL CHECK (kind IN ('consult', 'session', 'follow-up')),
    protocol TEXT NOT NULL,
    edition_id INTEGER NOT NULL REFERENCES edition (edition_id) DEFERRABLE INITIALLY DEFERRED,
    date TEXT NOT NULL CHECK (date IS date(date, '+0 days')),
    origin TEXT NOT NULL CHECK (origin IN ('recorded', 'imported')),
    UNIQUE (visit, version)
) STRICT""",
    f"""CREATE TABLE consult_detail (
    {_VERSION} PRIMARY KEY,
    {_ENTRY},
    decision TEXT NOT NULL CHECK (decision IN ('eligible', 'not-eligible', 'needs-review')),
    decided TEXT CHECK (decided IN ('treat', 'defer', 'decline')),
    jurisdiction TEXT NOT NULL CHECK (jurisdiction IN ('us', 'eu-uk'))
) STRICT""",
    f"""CREATE TABLE session_detail (
    {_VERSION} PRIMARY KEY,
    {_ENTRY},
    product TEXT NOT NULL,
    diluent_ul INTEGER CHECK (diluent_ul > 0),
    reconstituted_at TEXT CHECK (reconstituted_at IS strftime('%Y-%m-%dT%H:%M:%SZ', reconstituted_at, '+0 days')),
    minutes INTEGER CHECK (minutes BETWEEN 0 AND 600),
    injector TEXT,
    jurisdiction TEXT NOT NULL CHECK (jurisdiction IN ('us', 'eu-uk')),
    ended_early INTEGER NOT NULL CHECK (ended_early IN (0, 1))
) STRICT""",
    f"""CREATE TABLE answer (
    {_VERSION},
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    question TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (visit_version_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE finding (
    {_VERSION},
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    finding TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('note', 'warn', 'stop')),
    met INTEGER CHECK (met IN (0, 1)),
    because TEXT NOT NULL,
    source TEXT NOT NULL,
    resolution TEXT CHECK (resolution IN ('accepted', 'overridden')),
    PRIMARY KEY (visit_version_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE injection (
    {_VERSION},
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    site TEXT NOT NULL,
    muscle TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('left', 'right', 'midline', 'unspecified')),
    planned_hundredths INTEGER NOT NULL CHECK (planned_hundredths >= 0),
    hundredths INTEGER NOT NULL CHECK (hundredths >= 0),
    state TEXT NOT NULL CHECK (state IN ('given', 'changed', 'skipped', 'extra', 'imported')),
    CHECK ((state = 'skipped') = (hundredths = 0)),
    CHECK (state <> 'given' OR hundredths = planned_hundredths),
    PRIMARY KEY (visit_version_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE vial_use (
    {_VERSION},
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    vial_id INTEGER REFERENCES vial (vial_id) DEFERRABLE INITIALLY DEFERRED,
    lot TEXT,
    drawn_hundredths INTEGER CHECK (drawn_hundredths > 0),
    given_hundredths INTEGER NOT NULL CHECK (given_hundredths >= 0),
    wasted_hundredths INTEGER CHECK (wasted_hundredths >= 0),
    CHECK ((vial_id IS NULL) <> (lot IS NULL)),
    CHECK ((vial_id IS NULL) = (drawn_hundredths IS NULL) AND (vial_id IS NULL) = (wasted_hundredths IS NULL)),
    CHECK (vial_id IS NULL OR given_hundredths + wasted_hundredths = drawn_hundredths),
    PRIMARY KEY (visit_version_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE adverse_event (
    {_VERSION},
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    event TEXT NOT NULL,
    severity TEXT CHECK (severity IN ('mild', 'moderate', 'severe')),
    onset TEXT CHECK (onset IS date(onset, '+0 days')),
    related TEXT CHECK (related IN ('yes', 'no', 'unknown')),
    escalate TEXT CHECK (escalate IN ('emergency', 'review')),
    resolved_on TEXT CHECK (resolved_on IS date(resolved_on, '+0 days')),
    PRIMARY KEY (visit_version_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE free_text (
    free_text_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    patient_id INTEGER REFERENCES patient (patient_id) DEFERRABLE INITIALLY DEFERRED,
    visit_version_id INTEGER REFERENCES visit_version (visit_version_id) DEFERRABLE INITIALLY DEFERRED,
    about TEXT NOT NULL,
    commitment TEXT NOT NULL CHECK (length(commitment) = 64 AND commitment NOT GLOB '*[^0-9a-f]*'),
    salt TEXT CHECK (length(salt) = 64),
    content TEXT,
    CHECK ((salt IS NULL) = (content IS NULL))
) STRICT""",
    """CREATE TABLE draft (
    draft_id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('consult', 'session', 'follow-up')),
    patient_code TEXT NOT NULL COLLATE NOCASE,
    change_key TEXT NOT NULL UNIQUE,
    started_at TEXT NOT NULL CHECK (started_at IS strftime('%Y-%m-%dT%H:%M:%SZ', started_at, '+0 days')),
    saved_at TEXT NOT NULL CHECK (saved_at IS strftime('%Y-%m-%dT%H:%M:%SZ', saved_at, '+0 days')),
    content TEXT NOT NULL CHECK (length(content) > 0),
    UNIQUE (kind, patient_code)
) STRICT""",
    "CREATE INDEX entry_by_key ON entry (change_key) WHERE change_key IS NOT NULL",
    "CREATE INDEX setting_by_name ON setting (name, setting_id)",
    "CREATE INDEX identity_by_patient ON identity (patient_id, identity_id)",
    "CREATE INDEX vial_label_by_vial ON vial_label (vial_id, vial_label_id)",
    "CREATE INDEX vial_label_by_lot ON vial_label (lot_key)",
    "CREATE INDEX vial_discard_by_vial ON vial_discard (vial_id)",
    "CREATE INDEX lot_recall_by_lot ON lot_recall (lot_key)",
    "CREATE INDEX edition_by_protocol ON edition (protocol, edition_id)",
    "CREATE INDEX visit_version_by_patient ON visit_version (patient_id, kind, protocol, date, visit, version)",
    "CREATE INDEX visit_version_by_date ON visit_version (date)",
    "CREATE INDEX vial_use_by_vial ON vial_use (vial_id)",
    "CREATE INDEX adverse_event_by_weight ON adverse_event (escalate) WHERE escalate IS NOT NULL AND resolved_on IS NULL",
    "CREATE INDEX free_text_by_visit ON free_text (visit_version_id, about)",
    "CREATE INDEX free_text_by_patient ON free_text (patient_id)",
)

# Table -> its unique keys; each is guarded against INSERT OR REPLACE.
_KEYS_1: dict[str, Sequence[tuple[str, ...]]] = {
    "entry": [("seq",)],
    "setting": [("setting_id",)],
    "patient": [("patient_id",), ("code",)],
    "identity": [("identity_id",)],
    "edition": [("edition_id",), ("sha256",)],
    "edition_site": [("edition_id", "position")],
    "edition_follow_up": [("edition_id", "position")],
    "edition_limit": [("edition_id", "position")],
    "vial": [("vial_id",)],
    "vial_label": [("vial_label_id",)],
    "vial_discard": [("vial_discard_id",)],
    "lot_recall": [("lot_recall_id",)],
    "visit_version": [("visit_version_id",), ("visit", "version")],
    "consult_detail": [("visit_version_id",)],
    "session_detail": [("visit_version_id",)],
    "answer": [("visit_version_id", "position")],
    "finding": [("visit_version_id", "position")],
    "injection": [("visit_version_id", "position")],
    "vial_use": [("visit_version_id", "position")],
    "adverse_event": [("visit_version_id", "position")],
    "free_text": [("free_text_id",)],
}

# Table -> the columns that an erasure may blank, all of them at once, and those that must then stay as they are.
_ERASABLE_1: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "identity": (("salt", "name", "born"), ("identity_id", "entry_seq", "patient_id", "commitment")),
    "free_text": (("salt", "content"), ("free_text_id", "entry_seq", "patient_id", "visit_version_id", "about", "commitment")),
}


def _guards(table: str, keys: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The triggers that make a table append-only.

    SQLite runs no DELETE trigger for the rows that INSERT OR REPLACE throws out (unless recursive_triggers is on, which a
    person's own connection is not), so every unique key is looked up before an insert. A table without an integer key is
    WITHOUT ROWID: its hidden rowid would be one more unique key.
    """
    erasable, kept = _ERASABLE_1.get(table, ((), ()))
    blank = [f"NEW.{column} IS NULL" for column in erasable]
    same = [f"NEW.{column} IS OLD.{column}" for column in kept]
    unless = f" WHEN NOT ({' AND '.join(blank + same)})" if erasable else ""
    refuse = f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: {table}'); END"
    yield f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table}{unless} {refuse}"
    yield f"CREATE TRIGGER {table}_remains BEFORE DELETE ON {table} {refuse}"
    for number, key in enumerate(keys, start=1):
        held = " AND ".join(f"{column} = NEW.{column}" for column in key)
        when = f"EXISTS (SELECT 1 FROM {table} WHERE {held})"  # noqa: S608 - names of our own schema
        yield f"CREATE TRIGGER {table}_is_new_{number} BEFORE INSERT ON {table} WHEN {when} {refuse}"


def _entry_guards(table: str) -> Iterator[str]:
    """An entry is written last, so that nothing can be added to it afterwards; and entries are numbered without a gap."""
    if table == "entry":
        when = "NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry)"
        yield f"CREATE TRIGGER entry_follows BEFORE INSERT ON entry WHEN {when} BEGIN SELECT RAISE(ABORT, 'an entry follows the last one'); END"
        return
    yield f"CREATE INDEX {table}_by_entry ON {table} (entry_seq)"
    when = "NEW.entry_seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry)"
    refuse = f"BEGIN SELECT RAISE(ABORT, 'a row belongs to the entry that is being written: {table}'); END"
    yield f"CREATE TRIGGER {table}_of_entry BEFORE INSERT ON {table} WHEN {when} {refuse}"


def _append_only(keys: dict[str, Sequence[tuple[str, ...]]]) -> tuple[str, ...]:
    return tuple(statement for table, unique in keys.items() for statement in (*_guards(table, unique), *_entry_guards(table)))


# The schema's history: STEPS[n - 1] takes a ledger from version n - 1 to version n. A change of the views alone is an empty step.
STEPS: tuple[tuple[str, ...], ...] = (
    (*_TABLES_1, *_append_only(_KEYS_1)),
    (*TABLES_2, *REBUILT_2, *_append_only({**KEYS_2, **REBUILT_KEYS_2})),
    (*TABLES_3, *_append_only(KEYS_3)),
    (),  # the views alone: a course in one row, and the end of an event asked of the follow-ups that tell of one
)

# Table -> its unique keys, of all steps.
KEYS: dict[str, Sequence[tuple[str, ...]]] = {**_KEYS_1, **KEYS_2, **KEYS_3}

# Table -> its primary key, for every table whose rows an entry's hash covers (the entry itself is hashed by its fields).
HASHED_TABLES: dict[str, tuple[str, ...]] = {table: tuple(keys[0]) for table, keys in sorted(KEYS.items()) if table != "entry"}

# Table -> the columns that no hash covers, because an erasure blanks them; their commitment is covered.
ERASABLE: dict[str, tuple[str, ...]] = {table: erasable for table, (erasable, _) in _ERASABLE_1.items()}
