"""Typer commands: options in, one or two workflow calls, render."""
