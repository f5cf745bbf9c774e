"""What must hold in every history, by name. A breach names the one that did not."""

INVARIANTS = {
    "accepted-is-kept": "what was answered as accepted is there, until its retention is over",
    "phase-moves-on": "a phase is never left for an earlier one, and a terminal one never",
    "one-end": "one terminal event, and nothing but audits behind it",
    "sequence-without-gap": "events are numbered from 1 without gap or double",
    "row-is-fold": "the row of an operation is the fold of its events",
    "fence-rises": "each claim and each take-over raises the fence",
    "old-fence-refused": "no write with an old fence is accepted",
    "refusal-audited": "a write that moves an operation and was refused for its fence is audited, if whoever wrote hears of it",
    "one-holder": "a target is held by one active exclusive operation",
    "step-recorded-once": "each step is recorded once, in order, forward and back",
    "record-with-the-end": "the type's own rows are written once, in the transaction that ends it",
    "log-before-step": "what a step said is on disk when the step is recorded as done",
    "log-without-gap": "lines of log are numbered from 1 without gap",
    "notes-kept": "a step finds the notes of every step before it",
    "times-in-order": "created, queued, started and finished follow each other, and updated never falls",
    "progress-rises": "progress is 0 to 100 and never falls",
    "outcome-told": "a failed or cancelled operation says why, and no other does",
    "key-means-one": "one key and one request mean one operation, another request is refused",
    "oldest-first": "a claim takes the oldest queued ones",
    "cancel-starts-nothing": "no attempt begins once a cancel was known to the write before it",
    "kept-step-is-whole": "a step that is not interruptible is not stopped by a cancel",
    "one-performer-acts": "nobody acts for an operation that another node has taken over, as far as a node can know",
    "ended-is-quiet": "when an operation has ended nothing of it acts any more",
    "outcome-is-true": "succeeded: every step's effect is there; cancelled, failed: none is",
    "retention-kept": "what goes has ended long enough ago, and leaves a tombstone that tells the truth",
    "followers-miss-nothing": "a follower reads every event of its operation once, in order",
    "worker-stays-up": "a worker ends only when it is told to",
    "everything-ends": "when faults stop, every accepted operation ends within bounded time",
}

OF_A_TYPE = {
    "params-kept": "what was asked is the same after it was written down and read again",
    "note-kept": "what a step returns can be written down",
    "succeeds": "when nothing goes wrong, it succeeds",
    "goes-on": "what was killed is gone on with, and succeeds as well: each step may be run again",
    "done-alike": "once it has succeeded, what is there is what an undisturbed run leaves: each step may be run again",
    "undone": "once it has failed or was cancelled, what is there is what was there before: each step is undone",
    "undo-works": "what was done, or only begun, can be taken back",
    "check": "the check of its author holds",
}
"""What must be true of an operation type, beyond what the engine promises itself."""


class Breach(AssertionError):
    """An invariant, or what must be true of a type, did not hold; `invariant` is its name."""

    def __init__(self, invariant: str, text: str) -> None:
        assert invariant in INVARIANTS or invariant in OF_A_TYPE, invariant
        self.invariant = invariant
        self.text = text
        super().__init__(f"{invariant}: {text}")


def hold(invariant: str, holds: object, text: str = "") -> None:
    """Breach where it does not hold."""
    if not holds:
        raise Breach(invariant, text or INVARIANTS[invariant])
