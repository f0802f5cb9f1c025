import { Graph, Op, signatureOf, Value, type Attrs, type Model } from '../convert/graph/ir';
import { allGraphs } from '../convert/graph/subgraphs';

/** A copy that shares constants' bytes, so that several variants can be made from one conversion. */
export interface ModelCopy {
  readonly model: Model;
  /** Each value of the original to its copy. */
  readonly values: ReadonlyMap<Value, Value>;
}

export function copyModel(model: Model): ModelCopy {
  const values = new Map<Value, Value>();
  const graphs = new Map<Graph, Graph>();
  for (const graph of allGraphs(model)) graphs.set(graph, new Graph(graph.name));

  const valueOf = (value: Value): Value => {
    const known = values.get(value);
    if (known) return known;
    const copy = new Value(value.name, value);
    copy.constant = value.constant;
    copy.quantization = value.quantization;
    copy.isVariable = value.isVariable;
    copy.isResource = value.isResource;
    values.set(value, copy);
    return copy;
  };
  const attrsOf = (attrs: Attrs): Attrs =>
    Object.fromEntries(
      Object.entries(attrs).map(([name, attr]: [string, unknown]) => [
        name,
        attr instanceof Graph ? graphs.get(attr) : attr,
      ]),
    );
  for (const [graph, copy] of graphs) {
    for (const op of graph.sorted()) {
      const made = new Op(
        op.type,
        op.name,
        attrsOf(op.attrs),
        op.inputs.map((input) => input && valueOf(input)),
        op.outputs.map(valueOf),
      );
      made.intermediates = op.intermediates.map(valueOf);
      copy.add(made);
    }
    copy.inputs = graph.inputs.map(valueOf);
    copy.outputs = graph.outputs.map(valueOf);
  }
  const graphOf = (graph: Graph): Graph => graphs.get(graph) ?? new Graph(graph.name);
  return {
    model: {
      graphs: model.graphs.map(graphOf),
      signatures: model.signatures.map(({ key, graph, inputs, outputs }) =>
        signatureOf(
          key,
          graphOf(graph),
          inputs.map(({ name, value }) => ({ name, index: graph.inputs.indexOf(value) })),
          outputs.map(({ name, value }) => ({ name, index: graph.outputs.indexOf(value) })),
        ),
      ),
      description: model.description,
      metadata: new Map(model.metadata),
    },
    values,
  };
}
