import { oc } from '@orpc/contract';
import * as z from 'zod';

export const browseEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'model', 'data', 'file']),
  bytes: z.number().int().optional(),
});
export type BrowseEntry = z.infer<typeof browseEntrySchema>;

/** The in-app file chooser, the same in the window and in the browser: names and sizes only, never contents. */
export const filesApi = {
  browse: oc
    .input(z.strictObject({ folder: z.string().max(4096).optional() }))
    .output(
      z.object({ folder: z.string(), parent: z.string().optional(), entries: z.array(browseEntrySchema) }),
    ),
};
