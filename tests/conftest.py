"""What every test gets."""

pytest_plugins = [
    "tests.strict",
    "tests.databases",
    "tests.worlds",
    "tests.outside",
    "tests.platforms",
]
