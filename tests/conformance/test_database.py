"""The database port, on every engine."""


async def test_opens(database):
    async def body(tx):
        return 1

    assert await database.write(body) == 1
    assert await database.read(body) == 1
