"""Graphs as text."""

from pytensor.printing import (
    FunctionPrinter,
    OperatorPrinter,
    PatternPrinter,
    PPrinter,
    Print,
    debugprint,
    hex_digest,
    min_informative_str,
    pp,
    pprint,
    pydotprint,
    var_descriptor,
)

__all__ = [
    'FunctionPrinter', 'OperatorPrinter', 'PPrinter', 'PatternPrinter',
    'Print', 'debugprint', 'hex_digest', 'min_informative_str', 'pp',
    'pprint', 'pydotprint', 'var_descriptor']
