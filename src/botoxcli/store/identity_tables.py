"""Who a patient is, as rows. Conventions as in ``tables``."""

from __future__ import annotations

from botoxcli.store.tables import Recorded, key_column


class PatientRow(Recorded, table=True):
    __tablename__ = "patient"
    patient_id: int = key_column()
    code: str


class IdentityRow(Recorded, table=True):
    __tablename__ = "identity"
    identity_id: int = key_column()
    patient_id: int
    commitment: str
    salt: str | None = None
    name: str | None = None
    born: str | None = None
