"""Our own dialect where there is nothing but operations: a service that has the engine within it."""

from headway.dialects.headway.dialect import ABOUT, of_operations, secret
from headway.dialects.headway.project import PREFIX
from headway.dialects.headway.refuse import refuse
from headway.views.stories import Stories
from headway.web.described import described
from headway.web.dialect import Dialect


def alone(stories: Stories) -> Dialect:
    """Everything about operations but beginning one, which the service does itself."""
    return Dialect(
        name="headway",
        prefixes=(PREFIX,),
        routes=described(ABOUT, of_operations(stories), refuse),
        secret=secret,
        refuse=refuse,
    )
