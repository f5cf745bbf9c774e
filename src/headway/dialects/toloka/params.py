"""What may be said in the query, as it is told of the routes."""

from headway.web.says import Param

LIMIT = Param("limit", "How many, at most.", int)
SORT = Param("sort", "By which keys, with commas between; `-` before one turns it round.")
POOL = Param("pool_id", "Of which pool.")
OPERATION_ID = Param("operation_id", "Its id, a UUID; whoever sends it again is told that there is one.")
UPLOAD = (
    Param("async_mode", "Whether it is an operation.", bool),
    OPERATION_ID,
    Param("allow_defaults", "Whether the pool's overlap will do.", bool),
    Param("skip_invalid_items", "Whether wrong ones may be left out.", bool),
    Param("open_pool", "Whether the pools are to be open then.", bool),
)
OPEN_POOL = (Param("open_pool", "Whether the pool is to be open then.", bool),)


def between(*names: str) -> tuple[Param, ...]:
    """Bounds: of ids as strings, of times in UTC."""
    ends = {"gt": "above", "gte": "from", "lt": "below", "lte": "up to"}
    return tuple(
        Param(f"{name}_{end}", f"`{name}` {text} this.") for name in names for end, text in ends.items()
    )
