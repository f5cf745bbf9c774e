"""Environment variables on the wire."""

import msgspec


class Variable(msgspec.Struct, kw_only=True):
    """One variable."""

    id: str
    name: str
    value: str


class VariableReply(msgspec.Struct):
    """A variable, under its name."""

    variable: Variable


class VariablesReply(msgspec.Struct):
    """Variables, under their name."""

    variables: list[Variable]


class NameAndValue(msgspec.Struct):
    """A variable as it is set; whatever id comes with it is ignored."""

    name: str
    value: str


class SetVariable(msgspec.Struct):
    """One variable to be set."""

    variable: NameAndValue


class SetVariables(msgspec.Struct):
    """Variables to be set, by name."""

    variables: list[NameAndValue]


class Value(msgspec.Struct):
    """Another value."""

    value: str


class UpdateVariable(msgspec.Struct):
    """A variable's other value."""

    variable: Value


class DeleteVariables(msgspec.Struct):
    """Which variables go."""

    variable_ids: list[str]
