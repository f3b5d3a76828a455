"""``botox import``: what comes from elsewhere. It is taken whole or not at all."""

from __future__ import annotations

from botoxcli.cli.app import new_app
from botoxcli.cli.import_all import import_all
from botoxcli.cli.import_patients import import_patients
from botoxcli.cli.import_visits import import_visits

app = new_app(
    "Take in what comes from elsewhere: whole, or not at all and why. A headache diary comes in by `botox diary import`.\n\n"
    "Example: botox import visits sessions.csv --dry-run"
)
app.command("all")(import_all)
app.command("patients")(import_patients)
app.command("visits")(import_visits)
