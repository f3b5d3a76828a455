"""Step 2 of the schema: corrections, the diary, toxin given elsewhere, appointments, pauses, archived patients; doses per kg in editions.

Conventions as in ``steps``. A correction is a row more: a reversal withdraws an entry or lets it stand again, the latest word for
a target counts; a void withdraws a visit; a later row of ``diary_day``, ``pause`` or ``archive`` replaces the one before it.
What a column of step 2 tells of a row of step 1 is NULL there, so that no old hash changes.
"""

from __future__ import annotations

from collections.abc import Sequence

_UNIT = "IN ('hours', 'days', 'weeks', 'months')"
_ENTRY = "entry_seq INTEGER NOT NULL REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED"
_PATIENT = "patient_id INTEGER NOT NULL REFERENCES patient (patient_id) DEFERRABLE INITIALLY DEFERRED"
_VERSION = "visit_version_id INTEGER NOT NULL REFERENCES visit_version (visit_version_id) DEFERRABLE INITIALLY DEFERRED"

TABLES_2 = (
    f"""CREATE TABLE reversal (
    reversal_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    target_seq INTEGER NOT NULL REFERENCES entry (seq) CHECK (target_seq < entry_seq),
    stands INTEGER NOT NULL CHECK (stands IN (0, 1))
) STRICT""",
    f"""CREATE TABLE visit_void (
    visit_void_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    visit INTEGER NOT NULL CHECK (visit >= 1)
) STRICT""",
    f"""CREATE TABLE event_resolved (
    {_VERSION},
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    event TEXT NOT NULL,
    resolved_on TEXT NOT NULL CHECK (resolved_on IS date(resolved_on, '+0 days')),
    PRIMARY KEY (visit_version_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE diary_day (
    {_PATIENT},
    day TEXT NOT NULL CHECK (day IS date(day, '+0 days')),
    {_ENTRY},
    headache INTEGER NOT NULL CHECK (headache IN (0, 1)),
    hours_hundredths INTEGER CHECK (hours_hundredths BETWEEN 0 AND 2400),
    migraine INTEGER CHECK (migraine IN (0, 1)),
    severity INTEGER CHECK (severity BETWEEN 0 AND 10),
    acute INTEGER CHECK (acute IN (0, 1)),
    PRIMARY KEY (patient_id, day, entry_seq)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE toxin_elsewhere (
    toxin_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    {_PATIENT},
    date TEXT NOT NULL CHECK (date IS date(date, '+0 days')),
    product TEXT NOT NULL CHECK (length(product) > 0),
    hundredths INTEGER CHECK (hundredths > 0)
) STRICT""",
    f"""CREATE TABLE appointment (
    appointment_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    {_PATIENT},
    protocol TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('missed', 'declined', 'moved')),
    date TEXT NOT NULL CHECK (date IS date(date, '+0 days')),
    moved_to TEXT CHECK (moved_to IS date(moved_to, '+0 days'))
) STRICT""",
    f"""CREATE TABLE pause (
    pause_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    {_PATIENT},
    until TEXT CHECK (until IS date(until, '+0 days'))
) STRICT""",
    f"""CREATE TABLE archive (
    archive_id INTEGER NOT NULL PRIMARY KEY,
    {_ENTRY},
    {_PATIENT},
    archived INTEGER NOT NULL CHECK (archived IN (0, 1)),
    date TEXT CHECK (date IS date(date, '+0 days')),
    why TEXT CHECK (why IN ('moved-away', 'stopped', 'died', 'other')),
    rules TEXT CHECK (rules IS NULL OR why = 'stopped'),
    CHECK ((archived = 1) = (date IS NOT NULL) AND (archived = 1) = (why IS NOT NULL))
) STRICT""",
    "CREATE INDEX reversal_by_target ON reversal (target_seq, reversal_id, stands)",
    "CREATE INDEX visit_void_by_visit ON visit_void (visit, entry_seq)",
    # With entry_seq, so that the last visit of a kind is still found in the index alone.
    "DROP INDEX visit_version_by_patient",
    "CREATE INDEX visit_version_by_patient ON visit_version (patient_id, kind, protocol, date, visit, version, entry_seq)",
    "CREATE INDEX visit_version_by_edition ON visit_version (edition_id)",
    "CREATE INDEX adverse_event_by_emergency ON adverse_event (escalate) WHERE escalate = 'emergency'",
    "CREATE INDEX toxin_elsewhere_by_patient ON toxin_elsewhere (patient_id, date)",
    "CREATE INDEX appointment_by_patient ON appointment (patient_id, protocol, date, appointment_id)",
    "CREATE INDEX pause_by_patient ON pause (patient_id, pause_id)",
    "CREATE INDEX archive_by_patient ON archive (patient_id, archive_id)",
)

# The two tables of an edition that are built anew: SQLite can neither loosen a CHECK nor drop a NOT NULL in place. A site has one dose, or a
# range around it, or doses per kg and then none of its own; ``optional`` is 1 for a site that is injected only when it is named.
REBUILT_2 = (
    f"""CREATE TABLE edition_site_new (
    edition_id INTEGER NOT NULL REFERENCES edition (edition_id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    site TEXT NOT NULL,
    muscle TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('left', 'right', 'midline')),
    planned_hundredths INTEGER CHECK (planned_hundredths > 0),
    lowest_hundredths INTEGER CHECK (lowest_hundredths > 0),
    highest_hundredths INTEGER CHECK (highest_hundredths > 0),
    planned_per_kg_hundredths INTEGER CHECK (planned_per_kg_hundredths > 0),
    lowest_per_kg_hundredths INTEGER CHECK (lowest_per_kg_hundredths > 0),
    highest_per_kg_hundredths INTEGER CHECK (highest_per_kg_hundredths > 0),
    optional INTEGER CHECK (optional = 1),
    CHECK ((planned_hundredths IS NULL) <> (planned_per_kg_hundredths IS NULL)),
    PRIMARY KEY (edition_id, position)
) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE edition_limit_new (
    edition_id INTEGER NOT NULL REFERENCES edition (edition_id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL CHECK (position >= 1),
    {_ENTRY},
    limit_kind TEXT NOT NULL CHECK (limit_kind IN
        ('site', 'muscles', 'muscle-count', 'session', 'extra', 'cumulative', 'minimum-interval', 'consult-valid', 'other-product-window')),
    subject TEXT,
    level TEXT CHECK (level IN ('note', 'warn', 'stop')),
    sites INTEGER CHECK (sites > 0),
    hundredths INTEGER CHECK (hundredths > 0),
    span_count INTEGER CHECK (span_count >= 0),
    span_unit TEXT CHECK (span_unit {_UNIT}),
    per_kg_hundredths INTEGER CHECK (per_kg_hundredths > 0),
    least_hundredths INTEGER CHECK (least_hundredths > 0),
    least_per_kg_hundredths INTEGER CHECK (least_per_kg_hundredths > 0),
    CHECK ((span_count IS NULL) = (span_unit IS NULL)),
    PRIMARY KEY (edition_id, position)
) STRICT, WITHOUT ROWID""",
    """INSERT INTO edition_site_new (edition_id, position, entry_seq, site, muscle, side, planned_hundredths)
SELECT edition_id, position, entry_seq, site, muscle, side, planned_hundredths FROM edition_site""",
    """INSERT INTO edition_limit_new (edition_id, position, entry_seq, limit_kind, subject, level, sites, hundredths, span_count, span_unit)
SELECT edition_id, position, entry_seq, limit_kind, subject, level, sites, hundredths, span_count, span_unit FROM edition_limit""",
    "DROP TABLE edition_site",
    "DROP TABLE edition_limit",
    "ALTER TABLE edition_site_new RENAME TO edition_site",
    "ALTER TABLE edition_limit_new RENAME TO edition_limit",
)
REBUILT_KEYS_2: dict[str, Sequence[tuple[str, ...]]] = {
    "edition_site": [("edition_id", "position")],
    "edition_limit": [("edition_id", "position")],
}

# Table -> its unique keys, each guarded against INSERT OR REPLACE.
KEYS_2: dict[str, Sequence[tuple[str, ...]]] = {
    "reversal": [("reversal_id",)],
    "visit_void": [("visit_void_id",)],
    "event_resolved": [("visit_version_id", "position")],
    "diary_day": [("patient_id", "day", "entry_seq")],
    "toxin_elsewhere": [("toxin_id",)],
    "appointment": [("appointment_id",)],
    "pause": [("pause_id",)],
    "archive": [("archive_id",)],
}
