"""Predicates on the log, for :meth:`.SimpleExtension.add_condition`."""
from dataclasses import dataclass

from ..utils.checks import check_string


@dataclass(frozen=True)
class OnLogRecord:
    """True if the current row of the log has a record that is true.

    Parameters
    ----------
    record_name : str
        The name of the record.

    Examples
    --------
    >>> from blocks.log import TrainingLog
    >>> log = TrainingLog()
    >>> is_best = OnLogRecord('valid_cost_best_so_far')
    >>> is_best(log)
    False
    >>> log.current_row['valid_cost_best_so_far'] = True
    >>> is_best(log)
    True

    """

    record_name: str

    def __post_init__(self):
        check_string('OnLogRecord', 'record_name', self.record_name)

    def __call__(self, log):
        return bool(log.current_row.get(self.record_name, False))
