"""The sheets before and after a session: each rule's hour, right across a change of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from botoxcli.clinic.care_sheet import aftercare, pre_care
from botoxcli.clinic.dates import Span
from botoxcli.clinic.instants import moment_text, parse_moment
from botoxcli.clinic.protocol import AftercareRule, Protocol
from botoxcli.errors import ValueRefused

NEW_YORK, BERLIN, LORD_HOWE = "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"

# zone, appointment, alcohol from (24 elapsed hours before), anti-inflammatories from (3 days before, at the same hour)
SHEETS = {
    "an ordinary week": (NEW_YORK, "2026-02-16T10:00", "Sun 2026-02-15 10:00 EST", "Fri 2026-02-13 10:00 EST"),
    "New York, the day after spring forward": (NEW_YORK, "2026-03-09T10:00", "Sun 2026-03-08 10:00 EDT", "Fri 2026-03-06 10:00 EST"),
    "New York, on the day of spring forward": (NEW_YORK, "2026-03-08T10:00", "Sat 2026-03-07 09:00 EST", "Thu 2026-03-05 10:00 EST"),
    "New York, on the day of fall back": (NEW_YORK, "2026-11-01T10:00", "Sat 2026-10-31 11:00 EDT", "Thu 2026-10-29 10:00 EDT"),
    "New York, the day after fall back": (NEW_YORK, "2026-11-02T10:00", "Sun 2026-11-01 10:00 EST", "Fri 2026-10-30 10:00 EDT"),
    "Berlin, on the day of spring forward": (BERLIN, "2026-03-29T10:00", "Sat 2026-03-28 09:00 CET", "Thu 2026-03-26 10:00 CET"),
    "Berlin, on the day of fall back": (BERLIN, "2026-10-25T10:00", "Sat 2026-10-24 11:00 CEST", "Thu 2026-10-22 10:00 CEST"),
    "Lord Howe moves by half an hour, spring": (LORD_HOWE, "2026-10-04T10:00", "Sat 2026-10-03 09:30 +1030", "Thu 2026-10-01 10:00 +1030"),
    "Lord Howe moves by half an hour, autumn": (LORD_HOWE, "2026-04-05T10:00", "Sat 2026-04-04 10:30 +11", "Thu 2026-04-02 10:00 +11"),
    "3 days back into an hour that is skipped": (BERLIN, "2026-04-01T02:30", "Tue 2026-03-31 02:30 CEST", "Sun 2026-03-29 03:30 CEST"),
    "3 days back into an hour shown twice: the first": (BERLIN, "2026-10-28T02:30", "Tue 2026-10-27 02:30 CET", "Sun 2026-10-25 02:30 CEST"),
    "the same at Lord Howe": (LORD_HOWE, "2026-04-08T01:45", "Tue 2026-04-07 01:45 +1030", "Sun 2026-04-05 01:45 +11"),
    "back over the new year": (BERLIN, "2027-01-02T08:15", "Fri 2027-01-01 08:15 CET", "Wed 2026-12-30 08:15 CET"),
}


@pytest.mark.parametrize(("zone", "when", "alcohol", "nsaids"), SHEETS.values(), ids=SHEETS.keys())
def test_the_hour_from_which_each_rule_holds(protocol: Protocol, zone: str, when: str, alcohol: str, nsaids: str) -> None:
    at = parse_moment(when, zone=zone, where="--for")
    starts = {line.rule: moment_text(line.starts) for line in pre_care(protocol, at)}
    assert starts == {"alcohol": alcohol, "nsaids": nsaids, "blood-thinners": nsaids}


@pytest.mark.parametrize(("zone", "when"), [(row[0], row[1]) for row in SHEETS.values()], ids=SHEETS.keys())
def test_24_hours_without_alcohol_are_24_hours(protocol: Protocol, zone: str, when: str) -> None:
    at = parse_moment(when, zone=zone, where="--for")
    starts = next(line.starts for line in pre_care(protocol, at) if line.rule == "alcohol")
    assert at.astimezone(UTC) - starts.astimezone(UTC) == timedelta(hours=24)


def test_the_rule_that_starts_first_stands_at_the_top(protocol: Protocol) -> None:
    lines = pre_care(protocol, parse_moment("2026-03-09T10:00", zone=BERLIN, where="--for"))
    assert [line.rule for line in lines] == ["blood-thinners", "nsaids", "alcohol"]
    assert all(line.source == "practice" and line.why for line in lines)


def test_nobody_is_told_to_stop_a_blood_thinner(protocol: Protocol) -> None:
    actions = {line.rule: line.action for line in pre_care(protocol, parse_moment("2026-03-09T10:00", zone=BERLIN, where="--for"))}
    assert actions == {"alcohol": "avoid", "nsaids": "avoid", "blood-thinners": "ask-the-prescriber"}
    assert protocol.pre_care.always.startswith("Keep taking prescribed aspirin, clopidogrel, warfarin")


# zone, hour, what is said of it
@pytest.mark.parametrize(
    ("zone", "when", "why"),
    [
        (NEW_YORK, "2026-03-08T02:30", "skips this hour on 2026-03-08"),
        (BERLIN, "2026-03-29T02:00", "skips this hour on 2026-03-29"),
        (LORD_HOWE, "2026-10-04T02:15", "skips this hour on 2026-10-04"),
        (NEW_YORK, "2026-11-01T01:30", "shows this hour twice: 2026-11-01T01:30-04:00 or 2026-11-01T01:30-05:00"),
        (BERLIN, "2026-10-25T02:00", "shows this hour twice: 2026-10-25T02:00+02:00 or 2026-10-25T02:00+01:00"),
        (LORD_HOWE, "2026-04-05T01:45", "shows this hour twice: 2026-04-05T01:45+11:00 or 2026-04-05T01:45+10:30"),
    ],
)
def test_an_appointment_at_an_hour_that_is_skipped_or_doubled_is_refused(zone: str, when: str, why: str) -> None:
    with pytest.raises(ValueRefused, match=r"^--for: ") as refused:
        parse_moment(when, zone=zone, where="--for")
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("zone", "when"),
    [(NEW_YORK, "2026-03-08T03:00"), (NEW_YORK, "2026-03-08T01:59"), (BERLIN, "2026-10-25T01:59"), (BERLIN, "2026-10-25T03:00"),
     (LORD_HOWE, "2026-10-04T02:30"), (LORD_HOWE, "2026-04-05T01:29"), (LORD_HOWE, "2026-04-05T02:00")],
)  # fmt: skip
def test_the_hours_beside_them_are_taken(zone: str, when: str) -> None:
    assert parse_moment(when, zone=zone, where="--for").isoformat()[:16] == when


@pytest.mark.parametrize(("offset", "hours"), [("+02:00", 23), ("+01:00", 24)], ids=["the first 02:30", "the second"])
def test_a_doubled_hour_with_its_offset(protocol: Protocol, offset: str, hours: int) -> None:
    at = parse_moment(f"2026-10-25T02:30{offset}", zone=BERLIN, where="--for")
    assert at.astimezone(UTC).hour == {"+02:00": 0, "+01:00": 1}[offset]
    starts = next(line.starts for line in pre_care(protocol, at) if line.rule == "alcohol")
    assert moment_text(starts) == {23: "Sat 2026-10-24 02:30 CEST", 24: "Sat 2026-10-24 03:30 CEST"}[hours]


# After the session: until when nothing is rubbed (24 hours) and nothing strenuous is done (the rest of the day)
@pytest.mark.parametrize(
    ("zone", "at", "rubbing"),
    [
        (BERLIN, "2026-03-09T10:00", "until Tue 2026-03-10 10:00 CET"),
        (BERLIN, "2026-03-28T10:00", "until Sun 2026-03-29 11:00 CEST"),
        (BERLIN, "2026-10-24T10:00", "until Sun 2026-10-25 09:00 CET"),
    ],
    ids=["an ordinary day", "before spring forward", "before fall back"],
)
def test_the_aftercare_sheet(protocol: Protocol, zone: str, at: str, rubbing: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
    lines = {line.rule: line for line in aftercare(protocol, on=moment.date(), at=moment, zone=zone)}
    assert lines["no-rubbing"].until_words == rubbing
    assert lines["nothing-strenuous"].until_words == f"for the rest of {at[:10]}"
    assert lines["nothing-strenuous"].until == datetime.fromisoformat(f"{at[:10]}T23:59").replace(tzinfo=ZoneInfo(zone))


def test_the_aftercare_sheet_without_the_sessions_hour(protocol: Protocol) -> None:
    lines = {line.rule: line for line in aftercare(protocol, on=date(2026, 3, 9), at=None, zone=BERLIN)}
    assert lines["no-rubbing"].until_words == "for 24 hours, until 2026-03-10 at the hour of the session"
    assert lines["no-rubbing"].until is None


@pytest.mark.parametrize(
    ("lasts", "words"),
    [
        (Span(12, "hours"), "for 12 hours after the session"),
        (Span(48, "hours"), "for 48 hours, until 2026-03-11 at the hour of the session"),
        (Span(1, "weeks"), "for 1 week, until 2026-03-16 at the hour of the session"),
    ],
    ids=str,
)
def test_other_spans_without_the_sessions_hour(protocol: Protocol, lasts: Span, words: str) -> None:
    rule = AftercareRule(id="no-hat", what="No tight hat.", lasts=lasts, source="practice")
    own = protocol.model_copy(update={"aftercare": protocol.aftercare.model_copy(update={"rules": (rule,)})})
    assert [line.until_words for line in aftercare(own, on=date(2026, 3, 9), at=None, zone=BERLIN)] == [words]
