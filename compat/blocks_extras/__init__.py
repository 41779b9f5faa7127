"""Bricks, step rules and extensions in addition to those of Blocks.

================================  ==========================================
:mod:`blocks_extras.extensions`   `Plot`, `PredictDataStream`,
                                  `EmbedIPython`
:mod:`blocks_extras.algorithms`   `NesterovMomentum`
:mod:`blocks_extras.bricks`       `FixedPermutation`, `Softsign`, attention
================================  ==========================================

"""
from blocks.config import config, str_or_none

#: Read by scripts; no server draws plots, see
#: :class:`blocks_extras.extensions.plot.Plot`.
config.add_config('bokeh_server', str_or_none, default=None,
                  env_var='BLOCKS_BOKEH')

#: Distinguishes this package from others of the same import name.
__distribution__ = 'blocks-rnn-bricks'
