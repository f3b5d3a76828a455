"""The public read interface: SQL views with plain names, for this program and for a person with ``sqlite3``, R or a notebook.

Conventions. Only what stands is shown: of each visit its latest version. Doses are hundredths of a unit, dates ISO text,
instants UTC. ``patient`` is the code; names stand in ``patient_now`` alone. The views hold no data and are made afresh after
every migration; a change of a view is therefore a (perhaps empty) step of the schema. The daily ones (``last_*``,
``open_event``) reach the history through its indexes only, however long it has grown.
"""

from __future__ import annotations

# ruff: noqa: S608 - put together from the constants of this file only

_NOT_REPLACED = "NOT EXISTS (SELECT 1 FROM visit_version newer WHERE newer.visit = {0}.visit AND newer.version > {0}.version)"

# The spelling of a lot that stands now: the vial's latest label, or what an imported session told.
_LOT_NOW = "coalesce(u.lot, (SELECT l.lot FROM vial_label l WHERE l.vial_id = u.vial_id ORDER BY l.vial_label_id DESC LIMIT 1))"


def _reason(version: str, about: str) -> str:
    return f"(SELECT t.content FROM free_text t WHERE t.visit_version_id = {version} AND t.about = {about} ORDER BY t.free_text_id LIMIT 1)"


def _last(kind: str, columns: str = "", join: str = "") -> str:
    """Of every patient and protocol the last standing visit of a kind, by date and then by number."""
    return f"""
SELECT p.patient_id, p.code AS patient, q.protocol, v.visit, v.date, v.edition_id{columns}
FROM patient p
CROSS JOIN (SELECT DISTINCT protocol FROM edition) q
CROSS JOIN visit_version v ON v.visit_version_id = (
    SELECT s.visit_version_id FROM visit_version s
    WHERE s.patient_id = p.patient_id AND s.kind = '{kind}' AND s.protocol = q.protocol AND {_NOT_REPLACED.format("s")}
    ORDER BY s.date DESC, s.visit DESC LIMIT 1){join}"""


def _lines(table: str, columns: str) -> str:
    return f"""
SELECT v.visit, p.code AS patient, v.kind, v.date, v.protocol, a.position, {columns}, v.visit_version_id, v.patient_id
FROM visit_now v JOIN patient p ON p.patient_id = v.patient_id JOIN {table} a ON a.visit_version_id = v.visit_version_id"""


# In this order: a view may use those above it.
VIEWS: dict[str, str] = {
    "setting_now": """
SELECT s.name, s.value FROM setting s WHERE s.setting_id = (SELECT max(t.setting_id) FROM setting t WHERE t.name = s.name)""",
    "patient_now": """
SELECT p.patient_id, p.code, i.name, i.born, (SELECT e.at FROM entry e WHERE e.seq = p.entry_seq) AS since
FROM patient p LEFT JOIN identity i ON i.identity_id = (SELECT max(j.identity_id) FROM identity j WHERE j.patient_id = p.patient_id)""",
    "visit_now": f"""
SELECT v.visit, v.version, v.visit_version_id, v.patient_id, v.kind, v.protocol, v.edition_id, v.date, v.origin, v.entry_seq
FROM visit_version v WHERE {_NOT_REPLACED.format("v")}""",
    "current_visit": f"""
SELECT v.visit, v.visit_version_id, v.patient_id, p.code AS patient, v.kind, v.date, v.protocol, e.label AS edition, e.sha256 AS edition_sha256,
    CASE WHEN v.origin = 'imported' THEN 'imported' WHEN s.ended_early = 1 THEN 'ended-early' ELSE 'recorded' END AS state,
    CASE v.kind WHEN 'session' THEN
        (SELECT sum(i.hundredths) FROM injection i WHERE i.visit_version_id = v.visit_version_id) END AS units_hundredths,
    (SELECT group_concat(lot, ', ') FROM (
        SELECT {_LOT_NOW} AS lot, min(u.position) AS first FROM vial_use u
        WHERE u.visit_version_id = v.visit_version_id GROUP BY 1 ORDER BY 2)) AS lots,
    c.decision, c.decided, n.at AS recorded_at, n.actor AS recorded_by, v.edition_id
FROM visit_now v
JOIN patient p ON p.patient_id = v.patient_id
JOIN edition e ON e.edition_id = v.edition_id
JOIN entry n ON n.seq = v.entry_seq
LEFT JOIN consult_detail c ON c.visit_version_id = v.visit_version_id
LEFT JOIN session_detail s ON s.visit_version_id = v.visit_version_id""",
    "answer_line": _lines("answer", "a.question, a.value"),
    "finding_line": _lines(
        "finding",
        "a.finding, a.level, a.met, a.because, a.source, a.resolution, "
        f"CASE a.resolution WHEN 'overridden' THEN {_reason('a.visit_version_id', chr(39) + 'override:' + chr(39) + ' || a.finding')} END AS reason",
    ),
    "injection_line": f"""
SELECT v.visit, p.code AS patient, v.date, a.site, a.muscle, a.side, a.planned_hundredths, a.hundredths, a.state, s.product, v.protocol, a.position,
    {_reason("a.visit_version_id", "'site:' || a.site")} AS reason, v.visit_version_id, v.patient_id
FROM visit_now v
JOIN patient p ON p.patient_id = v.patient_id
JOIN session_detail s ON s.visit_version_id = v.visit_version_id
JOIN injection a ON a.visit_version_id = v.visit_version_id""",
    "vial_use_line": f"""
SELECT v.visit, p.code AS patient, v.date, u.position, u.vial_id, {_LOT_NOW} AS lot,
    (SELECT l.expires FROM vial_label l WHERE l.vial_id = u.vial_id ORDER BY l.vial_label_id DESC LIMIT 1) AS expires,
    u.drawn_hundredths, u.given_hundredths, u.wasted_hundredths, v.visit_version_id, v.patient_id
FROM visit_now v JOIN patient p ON p.patient_id = v.patient_id JOIN vial_use u ON u.visit_version_id = v.visit_version_id""",
    "event_line": _lines("adverse_event", "a.event, a.severity, a.onset, a.related, a.escalate, a.resolved_on"),
    "visit_detail": f"""
SELECT v.visit, coalesce(c.jurisdiction, s.jurisdiction) AS jurisdiction, {_reason("v.visit_version_id", "'decision'")} AS reason,
    s.product, s.diluent_ul, s.reconstituted_at, s.minutes, s.injector, v.visit_version_id, v.patient_id
FROM visit_now v
LEFT JOIN consult_detail c ON c.visit_version_id = v.visit_version_id
LEFT JOIN session_detail s ON s.visit_version_id = v.visit_version_id""",
    "vial_line": f"""
SELECT v.vial_id, l.lot, l.lot_key, v.product, v.hundredths, l.expires,
    CASE WHEN u.vial_id IS NOT NULL THEN 'used' WHEN d.vial_id IS NOT NULL THEN 'discarded' ELSE 'unused' END AS state,
    EXISTS (SELECT 1 FROM lot_recall r WHERE r.lot_key = l.lot_key) AS recalled,
    w.visit, u.given_hundredths, u.wasted_hundredths, d.reason AS discard_reason, d.date AS discard_date, v.date AS in_stock_since
FROM vial v
JOIN vial_label l ON l.vial_label_id = (SELECT max(m.vial_label_id) FROM vial_label m WHERE m.vial_id = v.vial_id)
LEFT JOIN vial_use u ON u.vial_id = v.vial_id AND EXISTS (
    SELECT 1 FROM visit_version o WHERE o.visit_version_id = u.visit_version_id AND {_NOT_REPLACED.format("o")})
LEFT JOIN visit_version w ON w.visit_version_id = u.visit_version_id
LEFT JOIN vial_discard d ON d.vial_discard_id = (SELECT min(x.vial_discard_id) FROM vial_discard x WHERE x.vial_id = v.vial_id)""",
    "last_session": _last("session"),
    "last_consult": _last("consult", ", c.decision, c.decided", "\nCROSS JOIN consult_detail c ON c.visit_version_id = v.visit_version_id"),
    "last_follow_up": _last("follow-up"),
    "open_event": f"""
SELECT v.patient_id, p.code AS patient, v.protocol, v.visit, coalesce(a.onset, v.date) AS date, a.event, a.severity, a.escalate
FROM adverse_event a
CROSS JOIN visit_version v ON v.visit_version_id = a.visit_version_id
CROSS JOIN patient p ON p.patient_id = v.patient_id
WHERE a.escalate IN ('emergency', 'review') AND a.escalate IS NOT NULL AND a.resolved_on IS NULL AND {_NOT_REPLACED.format("v")}""",
    "entry_line": """
SELECT n.seq, n.at, n.actor, n.command, n.change_key, n.hash, n.program,
    (SELECT v.visit FROM visit_version v WHERE v.entry_seq = n.seq ORDER BY v.visit_version_id LIMIT 1) AS visit,
    (SELECT t.content FROM free_text t WHERE t.entry_seq = n.seq AND t.about = 'reason' ORDER BY t.free_text_id LIMIT 1) AS reason
FROM entry n""",
    "edition_line": """
SELECT e.edition_id, e.protocol, e.label AS edition, e.sha256, e.text, (SELECT n.at FROM entry n WHERE n.seq = e.entry_seq) AS pinned_at
FROM edition e""",
    "follow_up_rule": """
SELECT f.edition_id, f.position, f.kind, f.anchor, f.earliest_count, f.earliest_unit, f.due_count, f.due_unit,
    f.latest_count, f.latest_unit, f.closes_count, f.closes_unit
FROM edition_follow_up f""",
}
