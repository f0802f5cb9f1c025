import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder';

/** A delegate in a library of its own: it gives the XNNPACK delegate of the runtime that its option "runtime" names. */
const SOURCE = `#include <dlfcn.h>
#include <stddef.h>
#include <string.h>
void *tflite_plugin_create_delegate(char **names, char **values, size_t count, void (*report)(const char *)) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(names[i], "runtime")) continue;
    void *runtime = dlopen(values[i], RTLD_NOW);
    void *(*create)(const void *) = runtime ? (void *(*)(const void *))dlsym(runtime, "TfLiteXNNPackDelegateCreate") : 0;
    if (create) return create(0);
  }
  report("no runtime was given");
  return 0;
}
`;

/** Its path, built with this computer's compiler. */
export function buildExternalDelegate(): string {
  const folder = temporaryFolder();
  const [source, library] = [join(folder, 'delegate.c'), join(folder, 'delegate.so')];
  writeFileSync(source, SOURCE);
  const built = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr || String(built.error));
  return library;
}
