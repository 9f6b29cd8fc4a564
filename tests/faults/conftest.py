from tests.cli.conftest import edf

__all__ = ["edf"]
