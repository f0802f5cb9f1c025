/** A shell script whose parts are told apart in its output by marker lines that no part can know. */
export function sectionScript(marker: string, commands: Readonly<Record<string, string>>): string {
  const parts = Object.entries(commands).map(
    ([name, command]) => `echo '${marker} ${name}'; { ${command}; } 2>/dev/null`,
  );
  return `${parts.join('; ')}; echo; echo '${marker} end'`;
}

/** The output of each part; a part that was cut off is missing. */
export function readSections(marker: string, output: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  const parts = output.replaceAll('\r\n', '\n').split(`${marker} `);
  for (const part of parts.slice(1, -1)) {
    const newline = part.indexOf('\n');
    if (newline > 0) sections.set(part.slice(0, newline), part.slice(newline + 1).trim());
  }
  return sections;
}
