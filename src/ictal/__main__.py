"""`python -m ictal` is `ictal`."""

from ictal.cli.main import main

if __name__ == "__main__":
    main()
