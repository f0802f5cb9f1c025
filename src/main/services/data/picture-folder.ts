import type { Dirent } from 'node:fs';
import { opendir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@shared/error/app-error';
import { ARRAY_OF } from '@shared/model/dtype';
import type { ImagePreprocessing } from '@shared/model/recipe';
import type { NamedTensors, TensorSpec } from '@shared/model/tensor';
import type { DataSet } from './data-set';
import { decodePicture } from './picture';
import { resizeRgb } from './resize';

const MAX_FOLDERS = 100_000;
/** Of a larger folder the first ones are taken. */
const MOST_PICTURES = 1_000_000;
const MAX_FILE_BYTES = 256 * 2 ** 20;
const PICTURE = /\.(png|jpe?g)$/i;
const LABEL_SUFFIX = /_label(\d{1,9})\.[a-z]+$/i;

/** What a folder holds, one after the other. */
export type FolderEntries = (
  folder: string,
) => Promise<AsyncIterable<Pick<Dirent, 'name' | 'isFile' | 'isDirectory'>>>;

interface Listed {
  readonly files: readonly LabelledFile[];
  /** How many there are in all. */
  readonly count: number;
}

interface LabelledFile {
  readonly path: string;
  readonly label: number | undefined;
}

/**
 * Opens a folder of PNG and JPEG pictures as samples for a model with one picture input. Labels come from sub-folders (their
 * names in order are classes 0, 1, ...) or from names that end in `_labelN`. Pictures are read one at a time, and no more than
 * `most` of them, the first by name, are looked at.
 */
export async function openPictureFolder(
  folder: string,
  inputs: readonly TensorSpec[],
  images: ImagePreprocessing,
  most = MOST_PICTURES,
  entriesOf: FolderEntries = opendir,
): Promise<DataSet> {
  const [input, ...others] = inputs;
  if (!input || others.length > 0)
    throw new AppError(
      'data.invalid',
      `${folder} holds pictures, which fit a model with one input, and this one has ${inputs.length}; give an .npz file with an array for each.`,
    );
  const layout = layoutOf(folder, input);
  const { files, count } = await listPictures(folder, most, entriesOf);
  if (files.length === 0)
    throw new AppError('data.invalid', `There is no picture (.png, .jpg, .jpeg) in ${folder}.`);
  const labelled = files.every(({ label }) => label !== undefined);
  const labels = labelled ? Int32Array.from(files, ({ label }) => label ?? 0) : undefined;
  return {
    description: `${folder} (${count > files.length ? `the first ${files.length} of ` : ''}${count} pictures${labelled ? ', labelled' : ''}; ${preprocessingText(images)})`,
    count: files.length,
    random: false,
    labels,
    slice: async (start, end): Promise<NamedTensors> => {
      const chosen = files.slice(start, end);
      const size = layout.height * layout.width * layout.channels;
      const data = new ARRAY_OF[layout.dtype](chosen.length * size);
      for (const [i, { path }] of chosen.entries())
        data.set(pixelsOf(path, await readPicture(path), layout, images), i * size);
      const shape = [chosen.length, 1, layout.height, layout.width, layout.channels];
      return { [input.name]: { dtype: layout.dtype, shape, data } };
    },
    close: () => Promise.resolve(),
  };
}

/** What is done to pictures, in words: part of every figure that comes from them. */
export const preprocessingText = ({ resize, colorOrder, scale, offset }: ImagePreprocessing): string =>
  `${resize}, ${colorOrder.toUpperCase()}, pixel x ${scale.map((x) => Number(x.toPrecision(6))).join('/')} + ${offset.join('/')}`;

interface Layout {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly dtype: 'float32' | 'uint8' | 'int8';
}

function layoutOf(folder: string, { name, dtype, shape }: TensorSpec): Layout {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const fits = shape.length === 4 && Math.abs(batch) === 1 && height > 0 && width > 0;
  if (!fits || (channels !== 1 && channels !== 3))
    throw new AppError(
      'data.invalid',
      `${folder} holds pictures, and input '${name}' is [${shape.map((dim) => (dim < 0 ? '?' : dim)).join(', ')}]; pictures fit [1, height, width, 1 or 3] (fix dynamic sizes with --shape).`,
    );
  if (dtype !== 'float32' && dtype !== 'uint8' && dtype !== 'int8')
    throw new AppError('data.invalid', `Input '${name}' takes ${dtype}, which pictures do not become.`);
  return { height, width, channels, dtype };
}

async function listPictures(folder: string, most: number, entriesOf: FolderEntries): Promise<Listed> {
  const { files, count, folders } = await listFolder(folder, most, entriesOf);
  if (count > 0)
    return {
      count,
      files: files.map((name) => {
        const label = LABEL_SUFFIX.exec(name)?.[1];
        return { path: join(folder, name), label: label === undefined ? undefined : Number(label) };
      }),
    };
  const classes: LabelledFile[][] = [];
  let total = 0;
  for (const [label, name] of folders.entries()) {
    const inside = await listFolder(join(folder, name), most, entriesOf);
    classes.push(inside.files.map((file) => ({ path: join(folder, name, file), label })));
    total += inside.count;
  }
  return { count: total, files: inTurn(classes, most) };
}

/** The first of each class, then the second of each: whoever takes some samples has some of every class. */
function inTurn(classes: readonly LabelledFile[][], most: number): LabelledFile[] {
  const found: LabelledFile[] = [];
  const longest = classes.reduce((length, files) => Math.max(length, files.length), 0);
  for (let i = 0; i < longest && found.length < most; i++)
    for (const files of classes) if (files[i] && found.length < most) found.push(files[i] as LabelledFile);
  return found;
}

/**
 * Names of pictures and folders in a folder, in an order that is the same everywhere, and how many pictures there are. Of any
 * number of them, only the first `most` are in memory.
 */
async function listFolder(
  folder: string,
  most: number,
  entriesOf: FolderEntries,
): Promise<{ files: string[]; count: number; folders: string[] }> {
  const folders: string[] = [];
  let files: string[] = [];
  let count = 0;
  try {
    for await (const entry of await entriesOf(folder)) {
      if (entry.isDirectory()) folders.push(entry.name);
      else if (entry.isFile() && PICTURE.test(entry.name)) {
        count++;
        files.push(entry.name);
        if (files.length >= 2 * most) files = files.sort().slice(0, most);
      }
      if (folders.length > MAX_FOLDERS)
        throw new AppError('data.invalid', `${folder} holds more than ${MAX_FOLDERS} folders.`);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('file.unreadable', `The folder ${folder} cannot be read.`, { cause: error });
  }
  return { files: files.sort().slice(0, most), count, folders: folders.sort() };
}

async function readPicture(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES)
      throw new AppError('data.invalid', `${path} has ${size} bytes, too many for a picture.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('file.unreadable', `${path} cannot be read.`, { cause: error });
  }
}

function pixelsOf(path: string, bytes: Uint8Array, layout: Layout, images: ImagePreprocessing): Float32Array {
  const { height, width, channels, dtype } = layout;
  const rgb = resizeRgb(decodePicture(path, bytes), width, height, images.resize);
  const values = channels === 1 ? grey(rgb) : images.colorOrder === 'bgr' ? reversed(rgb) : rgb;
  // Integer inputs take pixels as they are.
  if (dtype !== 'float32') return values.map((x) => Math.round(x) - (dtype === 'int8' ? 128 : 0));
  for (let i = 0; i < values.length; i++) {
    const channel = i % channels;
    const scale = images.scale[images.scale.length === 1 ? 0 : channel] ?? 1;
    const offset = images.offset[images.offset.length === 1 ? 0 : channel] ?? 0;
    values[i] = (values[i] ?? 0) * scale + offset;
  }
  return values;
}

/** Luma of BT.601, as TensorFlow's rgb_to_grayscale has it. */
const grey = (rgb: Float32Array): Float32Array =>
  Float32Array.from(
    { length: rgb.length / 3 },
    (_, i) => 0.2989 * (rgb[3 * i] ?? 0) + 0.587 * (rgb[3 * i + 1] ?? 0) + 0.114 * (rgb[3 * i + 2] ?? 0),
  );

function reversed(rgb: Float32Array): Float32Array {
  for (let i = 0; i < rgb.length; i += 3) {
    const red = rgb[i] ?? 0;
    rgb[i] = rgb[i + 2] ?? 0;
    rgb[i + 2] = red;
  }
  return rgb;
}
