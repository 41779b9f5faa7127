#!/usr/bin/env python
"""Which words keep vowel harmony?

A word keeps it if its vowels are all front (e, i, y) or all back (a, o, u).
An LSTM reads the word letter by letter and decides at the end.

"""
from __future__ import division, print_function

import logging
from argparse import ArgumentParser
from collections import OrderedDict

import numpy
import theano
from blocks.algorithms import (
    Adam,
    CompositeRule,
    GradientDescent,
    StepClipping,
)
from blocks.bricks import Linear, Rectifier, Softmax
from blocks.bricks.cost import CategoricalCrossEntropy, MisclassificationRate
from blocks.bricks.lookup import LookupTable
from blocks.bricks.parallel import Fork
from blocks.bricks.recurrent import LSTM
from blocks.extensions import FinishAfter, Printing
from blocks.extensions.monitoring import (
    DataStreamMonitoring,
    TrainingDataMonitoring,
)
from blocks.extensions.saveload import Checkpoint
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph, apply_dropout
from blocks.initialization import Constant, IsotropicGaussian
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.roles import INPUT, WEIGHT
from fuel.datasets import IterableDataset
from fuel.schemes import ConstantScheme
from fuel.transformers import Batch, Mapping, Padding, SortMapping, Unpack
from theano import tensor

LETTERS = 'eiyaoukmnpst'
FRONT, BACK, CONSONANTS = 'eiy', 'aou', 'kmnpst'


def make_words(n_words, seed):
    """Words as lists of numbers, and whether they keep harmony."""
    rng = numpy.random.RandomState(seed)
    words, keeps = [], rng.randint(2, size=n_words)
    for keep in keeps:
        vowels = [rng.randint(2)] * rng.randint(2, 7)
        if not keep:
            odd = rng.randint(len(vowels))
            vowels[odd] = 1 - vowels[odd]
        word = ''.join(
            CONSONANTS[rng.randint(6)] + [FRONT, BACK][vowel][rng.randint(3)]
            for vowel in vowels)
        words.append([LETTERS.index(letter) for letter in word])
    return words, keeps


def length(example):
    return len(example[0])


def to_time_major(batch):
    words, mask, keeps = batch
    return words.T, mask.T, numpy.asarray(keeps)


def make_stream(n_words, seed, batch_size, sort_batches=20):
    words, keeps = make_words(n_words, seed)
    dataset = IterableDataset(
        OrderedDict([('words', words), ('keeps', keeps)]))
    stream = Batch(dataset.get_example_stream(),
                   ConstantScheme(batch_size * sort_batches))
    stream = Unpack(Mapping(stream, SortMapping(length)))
    stream = Batch(stream, ConstantScheme(batch_size))
    stream = Padding(stream, mask_sources=('words',))
    return Mapping(stream, to_time_major)


def main(save_to, num_epochs):
    dim = 24
    lookup = LookupTable(len(LETTERS), dim,
                         weights_init=IsotropicGaussian(0.1), seed=1)
    fork = Fork(['inputs'], input_dim=dim, output_dims=[4 * dim],
                prototype=Linear(), weights_init=IsotropicGaussian(0.1),
                biases_init=Constant(0), seed=2)
    lstm = LSTM(dim=dim, weights_init=IsotropicGaussian(0.2), seed=3)
    hidden = Linear(dim, dim, weights_init=IsotropicGaussian(0.1),
                    biases_init=Constant(0), name='hidden', seed=4)
    output = Linear(dim, 2, weights_init=IsotropicGaussian(0.1),
                    biases_init=Constant(0), name='output', seed=5)
    for brick in (lookup, fork, lstm, hidden, output):
        brick.initialize()

    words = tensor.lmatrix('words')
    words_mask = tensor.matrix('words_mask')
    keeps = tensor.lvector('keeps')
    states, _ = lstm.apply(fork.apply(lookup.apply(words)), mask=words_mask)
    rectified = Rectifier().apply(hidden.apply(states[-1]))
    probabilities = Softmax().apply(output.apply(rectified))

    cost = CategoricalCrossEntropy().apply(keeps, probabilities)
    cost.name = 'cost'
    error_rate = MisclassificationRate().apply(keeps, probabilities)
    error_rate.name = 'error_rate'

    cg = ComputationGraph([cost])
    weights = VariableFilter(roles=[WEIGHT])(cg.variables)
    regularized = cost + 1e-5 * sum((weight ** 2).sum() for weight in weights)
    regularized.name = 'regularized_cost'
    dropped = apply_dropout(
        ComputationGraph([regularized]),
        VariableFilter(bricks=[output], roles=[INPUT])(cg.variables), 0.2,
        seed=6)
    training_cost = dropped.outputs[0]

    algorithm = GradientDescent(
        cost=training_cost, parameters=cg.parameters,
        step_rule=CompositeRule([StepClipping(5.), Adam(0.005)]))
    main_loop = MainLoop(
        algorithm=algorithm,
        data_stream=make_stream(2000, 1, 20),
        model=Model(cost),
        extensions=[
            TrainingDataMonitoring(
                [training_cost, algorithm.total_gradient_norm],
                prefix='train', after_epoch=True),
            DataStreamMonitoring([cost, error_rate],
                                 make_stream(500, 2, 100), prefix='test'),
            FinishAfter(after_n_epochs=num_epochs),
            Checkpoint(save_to, save_separately=['log']),
            Printing()])
    main_loop.run()

    keeps_it = theano.function(
        [words], probabilities.argmax(axis=1),
        givens={words_mask: tensor.ones_like(
            words, dtype=theano.config.floatX)})
    for word in ['kyminete', 'tasomuna', 'tasomine']:
        column = numpy.array([[LETTERS.index(letter)] for letter in word])
        print(word, 'keeps' if keeps_it(column)[0] else 'breaks', 'harmony')
    return main_loop


if __name__ == '__main__':
    logging.basicConfig(level=logging.INFO)
    parser = ArgumentParser('Learn vowel harmony.')
    parser.add_argument('save_to', help='Where to save the main loop.')
    parser.add_argument('--num-epochs', type=int, default=2)
    arguments = parser.parse_args()
    main(**vars(arguments))
