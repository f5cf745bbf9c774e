"""The two families of "no": what an asker hears, and what a step says when its work cannot be done.

Refusal                      an asker hears it; each dialect has one table that translates it
├── Malformed                the request cannot be decoded at all
├── Invalid                  it can, but fields are wrong; carries every error of every field
├── Unauthenticated          nobody knows who asks
├── Forbidden                we know who asks, and they may not
├── PaymentRequired          a limit of free use
├── NotFound                 there is no such thing, or the asker may not see it
├── Conflict                 the state of the thing does not allow it
│   ├── Busy                 another operation holds the target; carries the holder
│   ├── KeyReused            an idempotency key came back with a different request
│   └── Stale                what was to be changed is not what was read any more
├── TooLarge                 over a limit of size
├── TooMany                  over a limit of rate or count
└── Unavailable              a part that is needed does not answer now

Trouble                      a step says it; the engine decides what follows
├── Failure                  it cannot be done: the operation turns back and ends failed
└── Retry                    not now: the step is tried again after a pause

Fenced                       the writer no longer holds the lease; it must stop and touch nothing
"""


class Refusal(Exception):
    """Somebody asked for what cannot be done; `str()` is a sentence for a person."""


class Malformed(Refusal):
    """The request could not be decoded."""


class Invalid(Refusal):
    """The request was understood and is wrong in one or more fields."""

    def __init__(self, **fields: str | list[str]) -> None:
        self.fields = {
            name: [messages] if isinstance(messages, str) else messages for name, messages in fields.items()
        }
        super().__init__("; ".join(f"{name} {', '.join(m)}" for name, m in self.fields.items()))


class Unauthenticated(Refusal):
    """No valid proof of identity came with the request."""


class Forbidden(Refusal):
    """The asker is known and may not do this."""


class PaymentRequired(Refusal):
    """The limit of free use is reached; `url` is where a payment method is defined, if anywhere."""

    def __init__(self, text: str, url: str = "") -> None:
        self.url = url
        super().__init__(text)


class NotFound(Refusal):
    """There is no such thing, or the asker may not see it."""

    def __init__(self, noun: str, name: str = "") -> None:
        self.noun = noun
        self.name = name
        super().__init__(f"{noun} {name} not found" if name else f"{noun} not found")


class Conflict(Refusal):
    """The present state of the thing does not allow this."""


class Busy(Conflict):
    """Another operation holds the target.

    `holder` is the id of that operation, `holder_type` its type.
    """

    def __init__(self, target: str, holder: int, holder_type: str) -> None:
        self.target = target
        self.holder = holder
        self.holder_type = holder_type
        super().__init__(f"another operation ({holder_type}) is in progress, wait for it to end")


class KeyReused(Conflict):
    """An idempotency key was used before, for a different request."""


class Stale(Conflict):
    """What was to be changed is not what was read any more."""


class TooLarge(Refusal):
    """The request is over a limit of size."""


class TooMany(Refusal):
    """The asker is over a limit of rate or count; `retry_after` in seconds."""

    def __init__(self, text: str, retry_after: int = 1) -> None:
        self.retry_after = retry_after
        super().__init__(text)


class Unavailable(Refusal):
    """A part that is needed for this does not answer now; `retry_after` in seconds."""

    def __init__(self, text: str, retry_after: int = 1) -> None:
        self.retry_after = retry_after
        super().__init__(text)


class Trouble(Exception):
    """What a step raises when its work did not succeed."""


class Failure(Trouble):
    """The work cannot be done, and trying again would not help.

    `code` is a short word for machines (`timeout-error`), `text` a sentence for people.
    """

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(text)


class Retry(Trouble):
    """The work could not be done now; the step is tried again as its retry rule says."""


class Fenced(Exception):
    """A write was refused because its fence is old: somebody else holds the operation now."""
