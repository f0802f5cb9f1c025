import type { Part } from '@shared/api/app';
import { addonParts } from './addons';
import { fileParts } from './files';
import { toolParts } from './tools';

/**
 * Every part that the product needs or can do without, as `edgebench doctor` lists it: looked at anew each time, the
 * addons loaded in processes of their own. `appRoot` is the folder with package.json. Takes a few seconds; never fails.
 */
export async function listParts(appRoot: string): Promise<Part[]> {
  const node: Part = { name: 'Node', state: 'found', version: process.versions.node, lost: '', remedy: '' };
  const [addons, tools] = await Promise.all([addonParts(appRoot), toolParts(appRoot)]);
  return [node, ...addons, ...fileParts(appRoot), ...tools];
}
