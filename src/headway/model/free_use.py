"""What an account may have for which no payment method is defined. Pure: a record in, a refusal or nothing out."""

from collections.abc import Sequence

from headway.errors import PaymentRequired
from headway.model.accounts import Account
from headway.model.apps import ContainerType
from headway.model.sizes import SIZES

APPS_MAX = 1
CONTAINERS_MAX = 1
TYPE = "web"
FREE_SIZES = ("S", "M")


def check_one_more_app(account: Account, owned: int, url: str) -> None:
    """PaymentRequired where the account, which owns so many apps, may own no more; `url` is where to pay."""
    if not account.payment_defined and owned >= APPS_MAX:
        raise PaymentRequired(f"only {APPS_MAX} app is free without a payment method", url)


def check_formation(
    owner: Account, before: Sequence[ContainerType], after: Sequence[ContainerType], url: str
) -> None:
    """PaymentRequired where a type grows beyond what is free. What is there already may stay, and shrink."""
    was = {type.name: type for type in before}
    if not owner.payment_defined and any(_grows(was.get(type.name), type) for type in after if _costs(type)):
        raise PaymentRequired(
            f"only {CONTAINERS_MAX} {TYPE} container of size {' or '.join(FREE_SIZES)} is free "
            "without a payment method",
            url,
        )


def check_size(account: Account, size: str, url: str) -> None:
    """PaymentRequired where a one-off of that size is not free."""
    if not account.payment_defined and size not in FREE_SIZES:
        raise PaymentRequired(
            f"only one-offs of size {' or '.join(FREE_SIZES)} are free without a payment method", url
        )


def _costs(it: ContainerType) -> bool:
    free = it.name == TYPE and it.amount <= CONTAINERS_MAX and it.size in FREE_SIZES
    return it.amount > 0 and not free


def _grows(before: ContainerType | None, after: ContainerType) -> bool:
    if before is None or after.amount > before.amount:
        return True
    return SIZES[after.size].ordinal > SIZES[before.size].ordinal
