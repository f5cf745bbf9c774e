"""What every test gets."""

pytest_plugins = ["tests.strict", "tests.worlds"]
