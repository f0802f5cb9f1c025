import { describe, expect, it } from 'vitest';
import { Op, Value, type Model } from '@main/services/convert/graph/ir';
import { verifyModel } from '@main/services/convert/graph/verify';
import { GraphBuilder, tinyModel } from '@test/support/tiny-model';

const graphOf = (model: Model): Model['graphs'][number] => {
  const [graph] = model.graphs;
  if (!graph) throw new Error('the model has no graph');
  return graph;
};
const opOf = (model: Model, type: string): Op => {
  const op = Array.from(graphOf(model).ops).find((each) => each.type === type);
  if (!op) throw new Error(`the model has no ${type}`);
  return op;
};
const floats = (name: string): Value => new Value(name, { dtype: 'float32', shape: [4] });

describe('the specification of the graph', () => {
  it('accepts a sound model', () => {
    expect(verifyModel(tinyModel())).toEqual([]);
  });

  it.each<[string, (model: Model) => void, RegExp]>([
    [
      'an operand from nowhere',
      (model) => opOf(model, 'SOFTMAX').setInput(0, floats('lost')),
      /reads 'lost', which nothing in the graph computes/,
    ],
    [
      'a cycle',
      (model) => opOf(model, 'CONV_2D').setInput(0, opOf(model, 'SOFTMAX').output()),
      /has a cycle/,
    ],
    [
      'an operator of an unknown type',
      (model) => graphOf(model).add(new Op('NO_SUCH', 'n', {}, [], [floats('v')])),
      /NO_SUCH 'n' in 'main' is of an unknown type/,
    ],
    [
      'an output of another shape than inferred',
      (model) => {
        opOf(model, 'SOFTMAX').output().shape = [3];
      },
      /SOFTMAX .* has the output 0 as float32\[3\] instead of float32\[-1,48\]/,
    ],
    [
      'a constant with too few bytes',
      (model) => {
        opOf(model, 'CONV_2D').input(1).constant = { byteLength: 4, bytes: () => new Uint8Array(4) };
      },
      /has 4 bytes of data instead of 216/,
    ],
    [
      'a value in two graphs',
      (model) => {
        const other = new GraphBuilder('other');
        other.graph.inputs = [...graphOf(model).inputs];
        model.graphs.push(other.graph);
      },
      /belongs to the graph 'main', too/,
    ],
    [
      'an input that is computed',
      (model) => graphOf(model).inputs.push(opOf(model, 'SOFTMAX').output()),
      /is computed by an operator/,
    ],
    [
      'a scale for each of too few channels',
      (model) => {
        opOf(model, 'CONV_2D').input(1).quantization = { scale: [1, 1], zeroPoint: [0, 0], axis: 0 };
      },
      /has 2 scales for the 3 elements of dimension 0/,
    ],
    [
      'an output that another operator took over',
      (model) => {
        opOf(model, 'SOFTMAX').output().producer = opOf(model, 'CONV_2D');
      },
      /is not the producer of its output 0/,
    ],
  ])('refuses %s', (_, break_, message) => {
    const model = tinyModel();
    break_(model);
    expect(verifyModel(model).join('\n')).toMatch(message);
  });
});
