"""The ledger's tables as SQLModel sees them, for writing: here what every change has, by kind beside it. The schema itself is made by
``steps``; a test holds the two equal.

Conventions. A class takes a millisecond or two to make, so each ``*_tables`` is loaded by the change that writes such a row. Values are as SQLite
keeps them: dates and instants are text, doses hundredths of a unit. These classes validate nothing: a record did before, and the CHECKs do after.
No table is ever created from here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import AutoString


@compiles(AutoString, "sqlite")  # a STRICT table knows no VARCHAR
def _text(_type: AutoString, _compiler: Any, **_options: Any) -> str:
    return "TEXT"


def key_column() -> Any:
    """A primary key that the program gives; SQLAlchemy is never to ask the database for one."""
    return Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class Row(SQLModel):
    """A row of a table of ours."""

    metadata = MetaData()


class Recorded(Row):
    """A row that one change wrote, under the number of its entry."""

    entry_seq: int


class EntryRow(Row, table=True):
    __tablename__ = "entry"
    seq: int = key_column()
    at: str
    actor: str
    command: str
    change_key: str | None = None
    program: str
    hash: str


class SettingRow(Recorded, table=True):
    __tablename__ = "setting"
    setting_id: int = key_column()
    name: str
    value: str


class ReversalRow(Recorded, table=True):
    __tablename__ = "reversal"
    reversal_id: int = key_column()
    target_seq: int
    stands: int


class FreeTextRow(Recorded, table=True):
    __tablename__ = "free_text"
    free_text_id: int = key_column()
    patient_id: int | None = None
    visit_version_id: int | None = None
    about: str
    commitment: str
    salt: str | None = None
    content: str | None = None


class DraftRow(Row, table=True):
    __tablename__ = "draft"
    draft_id: int = key_column()
    kind: str
    patient_code: str
    change_key: str
    started_at: str
    saved_at: str
    content: str
