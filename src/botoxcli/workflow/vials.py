"""The stock: vials that come in, labels put right, vials that break, lots that are called back.

A lot is compared without case, spaces and hyphens. A vial of which nothing was given belongs to no visit, so a discarded one
never reaches the billing lines.
"""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from botoxcli.clinic.dates import parse_date
from botoxcli.clinic.findings import Finding, Level, require_settled, resolve
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import parse_number, scaled, units_text
from botoxcli.clinic.records import DiscardReason, NewVial
from botoxcli.clinic.stock import corrected_to, vials_of
from botoxcli.clinic.stock_vial import StockVial, lot_key
from botoxcli.errors import Ambiguous, NotFound, ValueRefused

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder

_MONTH = re.compile(r"(\d{4})-(\d{2})\Z", re.ASCII)
_FLAGS = {"lot": "LOT", "product": "--product", "hundredths": "--units", "expires": "--expires", "count": "--count"}


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the stock that is to be recorded: who, when, and the day that it holds from."""

    actor: str
    now: datetime
    on: date


def parse_expiry(words: str, *, today: date) -> date:
    """A date, or ``YYYY-MM``, which means that month's last day. Raises ValueRefused."""
    if not (month := _MONTH.match(words)):
        return parse_date(words, today=today, where="--expires")
    try:
        return date(int(month[1]), int(month[2]), calendar.monthrange(int(month[1]), int(month[2]))[1])
    except ValueError:
        raise ValueRefused("--expires", "there is no such month in the calendar") from None


def new_vials(protocol: Protocol, *, lot: str, units_words: str, expires: date, count: int, product: str | None) -> NewVial:
    """Vials of one lot, of the protocol's product when none is named. Raises ValueRefused for a size that this product does not come in."""
    ours = protocol.product
    known = {name.casefold() for name in (ours.name, ours.brand, *ours.other_brands)}
    name = ours.name if product is None or product.strip().casefold() in known else product
    number = parse_number(units_words)
    hundredths = scaled(number, 100) if number is not None else None
    if hundredths is None or hundredths <= 0:
        raise ValueRefused("--units", "must be the number of units in one vial")
    if name == ours.name and hundredths not in ours.vial_units:
        raise ValueRefused("--units", f"{name} comes in vials of {', '.join(map(units_text, ours.vial_units))} U")
    vials = NewVial.checked(_FLAGS, lot=lot, product=name, hundredths=hundredths, expires=expires, count=count)
    if not lot_key(vials.lot):
        raise ValueRefused("LOT", "must hold a letter or a digit")
    return vials


def lot_findings(reader: Reader, lot: str, *, level: Level = "warn", but: frozenset[int] = frozenset()) -> tuple[Finding, ...]:
    """Whether the lot is in stock already, or is what other vials' labels read until they were corrected: it may be the same slip again.

    ``but`` are vials that do not count: those whose label is being put right.
    """
    stock, key = [vial for vial in reader.stock([lot]) if vial.vial_id not in but], lot_key(lot)
    said = []
    if same := [vial for vial in stock if vial.lot_key == key]:
        unused = sum(vial.state == "unused" for vial in same)
        expiries = ", ".join(sorted({vial.expires.isoformat() for vial in same}))
        said.append(f"lot {same[0].lot} is in stock already: {vials_text(len(same))}, {unused} unused, expires {expiries}")
    if now := corrected_to(stock, key):
        recalled = {vial.lot for vial in stock if vial.bore(key) and vial.recalled}
        named = ", ".join(f"{one} (recalled)" if one in recalled else one for one in now)
        said.append(f"vials that read {lot} were corrected to {named}")
    return (Finding("duplicate-lot", level, "; ".join(said), "practice"),) if said else ()


def add_vials(recorder: Recorder, vials: NewVial, change: Change, *, accepted: Iterable[str], level: Level, dry_run: bool = False) -> None:
    """Takes vials into stock. Raises StoppedByRule for a lot that is there already and was not accepted."""
    with recorder.change(command="vial add", actor=change.actor, at=change.now) as written:
        require_settled(resolve(lot_findings(written.reader, vials.lot, level=level), accepted, {}))
        if not dry_run:
            written.add_vials(vials, change.on)


def amend_lot(
    recorder: Recorder,
    lot: str,
    change: Change,
    *,
    new_lot: str | None,
    expires: date | None,
    reason: str,
    accepted: Iterable[str],
    level: Level,
) -> tuple[StockVial, ...]:
    """Puts the label of all vials of a lot right; every visit follows. Gives them as they stand now.

    A recall goes along with its vials: a recalled lot that gets another name is recalled under that one too, with all vials of it, for the
    two are one lot from now on. No other label takes a vial out of a recall; a session that must have it overrides with a written reason.

    Raises NotFound, ValueRefused, and StoppedByRule when another lot has the new name already: the two could not be told apart again.
    """
    with recorder.change(command="vial amend", actor=change.actor, at=change.now) as written:
        vials = of_lot(written.reader, lot)
        if new_lot is not None:
            new_lot = NewVial.checked({"lot": "--lot"}, lot=new_lot, product="-", hundredths=1, expires=change.on).lot
            if not lot_key(new_lot):
                raise ValueRefused("--lot", "must hold a letter or a digit")
        if all((new_lot or vial.lot) == vial.lot and (expires or vial.expires) == vial.expires for vial in vials):
            raise ValueRefused("--lot" if new_lot else "--expires", "this is what the label says already")
        if new_lot is not None and lot_key(new_lot) != lot_key(lot):
            but = frozenset(vial.vial_id for vial in vials)
            require_settled(resolve(lot_findings(written.reader, new_lot, level=level, but=but), accepted, {}))
            if any(vial.recalled for vial in vials):
                written.recall_lots([new_lot], change.on)
        written.amend_vials([vial.vial_id for vial in vials], lot=new_lot, expires=expires, reason=reason)
        return tuple(written.reader.vial(vial.vial_id) for vial in vials)


def discard(recorder: Recorder, lot: str, change: Change, *, reason: DiscardReason, count: int, note: str | None) -> tuple[StockVial, ...]:
    """Takes so many unused vials of a lot out of stock, the oldest first. Raises NotFound, ValueRefused."""
    with recorder.change(command="vial discard", actor=change.actor, at=change.now) as written:
        unused = [vial for vial in known_as(written.reader, lot) if vial.state == "unused"]
        if not unused:
            raise ValueRefused("LOT", "no vial of this lot is unused", "Only a vial of which nothing was given can be discarded.")
        if count > len(unused):
            raise ValueRefused("--count", f"only {vials_text(len(unused))} of this lot {'is' if len(unused) == 1 else 'are'} unused")
        for vial in unused[:count]:
            written.discard_vial(vial.vial_id, reason, change.on, note)
        return tuple(unused[:count])


def recall(recorder: Recorder, lot: str, change: Change, *, reason: str) -> tuple[StockVial, ...]:
    """Makes a lot a stop at every session. Gives all its vials: those with a visit were used. Raises NotFound, ValueRefused when it is one.

    By what the label read before it was corrected both are recalled: the lot as it is spelt now, and any vial that comes in as it was typed.
    """
    with recorder.change(command="vial recall", actor=change.actor, at=change.now) as written:
        vials = known_as(written.reader, lot)
        old = [one for one in vials[0].former if lot_key(one) == lot_key(lot) != vials[0].lot_key]
        lots = [one for one in (vials[0].lot, *old[:1]) if not written.reader.is_recalled(one)]
        if not lots:
            raise ValueRefused("LOT", "this lot is recalled already", "Nothing was recorded; `botox lot` says who had it.")
        written.recall_lots(lots, change.on)
        written.reason(reason)
        return vials


def of_lot(reader: Reader, lot: str) -> tuple[StockVial, ...]:
    """All vials of a lot. Raises NotFound, which names the lots that look alike."""
    if vials := reader.vials(lot):
        return vials
    if now := corrected_to(reader.stock([lot]), lot_key(lot)):
        raise NotFound("vial", f"This lot was corrected to {', '.join(now)}; name that one.")
    lots = {vial.lot_key: vial.lot for vial in reader.vials()}
    near = [lots[key] for key in difflib.get_close_matches(lot_key(lot), lots, n=3)]
    raise NotFound("vial", f"Near it in stock: {', '.join(near)}." if near else "`botox vial list --all` shows every lot.")


def known_as(reader: Reader, lot: str) -> tuple[StockVial, ...]:
    """All vials of a lot, also by what their label read before it was corrected. Raises NotFound, Ambiguous where it became several lots."""
    stock, key = reader.stock([lot]), lot_key(lot)
    if vials := vials_of(stock, key):
        return vials
    if len(now := corrected_to(stock, key)) > 1:
        raise Ambiguous("lot", now)
    return of_lot(reader, lot)


def correction_words(reader: Reader, lot: str) -> str | None:
    """What is to be known of a lot that was typed: that it was corrected to another, or that others were. None where it never was."""
    stock, key = reader.stock([lot]), lot_key(lot)
    now = ", ".join(corrected_to(stock, key))
    if not now:
        return None
    if any(vial.lot_key == key for vial in stock):
        return f"Other vials bore this lot until they were corrected to {now}; they are not meant here."
    return f"This lot was corrected to {now}."


def visits_of(vials: Iterable[StockVial]) -> Iterator[int]:
    """The visits that used them, each once."""
    yield from dict.fromkeys(vial.visit for vial in vials if vial.visit is not None)


def vials_text(count: int) -> str:
    """``1 vial``, ``3 vials``."""
    return f"{count} {'vial' if count == 1 else 'vials'}"
