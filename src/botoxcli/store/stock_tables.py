"""The stock, as rows. Conventions as in ``tables``."""

from __future__ import annotations

from botoxcli.store.tables import Recorded, key_column


class VialRow(Recorded, table=True):
    __tablename__ = "vial"
    vial_id: int = key_column()
    date: str
    product: str
    hundredths: int


class VialLabelRow(Recorded, table=True):
    __tablename__ = "vial_label"
    vial_label_id: int = key_column()
    vial_id: int
    lot: str
    lot_key: str
    expires: str


class VialDiscardRow(Recorded, table=True):
    __tablename__ = "vial_discard"
    vial_discard_id: int = key_column()
    vial_id: int
    date: str
    reason: str


class LotRecallRow(Recorded, table=True):
    __tablename__ = "lot_recall"
    lot_recall_id: int = key_column()
    lot: str
    lot_key: str
    date: str
