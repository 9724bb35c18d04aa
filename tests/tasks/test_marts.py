"""The types that marts are read into say the same as the marts' contracts: nobody has to look at both."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Literal, get_args, get_origin, get_type_hints

from tasks.marts.rows import MartRow
from tests.contracts import contracts

TYPES = {
    "boolean": bool,
    "bigint": int,
    "date": date,
    "integer": int,
    "numeric": Decimal,
    "text": str,
    "timestamptz": datetime,
}


def typed(kind: type[MartRow]) -> list[tuple[str, type, bool]]:
    """The fields of a row's type: name, type, and whether it is always known."""
    hints = get_type_hints(kind)
    return [(field.name, *_plain(hints[field.name])) for field in fields(kind)]


def _plain(hint: object) -> tuple[type, bool]:
    options = [option for option in get_args(hint) if option is not NoneType] if get_origin(hint) is not Literal else []
    known = options[0] if options else hint
    plain = str if get_origin(known) is Literal else known
    assert isinstance(plain, type)
    return plain, NoneType not in get_args(hint)


def test_every_mart_has_its_type_and_every_type_its_mart() -> None:
    kinds = {kind.MART: kind for kind in MartRow.__subclasses__()}
    assert sorted(kinds) == sorted(contracts())


def test_types_have_the_columns_of_the_contracts_in_their_order() -> None:
    known = contracts()
    for kind in MartRow.__subclasses__():
        contract = known[kind.MART]
        expected = [(column.name, TYPES[column.data_type.partition("(")[0]]) for column in contract.columns]
        assert [(name, plain) for name, plain, _ in typed(kind)] == expected, kind.MART


def test_types_tell_what_can_be_unknown() -> None:
    known = contracts()
    for kind in MartRow.__subclasses__():
        if not known[kind.MART].is_view:
            required = [column.name for column in known[kind.MART].columns if column.required]
            assert [name for name, _, always in typed(kind) if always] == required, kind.MART
