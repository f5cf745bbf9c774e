"""Events on the wire."""

from typing import Any

import msgspec

from headway.dialects.scalingo.wire.deployments import Meta


class EventUser(msgspec.Struct, kw_only=True):
    """Who did it; the platform itself has neither id nor address."""

    id: str
    username: str
    email: str


class Event(msgspec.Struct, kw_only=True):
    """Something that happened to an app or an account. What stands in `type_data` depends on `type`."""

    id: str
    created_at: str
    user: EventUser
    app_id: str
    """Empty where it happened to no app."""
    app_name: str
    """What the app is called now."""
    project_id: str
    project_name: str
    type: str
    type_data: dict[str, Any]


class EventReply(msgspec.Struct):
    """One event, under its name."""

    event: Event


class EventsReply(msgspec.Struct):
    """A page of events, under their name."""

    events: list[Event]
    meta: Meta


class EventType(msgspec.Struct, kw_only=True):
    """A kind of event."""

    id: str
    category_id: str
    name: str
    display_name: str
    description: str
    template: str


class EventTypesReply(msgspec.Struct):
    """All kinds of events."""

    event_types: list[EventType]


class EventCategory(msgspec.Struct, kw_only=True):
    """What kinds of events have to do with each other."""

    id: str
    name: str
    display_name: str
    position: int


class EventCategoriesReply(msgspec.Struct):
    """All categories."""

    event_categories: list[EventCategory]
