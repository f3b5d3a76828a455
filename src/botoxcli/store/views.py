"""The public read interface: SQL views with plain names, for this program and for a person with ``sqlite3``, R or a notebook.

Conventions. Only what stands is shown: of each visit its latest version, and nothing that an undone entry wrote or that was voided;
the ``*_history`` views alone show every version, with ``standing`` in ``visit_history`` to tell them apart. Doses are hundredths of a
unit, dates ISO text, instants UTC. ``patient`` is the code; names stand in ``patient_now`` alone. The views hold no data and are made
afresh after every migration; a change of a view is therefore a (perhaps empty) step of the schema. The daily ones (``course_now``,
``last_*``, ``open_event``, ``emergency_event``) reach the history through its indexes only, however long it has grown.
"""

from __future__ import annotations

# ruff: noqa: S608 - put together from the constants of this file only


def _stands(row: str) -> str:
    """The row's entry is not undone: the latest word about it, if any, lets it stand."""
    return f"coalesce((SELECT r.stands FROM reversal r WHERE r.target_seq = {row}.entry_seq ORDER BY r.reversal_id DESC LIMIT 1), 1) = 1"


def _newest(row: str) -> str:
    """No later version of the visit stands."""
    later = f"later.visit = {row}.visit AND later.version > {row}.version AND {_stands('later')}"
    return f"NOT EXISTS (SELECT 1 FROM visit_version later WHERE {later})"


def _void(row: str) -> str:
    """The visit was voided, and that stands."""
    return f"EXISTS (SELECT 1 FROM visit_void void WHERE void.visit = {row}.visit AND {_stands('void')})"


def _current(row: str) -> str:
    """The one version of a visit that counts now."""
    return f"{_stands(row)} AND {_newest(row)} AND NOT {_void(row)}"


def _latest(table: str, key: str, owner: str) -> str:
    """The row of a table that counts now for what ``owner`` says (``patient_id = p.patient_id``): the last one that stands."""
    return f"(SELECT x.{key} FROM {table} x WHERE x.{owner} AND {_stands('x')} ORDER BY x.{key} DESC LIMIT 1)"


# The spelling of a lot that stands now: the vial's latest label, or what an imported session told.
_LABEL = _latest("vial_label", "vial_label_id", "vial_id = u.vial_id")
_LOT_NOW = f"coalesce(u.lot, (SELECT l.lot FROM vial_label l WHERE l.vial_label_id = {_LABEL}))"


def _reason(version: str, about: str) -> str:
    return f"(SELECT t.content FROM free_text t WHERE t.visit_version_id = {version} AND t.about = {about} ORDER BY t.free_text_id LIMIT 1)"


def _entry_reason(row: str, about: str = "'reason'") -> str:
    return f"(SELECT t.content FROM free_text t WHERE t.entry_seq = {row}.entry_seq AND t.about = {about} ORDER BY t.free_text_id LIMIT 1)"


def _head(base: str, more: str = "") -> str:
    """A visit's line, over the versions that stand or over all of them."""
    return f"""
SELECT v.visit, v.visit_version_id, v.patient_id, p.code AS patient, v.kind, v.date, v.protocol, e.label AS edition, e.sha256 AS edition_sha256,
    CASE WHEN v.origin = 'imported' THEN 'imported' WHEN v.version > 1 THEN 'amended'
        WHEN s.ended_early = 1 THEN 'ended-early' ELSE 'recorded' END AS state,
    CASE v.kind WHEN 'session' THEN
        (SELECT sum(i.hundredths) FROM injection i WHERE i.visit_version_id = v.visit_version_id) END AS units_hundredths,
    (SELECT group_concat(lot, ', ') FROM (
        SELECT {_LOT_NOW} AS lot, min(u.position) AS first FROM vial_use u
        WHERE u.visit_version_id = v.visit_version_id GROUP BY 1 ORDER BY 2)) AS lots,
    c.decision, c.decided, n.at AS recorded_at, n.actor AS recorded_by, v.edition_id,
    v.version, coalesce(s.ended_early, 0) AS ended_early{more}
FROM {base} v
JOIN patient p ON p.patient_id = v.patient_id
JOIN edition e ON e.edition_id = v.edition_id
JOIN entry n ON n.seq = v.entry_seq
LEFT JOIN consult_detail c ON c.visit_version_id = v.visit_version_id
LEFT JOIN session_detail s ON s.visit_version_id = v.visit_version_id"""


def _last_version(kind: str) -> str:
    """Of the patient ``p`` under the protocol ``q`` the last standing visit of a kind, by date and then by number."""
    return f"""(
    SELECT s.visit_version_id FROM visit_version s
    WHERE s.patient_id = p.patient_id AND s.kind = '{kind}' AND s.protocol = q.protocol AND {_current("s")}
    ORDER BY s.date DESC, s.visit DESC LIMIT 1)"""


_PROTOCOLS = "(SELECT DISTINCT protocol FROM edition) q"


def _last(kind: str, columns: str = "", join: str = "") -> str:
    """The same of every patient and protocol."""
    return f"""
SELECT p.patient_id, p.code AS patient, q.protocol, v.visit, v.date, v.edition_id{columns}
FROM patient p
CROSS JOIN {_PROTOCOLS}
CROSS JOIN visit_version v ON v.visit_version_id = {_last_version(kind)}{join}"""


# What later follow-ups told of an event's end. Few of them tell of any: only of those it is asked whether they stand.
_TOLD_RESOLVED = f"""FROM visit_version w
        CROSS JOIN event_resolved x ON x.visit_version_id = w.visit_version_id
        CROSS JOIN visit_version t ON t.visit_version_id = x.visit_version_id
        WHERE w.patient_id = v.patient_id AND w.kind = 'follow-up' AND w.protocol = v.protocol
            AND x.event = a.event AND x.resolved_on >= coalesce(a.onset, v.date) AND {_current("t")}"""
# When it ended, as they told it: the first such day that is not before the event's own.
_RESOLVED_LATER = f"(SELECT min(x.resolved_on) {_TOLD_RESOLVED})"


def _events(which: str, columns: str = "") -> str:
    return f"""
SELECT v.patient_id, p.code AS patient, v.protocol, v.visit, coalesce(a.onset, v.date) AS date, a.event, a.severity, a.escalate{columns}
FROM adverse_event a
CROSS JOIN visit_version v ON v.visit_version_id = a.visit_version_id
CROSS JOIN patient p ON p.patient_id = v.patient_id
WHERE {which} AND {_current("v")}"""


def _lines(base: str, table: str, columns: str) -> str:
    return f"""
SELECT v.visit, p.code AS patient, v.kind, v.date, v.protocol, a.position, {columns}, v.visit_version_id, v.patient_id
FROM {base} v JOIN patient p ON p.patient_id = v.patient_id JOIN {table} a ON a.visit_version_id = v.visit_version_id"""


def _of_visits(base: str, suffix: str) -> dict[str, str]:
    """What belongs to a visit, over the versions that stand (``_line``) or over every one (``_history``)."""
    ended = f"coalesce(a.resolved_on, {_RESOLVED_LATER})" if suffix == "line" else "a.resolved_on"
    return {
        f"answer_{suffix}": _lines(base, "answer", "a.question, a.value"),
        f"finding_{suffix}": _lines(
            base,
            "finding",
            "a.finding, a.level, a.met, a.because, a.source, a.resolution, "
            f"CASE a.resolution WHEN 'overridden' THEN {_reason('a.visit_version_id', chr(39) + 'override:' + chr(39) + ' || a.finding')} "
            "END AS reason",
        ),
        f"injection_{suffix}": f"""
SELECT v.visit, p.code AS patient, v.date, a.site, a.muscle, a.side, a.planned_hundredths, a.hundredths, a.state, s.product, v.protocol, a.position,
    {_reason("a.visit_version_id", "'site:' || a.site")} AS reason, v.visit_version_id, v.patient_id
FROM {base} v
JOIN patient p ON p.patient_id = v.patient_id
JOIN session_detail s ON s.visit_version_id = v.visit_version_id
JOIN injection a ON a.visit_version_id = v.visit_version_id""",
        f"vial_use_{suffix}": f"""
SELECT v.visit, p.code AS patient, v.date, u.position, u.vial_id, {_LOT_NOW} AS lot,
    (SELECT l.expires FROM vial_label l WHERE l.vial_label_id = {_LABEL}) AS expires,
    u.drawn_hundredths, u.given_hundredths, u.wasted_hundredths, v.visit_version_id, v.patient_id
FROM {base} v JOIN patient p ON p.patient_id = v.patient_id JOIN vial_use u ON u.visit_version_id = v.visit_version_id""",
        f"event_{suffix}": _lines(
            base,
            "adverse_event",
            f"a.event, a.severity, a.onset, a.related, a.escalate, {ended} AS resolved_on, a.resolved_on AS told_resolved_on",
        ),
        f"event_resolved_{suffix}": _lines(base, "event_resolved", "a.event, a.resolved_on"),
        "visit_detail" if suffix == "line" else "visit_detail_history": f"""
SELECT v.visit, coalesce(c.jurisdiction, s.jurisdiction) AS jurisdiction, {_reason("v.visit_version_id", "'decision'")} AS reason,
    s.product, s.diluent_ul, s.reconstituted_at, s.minutes, s.injector, v.visit_version_id, v.patient_id
FROM {base} v
LEFT JOIN consult_detail c ON c.visit_version_id = v.visit_version_id
LEFT JOIN session_detail s ON s.visit_version_id = v.visit_version_id""",
    }


_OF_PATIENT = "patient_id = p.patient_id"

# In this order: a view may use those above it.
VIEWS: dict[str, str] = {
    "withdrawn_entry": """
SELECT r.target_seq AS seq, r.entry_seq AS withdrawn_by FROM reversal r
WHERE r.stands = 0 AND NOT EXISTS (SELECT 1 FROM reversal n WHERE n.target_seq = r.target_seq AND n.reversal_id > r.reversal_id)""",
    "setting_now": f"""
SELECT s.name, s.value FROM setting s WHERE s.setting_id = {_latest("setting", "setting_id", "name = s.name")}""",
    "patient_now": f"""
SELECT p.patient_id, p.code, i.name, i.born,
    (SELECT e.at FROM identity f JOIN entry e ON e.seq = f.entry_seq WHERE f.patient_id = p.patient_id AND {_stands("f")}
        ORDER BY f.identity_id LIMIT 1) AS since,
    coalesce(a.archived, 0) AS archived, a.date AS archived_on, a.why AS archived_why, a.rules AS archived_rules, b.until AS paused_until
FROM patient p
CROSS JOIN identity i ON i.identity_id = {_latest("identity", "identity_id", _OF_PATIENT)}
LEFT JOIN archive a ON a.archive_id = {_latest("archive", "archive_id", _OF_PATIENT)}
LEFT JOIN pause b ON b.pause_id = {_latest("pause", "pause_id", _OF_PATIENT)}""",
    "identity_history": f"""
SELECT i.identity_id, i.patient_id, p.code AS patient, i.name, i.born, n.at AS recorded_at, n.actor AS recorded_by, {_entry_reason("i")} AS reason,
    {_stands("i")} AS stands
FROM identity i JOIN patient p ON p.patient_id = i.patient_id JOIN entry n ON n.seq = i.entry_seq""",
    "visit_now": f"""
SELECT v.visit, v.version, v.visit_version_id, v.patient_id, v.kind, v.protocol, v.edition_id, v.date, v.origin, v.entry_seq
FROM visit_version v WHERE {_current("v")}""",
    "current_visit": _head("visit_now"),
    "visit_history": _head(
        "visit_version",
        f""",
    v.entry_seq, CASE WHEN NOT ({_stands("v")}) THEN 'undone' WHEN NOT ({_newest("v")}) THEN 'replaced' WHEN {_void("v")} THEN 'void'
        ELSE 'current' END AS standing, {_entry_reason("v")} AS reason""",
    ),
    "void_line": f"""
SELECT w.visit, n.at AS voided_at, n.actor AS voided_by, {_entry_reason("w")} AS reason, w.entry_seq
FROM visit_void w JOIN entry n ON n.seq = w.entry_seq WHERE {_stands("w")}""",
    **_of_visits("visit_now", "line"),
    **_of_visits("visit_version", "history"),
    "vial_line": f"""
SELECT v.vial_id, l.lot, l.lot_key, v.product, v.hundredths, l.expires,
    CASE WHEN u.vial_id IS NOT NULL THEN 'used' WHEN d.vial_id IS NOT NULL THEN 'discarded' ELSE 'unused' END AS state,
    EXISTS (SELECT 1 FROM lot_recall c WHERE c.lot_key = l.lot_key AND {_stands("c")}) AS recalled,
    w.visit, u.given_hundredths, u.wasted_hundredths, d.reason AS discard_reason, d.date AS discard_date, v.date AS in_stock_since
FROM vial v
JOIN vial_label l ON l.vial_label_id = {_latest("vial_label", "vial_label_id", "vial_id = v.vial_id")}
LEFT JOIN vial_use u ON u.vial_id = v.vial_id AND EXISTS (
    SELECT 1 FROM visit_version o WHERE o.visit_version_id = u.visit_version_id AND {_current("o")})
LEFT JOIN visit_version w ON w.visit_version_id = u.visit_version_id
LEFT JOIN vial_discard d ON d.vial_discard_id = {_latest("vial_discard", "vial_discard_id", "vial_id = v.vial_id")}
WHERE {_stands("v")}""",
    "vial_spelling": f"""
SELECT l.vial_id, l.vial_label_id, l.lot, l.lot_key
FROM vial_label l JOIN vial v ON v.vial_id = l.vial_id WHERE {_stands("l")} AND {_stands("v")}""",
    "course_now": f"""
SELECT p.patient_id, p.code AS patient, q.protocol, coalesce(a.archived, 0) AS archived, a.date AS archived_on, a.rules AS archived_rules,
    b.until AS paused_until, s.visit AS session, s.date AS session_date, s.edition_id AS session_edition_id,
    c.visit AS consult, c.date AS consult_date, c.edition_id AS consult_edition_id, d.decision, d.decided,
    f.visit AS follow_up, f.date AS follow_up_date, f.edition_id AS follow_up_edition_id,
    (SELECT max(y.date) FROM appointment y
        WHERE y.patient_id = p.patient_id AND y.protocol = q.protocol AND y.kind = 'declined' AND {_stands("y")}) AS declined_on
FROM patient p
LEFT JOIN archive a ON a.archive_id = {_latest("archive", "archive_id", _OF_PATIENT)}
LEFT JOIN pause b ON b.pause_id = {_latest("pause", "pause_id", _OF_PATIENT)}
CROSS JOIN {_PROTOCOLS}
LEFT JOIN visit_version s ON s.visit_version_id = {_last_version("session")}
LEFT JOIN visit_version c ON c.visit_version_id = {_last_version("consult")}
LEFT JOIN consult_detail d ON d.visit_version_id = c.visit_version_id
LEFT JOIN visit_version f ON f.visit_version_id = {_last_version("follow-up")}
WHERE coalesce(s.visit, c.visit, f.visit) IS NOT NULL""",
    "last_session": _last("session"),
    "last_consult": _last("consult", ", c.decision, c.decided", "\nCROSS JOIN consult_detail c ON c.visit_version_id = v.visit_version_id"),
    "last_follow_up": _last("follow-up"),
    "open_event": _events(
        f"a.escalate IN ('emergency', 'review') AND a.escalate IS NOT NULL AND a.resolved_on IS NULL AND NOT EXISTS (SELECT 1 {_TOLD_RESOLVED})"
    ),
    "emergency_event": _events("a.escalate = 'emergency'", f",\n    coalesce(a.resolved_on, {_RESOLVED_LATER}) AS resolved_on"),
    "diary_line": f"""
SELECT d.patient_id, p.code AS patient, d.day, d.headache, d.hours_hundredths, d.migraine, d.severity, d.acute
FROM diary_day d JOIN patient p ON p.patient_id = d.patient_id
WHERE {_stands("d")} AND NOT EXISTS (
    SELECT 1 FROM diary_day later WHERE later.patient_id = d.patient_id AND later.day = d.day AND later.entry_seq > d.entry_seq
        AND {_stands("later")})""",
    "toxin_line": f"""
SELECT x.patient_id, p.code AS patient, x.date, x.product, x.hundredths, {_entry_reason("x", "'toxin:' || x.toxin_id")} AS note, x.toxin_id
FROM toxin_elsewhere x JOIN patient p ON p.patient_id = x.patient_id WHERE {_stands("x")}""",
    "appointment_line": f"""
SELECT a.patient_id, p.code AS patient, a.protocol, a.kind, a.date, a.moved_to, {_entry_reason("a")} AS reason, n.at AS recorded_at,
    n.actor AS recorded_by, a.appointment_id
FROM appointment a JOIN patient p ON p.patient_id = a.patient_id JOIN entry n ON n.seq = a.entry_seq WHERE {_stands("a")}""",
    "pause_line": f"""
SELECT b.patient_id, p.code AS patient, b.until, {_entry_reason("b")} AS reason, n.at AS recorded_at, n.actor AS recorded_by, b.pause_id
FROM pause b JOIN patient p ON p.patient_id = b.patient_id JOIN entry n ON n.seq = b.entry_seq WHERE {_stands("b")}""",
    "archive_line": f"""
SELECT a.patient_id, p.code AS patient, a.archived, a.date, a.why, a.rules, {_entry_reason("a")} AS reason, n.at AS recorded_at,
    n.actor AS recorded_by, a.archive_id
FROM archive a JOIN patient p ON p.patient_id = a.patient_id JOIN entry n ON n.seq = a.entry_seq WHERE {_stands("a")}""",
    "lot_line": f"""
SELECT k.lot_key, {_LOT_NOW} AS lot, v.visit, v.patient_id, p.code AS patient, v.date, v.protocol, s.product, u.given_hundredths,
    (SELECT group_concat(site, ', ') FROM (
        SELECT i.site FROM injection i WHERE i.visit_version_id = v.visit_version_id AND i.hundredths > 0 ORDER BY i.position)) AS sites,
    (SELECT max(c.date) FROM visit_now c WHERE c.patient_id = v.patient_id) AS last_contact, u.vial_id
FROM vial_use u
JOIN visit_now v ON v.visit_version_id = u.visit_version_id
JOIN patient p ON p.patient_id = v.patient_id
JOIN session_detail s ON s.visit_version_id = v.visit_version_id
LEFT JOIN vial_label k ON k.vial_id = u.vial_id AND {_stands("k")} AND NOT EXISTS (
    SELECT 1 FROM vial_label b
    WHERE b.vial_id = k.vial_id AND b.lot_key = k.lot_key AND b.vial_label_id < k.vial_label_id AND {_stands("b")})""",
    "session_audit": """
SELECT v.visit, v.patient_id, v.patient, v.date, v.protocol, v.state, v.recorded_at, v.recorded_by,
    (SELECT a.value FROM answer a WHERE a.visit_version_id = v.visit_version_id AND a.question = 'consent') AS consent,
    (SELECT a.value FROM answer a WHERE a.visit_version_id = v.visit_version_id AND a.question = 'aftercare') AS aftercare,
    s.diluent_ul, s.reconstituted_at, s.minutes, s.injector, v.units_hundredths,
    (SELECT count(*) FROM vial_use u WHERE u.visit_version_id = v.visit_version_id) AS vials,
    (SELECT coalesce(sum(u.given_hundredths), 0) FROM vial_use u WHERE u.visit_version_id = v.visit_version_id) AS given_hundredths,
    (SELECT count(*) FROM vial_use u WHERE u.visit_version_id = v.visit_version_id
        AND u.given_hundredths + u.wasted_hundredths IS NOT u.drawn_hundredths) AS unbalanced_vials,
    (SELECT min(b.date) FROM visit_now b WHERE b.patient_id = v.patient_id AND b.kind = 'session' AND b.protocol = v.protocol
        AND b.date > v.date) AS next_session
FROM current_visit v JOIN session_detail s ON s.visit_version_id = v.visit_version_id WHERE v.kind = 'session'""",
    "entry_line": f"""
SELECT n.seq, n.at, n.actor, n.command, n.change_key, n.hash, n.program,
    coalesce(
        (SELECT v.visit FROM visit_version v WHERE v.entry_seq = n.seq ORDER BY v.visit_version_id LIMIT 1),
        (SELECT w.visit FROM visit_void w WHERE w.entry_seq = n.seq ORDER BY w.visit_void_id LIMIT 1)) AS visit,
    (SELECT t.content FROM free_text t WHERE t.entry_seq = n.seq AND t.about = 'reason' ORDER BY t.free_text_id LIMIT 1) AS reason,
    (SELECT r.target_seq FROM reversal r WHERE r.entry_seq = n.seq ORDER BY r.reversal_id LIMIT 1) AS reverses,
    NOT ({_stands("n").replace("n.entry_seq", "n.seq")}) AS withdrawn
FROM entry n""",
    "entry_patient": """
SELECT DISTINCT t.entry_seq AS seq, p.code AS patient, p.patient_id FROM (
    SELECT entry_seq, patient_id FROM identity UNION ALL SELECT entry_seq, patient_id FROM visit_version
    UNION ALL SELECT entry_seq, patient_id FROM toxin_elsewhere UNION ALL SELECT entry_seq, patient_id FROM appointment
    UNION ALL SELECT entry_seq, patient_id FROM pause UNION ALL SELECT entry_seq, patient_id FROM archive
    UNION ALL SELECT entry_seq, patient_id FROM diary_day UNION ALL SELECT entry_seq, patient_id FROM erasure
    UNION ALL SELECT w.entry_seq, v.patient_id FROM visit_void w JOIN visit_version v ON v.visit = w.visit
) t JOIN patient p ON p.patient_id = t.patient_id""",
    "erasure_line": """
SELECT x.patient_id, p.code AS patient, x.erased_table, x.erased_id, x.entry_seq, n.at AS erased_at, n.actor AS erased_by
FROM erasure x JOIN entry n ON n.seq = x.entry_seq LEFT JOIN patient p ON p.patient_id = x.patient_id""",
    "last_backup": """
SELECT n.seq, n.at, n.actor FROM entry n WHERE n.command = 'ledger backup' ORDER BY n.seq DESC LIMIT 1""",
    "edition_line": f"""
SELECT e.edition_id, e.protocol, e.label AS edition, e.sha256, e.text, (SELECT n.at FROM entry n WHERE n.seq = e.entry_seq) AS pinned_at
FROM edition e
WHERE {_stands("e")} OR EXISTS (SELECT 1 FROM visit_version v WHERE v.edition_id = e.edition_id AND {_stands("v")})""",
    "edition_history": """
SELECT e.edition_id, e.protocol, e.label AS edition, e.sha256, e.text FROM edition e""",
    "follow_up_rule": """
SELECT f.edition_id, f.position, f.kind, f.anchor, f.earliest_count, f.earliest_unit, f.due_count, f.due_unit,
    f.latest_count, f.latest_unit, f.closes_count, f.closes_unit
FROM edition_follow_up f""",
}
