"""Step 3 of the schema: what a lawful erasure blanked, and by which entry.

Conventions as in ``steps``. A row of ``identity`` or ``free_text`` may be blank only when a row here names it: verification holds both against
each other. ``patient_id`` is the patient who was forgotten; it is NULL where a whole export was made without identities.
"""

from __future__ import annotations

from collections.abc import Sequence

TABLES_3 = (
    """CREATE TABLE erasure (
    erasure_id INTEGER NOT NULL PRIMARY KEY,
    entry_seq INTEGER NOT NULL REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
    patient_id INTEGER REFERENCES patient (patient_id) DEFERRABLE INITIALLY DEFERRED,
    erased_table TEXT NOT NULL CHECK (erased_table IN ('identity', 'free_text')),
    erased_id INTEGER NOT NULL,
    UNIQUE (erased_table, erased_id)
) STRICT""",
    "CREATE INDEX erasure_by_patient ON erasure (patient_id)",
    # The last backup is asked for every morning.
    "CREATE INDEX entry_of_backup ON entry (seq, at) WHERE command = 'ledger backup'",
)

# Table -> its unique keys, each guarded against INSERT OR REPLACE.
KEYS_3: dict[str, Sequence[tuple[str, ...]]] = {"erasure": [("erasure_id",), ("erased_table", "erased_id")]}
