"""The practice: pure rules and values; no disk, no screen, no clock."""
