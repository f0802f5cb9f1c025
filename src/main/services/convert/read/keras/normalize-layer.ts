import { fieldOf, isJsonObject, type Json, type JsonObject } from '../json';

const CELLS: Readonly<Record<string, string>> = {
  LSTMCell: 'LSTM',
  GRUCell: 'GRU',
  SimpleRNNCell: 'SimpleRNN',
};

/** Rewrites the few layers that can be written down in several ways into one of them. */
export function normalized(layer: Json): Json {
  const config = fieldOf(layer, 'config');
  if (!isJsonObject(layer) || !isJsonObject(config)) return layer;
  switch (fieldOf(layer, 'class_name')) {
    case 'RNN':
      return { ...layer, ...fromCell(config) };
    case 'Bidirectional':
      return { ...layer, config: twoDirections(config) };
    default:
      return layer;
  }
}

/** RNN(LSTMCell(8)) is LSTM(8). */
function fromCell(config: JsonObject): JsonObject {
  const cell = fieldOf(config, 'cell');
  const cellClass = fieldOf(cell, 'class_name');
  const name =
    typeof cellClass === 'string' && Object.hasOwn(CELLS, cellClass) ? CELLS[cellClass] : undefined;
  const settings = fieldOf(cell, 'config');
  if (name === undefined || !isJsonObject(settings)) return {};
  return { class_name: name, config: { ...settings, ...config } };
}

/** Without a backward layer of its own, the wrapped layer runs in the other direction, too. */
function twoDirections(config: JsonObject): JsonObject {
  const { layer, ...rest } = config;
  if (!isJsonObject(layer)) return config;
  const settings = fieldOf(layer, 'config');
  if (!isJsonObject(settings)) return config;
  const direction = (prefix: string, backwards: Json): JsonObject => ({
    ...layer,
    config: {
      ...settings,
      name: `${prefix}_${String(fieldOf(settings, 'name') ?? 'layer')}`,
      go_backwards: backwards,
    },
  });
  const back = fieldOf(config, 'backward_layer');
  return {
    ...rest,
    forward_layer: direction('forward', fieldOf(settings, 'go_backwards') ?? false),
    backward_layer: isJsonObject(back)
      ? back
      : direction('backward', fieldOf(settings, 'go_backwards') !== true),
  };
}
