"""``python -m botoxcli`` is ``botox``."""

from botoxcli.cli.main import main

if __name__ == "__main__":
    main()
