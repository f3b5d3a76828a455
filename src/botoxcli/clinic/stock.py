"""The stock of vials: which one a lot on the command line means, and which one to offer today."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from datetime import date

from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.session_rules import VialChoice
from botoxcli.clinic.stock_vial import StockVial, lot_key
from botoxcli.errors import ValueRefused

_NEAR = 3


def choose_vials(stock: Sequence[StockVial], lots: Sequence[str], *, kept: frozenset[int] = frozenset()) -> tuple[VialChoice, ...]:
    """For each lot that was named the next unused vial of it, the one that expires first; the same lot again takes the one after.

    ``kept`` are vials that go before all others of their lot: those that a session which is being corrected has already.
    A lot that no vial bears now, and that was corrected to one other, means that other one.
    Where none can be had, the choice says why: ``vial-unknown`` with the lots that look like it, or ``vial-used``.
    """
    taken: set[int] = set()
    choices = []
    for lot in lots:
        key = lot_key(lot)
        of_lot = sorted(vials_of(stock, key), key=lambda vial: (vial.vial_id not in kept, vial.expires, vial.vial_id))
        free = next((vial for vial in of_lot if vial.state == "unused" and vial.vial_id not in taken), None)
        if free:
            taken.add(free.vial_id)
            choices.append(VialChoice(lot, free, own=free.vial_id in kept))
        elif of_lot:
            choices.append(VialChoice(lot, None, "vial-used"))
        else:
            choices.append(VialChoice(lot, None, "vial-unknown", corrected_to(stock, key) or _near(stock, key)))
    return tuple(choices)


def vials_of(stock: Iterable[StockVial], key: str) -> tuple[StockVial, ...]:
    """The vials of a lot; where none bears it now, those of the one lot that it was corrected to. None where it became several."""
    vials = tuple(stock)
    named = tuple(vial for vial in vials if vial.lot_key == key)
    now = corrected_to(vials, key)
    if named or len(now) != 1:
        return named
    return tuple(vial for vial in vials if vial.bore(key))


def corrected_to(stock: Iterable[StockVial], key: str) -> tuple[str, ...]:
    """The lots, as they are spelt now, of the vials that bore a lot before their label was corrected."""
    return tuple({vial.lot_key: vial.lot for vial in stock if vial.bore(key)}.values())


def product_of(protocol: Protocol, choices: Sequence[VialChoice]) -> str:
    """What is injected: the product of the vials, or the protocol's where no size is known. Raises ValueRefused for two products in one session."""
    products = dict.fromkeys(choice.vial.product for choice in choices if choice.vial)
    if len(products) > 1:
        raise ValueRefused("--vial", "the vials are of different products, whose units are never added", "Take vials of one product.")
    return next(iter(products), protocol.product.name)


def _near(stock: Sequence[StockVial], key: str) -> tuple[str, ...]:
    spellings = {vial.lot_key: vial.lot for vial in stock if vial.state == "unused"}
    return tuple(spellings[found] for found in difflib.get_close_matches(key, spellings, n=_NEAR, cutoff=0.5))


def todays_vials(stock: Sequence[StockVial], *, product: str, hundredths: int, on: date) -> tuple[StockVial, ...]:
    """The vials to offer for a dose: one that holds it if there is one, else as many as it takes; what expires first goes first."""
    usable = sorted(
        (vial for vial in stock if vial.state == "unused" and vial.product == product and not vial.recalled and vial.expires >= on),
        key=lambda vial: (vial.expires, vial.hundredths, vial.vial_id),
    )
    enough = next((vial for vial in usable if vial.hundredths >= hundredths), None)
    if enough:
        return (enough,)
    taken: list[StockVial] = []
    for vial in usable:
        taken.append(vial)
        if sum(part.hundredths for part in taken) >= hundredths:
            return tuple(taken)
    return ()
