"""Last time at the chair: what today's plan alone does not tell, and nothing else."""

from __future__ import annotations

import contextlib
import io
from datetime import date
from pathlib import Path
from unittest import mock

import pytest

from botoxcli.cli.session_last_time import last_session, last_time, show_last_time
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.history import Deviation, PastSession
from botoxcli.files.protocol_yaml import load_protocol

FOLDER = Path(__file__).parents[2] / "protocols"
MIGRAINE, DYSTONIA, LIDS, CHILD = (
    load_protocol(FOLDER / f"{name}.yaml").protocol for name in ("chronic-migraine", "cervical-dystonia", "blepharospasm", "spasticity-child")
)
PLANNED = tuple((site.id, site.hundredths) for site in MIGRAINE.sites_in_order)


def a_session(protocol: str, *doses: tuple[str, int], deviations: tuple[Deviation, ...] = (), on: str = "2026-03-09") -> PastSession:
    total = sum(hundredths for _, hundredths in doses)
    return PastSession(4, date.fromisoformat(on), protocol, "onabotulinumtoxinA", total, deviations, doses=doses)


@pytest.mark.parametrize(
    ("checklist", "session", "words"),
    [
        (Checklist(MIGRAINE), a_session("m", *PLANNED), {}),
        (
            Checklist(MIGRAINE),
            a_session("m", ("procerus", 0), deviations=(Deviation("procerus", "skipped", 500, 0, "scar"),)),
            {"procerus": "skipped (scar)"},
        ),
        (
            Checklist(MIGRAINE),
            a_session("m", ("temporalis-left-5", 500), deviations=(Deviation("temporalis-left-5", "extra", 0, 500),)),
            {"temporalis-left-5": "extra 5 U"},
        ),
        (Checklist(MIGRAINE), a_session("m", ("procerus", 250)), {"procerus": "2.5 U"}),
        (Checklist(MIGRAINE), a_session("m", ("procerus-2", 500)), {"procerus-2": "5 U"}),
        (Checklist(DYSTONIA), a_session("d", ("splenius-capitis-left-1", 3000)), {"splenius-capitis-left-1": "30 U"}),
        (Checklist(DYSTONIA), a_session("d", ("splenius-capitis-left-1", 500)), {"splenius-capitis-left-1": "5 U"}),
        (
            Checklist(LIDS),
            a_session("b", ("orbicularis-oculi-left-1", 250), ("orbicularis-oculi-left-2", 125)),
            {"orbicularis-oculi-left-1": "2.5 U"},
        ),
        (Checklist(CHILD).at_weight(18_200), a_session("c", ("brachialis-left", 2000)), {"brachialis-left": "20 U"}),
        (Checklist(CHILD), a_session("c", ("brachialis-left", 2000)), {"brachialis-left": "20 U"}),
    ],
    ids=[
        "as planned",
        "skipped",
        "extra",
        "another edition's dose",
        "a site that is gone",
        "optional",
        "optional, the usual one",
        "of a range",
        "per kg",
        "no weight yet",
    ],
)
def test_what_is_said_of_a_site(checklist: Checklist, session: PastSession, words: dict[str, str]) -> None:
    assert last_time(session, checklist) == words


def test_sessions_after_the_day_and_of_other_protocols_do_not_count() -> None:
    sessions = [a_session("d", on="2026-01-05"), a_session("m", on="2026-02-05"), a_session("d", on="2026-05-05")]
    assert last_session(sessions, "d", date(2026, 5, 4)) is sessions[0]
    assert last_session(sessions, "d", date(2026, 5, 5)) is sessions[2]
    assert last_session(sessions, "x", date(2026, 5, 5)) is None


def test_the_lines_before_the_questions() -> None:
    told = io.StringIO()
    doses = (("splenius-capitis-left-1", 3000), ("sternocleidomastoid-right-1", 2000))
    with mock.patch.dict("os.environ", {"COLUMNS": "80"}), contextlib.redirect_stderr(told):
        show_last_time(a_session("d", *doses), Checklist(DYSTONIA))
        show_last_time(None, Checklist(DYSTONIA))
    assert told.getvalue() == (
        "Last session: 2026-03-09 (visit 4), 50 U.\n"
        "  Given then: splenius-capitis-left-1 30 U, sternocleidomastoid-right-1 20 U\n"
        "First session under this protocol.\n"
    )


def test_the_ledger_gives_the_doses_of_every_site(visited: Path) -> None:
    from botoxcli.store.reader import open_ledger

    with open_ledger(visited) as reader:
        (last,) = reader.patient_history(1).sessions
    assert last.doses == (("procerus", 500), ("corrugator-left", 250), ("corrugator-right", 0))
