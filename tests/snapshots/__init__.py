"""The program's own screens as SVG, made by the program itself: ``python -m tests.snapshots`` makes them anew."""
