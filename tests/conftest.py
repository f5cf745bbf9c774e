"""What every test gets."""

pytest_plugins = ["tests.databases", "tests.worlds"]
