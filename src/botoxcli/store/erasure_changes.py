"""What a change blanks when a patient is forgotten: the one UPDATE that the ledger allows, and the row that says so.

Conventions. Each blanked row is named by a row of ``erasure`` under the change's entry, so that verification finds no blank without one. The words
go, with the salt that they were committed to under; the commitment stays, and so does every hash.
"""

from __future__ import annotations

from collections.abc import Iterable

from botoxcli.store.entry import Entry
from botoxcli.store.steps import ERASABLE, HASHED_TABLES

# ruff: noqa: S608 - names of our own schema


class ErasureChanges(Entry):
    """Erasures."""

    def forget_patient(self, patient_id: int, texts: Iterable[int]) -> int:
        """Blanks every identity of a patient and these texts, and drops the patient's drafts. How many identities were blanked."""
        rows = self._raw.execute("SELECT identity_id FROM identity WHERE patient_id = ? AND salt IS NOT NULL ORDER BY 1", (patient_id,))
        identities = [number for (number,) in rows.fetchall()]
        self._blank(patient_id, "identity", identities)
        self._blank(patient_id, "free_text", texts)
        (code,) = self._raw.execute("SELECT code FROM patient WHERE patient_id = ?", (patient_id,)).fetchone()
        self._raw.execute("DELETE FROM draft WHERE lower(patient_code) = lower(?)", (code,))
        return len(identities)

    def _blank(self, patient_id: int, table: str, numbers: Iterable[int]) -> None:
        from botoxcli.store.patient_tables import ErasureRow

        blank = ", ".join(f"{column} = NULL" for column in ERASABLE[table])
        for number in numbers:
            self._raw.execute(f"UPDATE {table} SET {blank} WHERE {HASHED_TABLES[table][0]} = ? AND salt IS NOT NULL", (number,))
            self._add(
                ErasureRow(
                    erasure_id=self._next(ErasureRow.erasure_id), entry_seq=self.seq, patient_id=patient_id, erased_table=table, erased_id=number
                )
            )
