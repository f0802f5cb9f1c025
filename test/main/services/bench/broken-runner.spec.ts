import { describe, expect, it } from 'vitest';
import type { ProgramExit, ProgramStart, RunnerTarget } from '@main/ports/runner-target';
import { runProgram } from '@main/services/bench/runners/edgebench/run-program';
import { crc32 } from '@shared/runner/crc32';
import type { RunnerEvent } from '@shared/runner/events';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A line as the runner writes it. */
function line(nonce: string, number: number, fields: string): string {
  const body = `{"p":1,"n":"${nonce}","i":${number},${fields}`;
  return `${body},"c":"${crc32(bytesOf(body)).toString(16).padStart(8, '0')}"}\n`;
}

const END = '"ev":"end","status":"ok","count":2,"message":"enough samples"';

/** A place whose runner does as it is told: a fault injected, nothing measured. */
const target = (
  act: (nonce: string, write: (text: string | Uint8Array) => void) => Partial<ProgramExit>,
): RunnerTarget =>
  ({
    serial: 'S1',
    execute: (request: ProgramStart): Promise<ProgramExit> => {
      const nonce = request.command[request.command.indexOf('--nonce') + 1] ?? '';
      const write = (text: string | Uint8Array): void =>
        request.onOutput(typeof text === 'string' ? bytesOf(text) : text);
      return Promise.resolve().then(() => ({ exitStatus: 0, errors: '', ...act(nonce, write) }));
    },
  }) as Partial<RunnerTarget> as RunnerTarget;

async function run(of: RunnerTarget): Promise<RunnerEvent[]> {
  const events: RunnerEvent[] = [];
  await runProgram(
    of,
    { command: ['runner'], library: 'lib' },
    {
      mode: 'bench',
      options: {},
      onEvent: (event) => events.push(event),
      timeoutMs: 1000,
    },
  );
  return events;
}

const samples = (ns: string): string => `"ev":"samples","from":0,"ns":[${ns}]`;

describe('a runner on a device that breaks down', () => {
  it('is believed when every line is whole and the last one says the end', async () => {
    const events = await run(
      target((nonce, write) => {
        write(line(nonce, 0, samples('5,6')));
        write(line(nonce, 1, END));
        return {};
      }),
    );
    expect(events.map(({ ev }) => ev)).toEqual(['samples', 'end']);
  });

  const BROKEN: [string, Parameters<typeof target>[0], RegExp][] = [
    ['crashes', () => ({ exitStatus: 139 }), /ended by signal 11/],
    ['is killed', () => ({ exitStatus: 137 }), /want of memory/],
    ['ends without a word', () => ({}), /without its last line/],
    ['complains', () => ({ exitStatus: 1, errors: 'CANNOT LINK EXECUTABLE: x\n' }), /CANNOT LINK EXECUTABLE/],
    [
      'prints garbage',
      (_, write) => {
        for (let i = 0; i < 200; i++) write(new Uint8Array(4096).fill(i));
        return {};
      },
      /without its last line/,
    ],
    [
      'plays our end with another nonce',
      (_, write) => {
        write(line('0'.repeat(32), 0, END));
        return {};
      },
      /without its last line/,
    ],
    [
      'loses a line',
      (nonce, write) => {
        write(line(nonce, 0, samples('5')));
        write(line(nonce, 2, END));
        return {};
      },
      /line 1 of the runner is missing/,
    ],
    [
      'has a byte changed on the way',
      (nonce, write) => {
        write(line(nonce, 0, samples('5')).replace('[5]', '[4]'));
        write(line(nonce, 1, END));
        return {};
      },
      /arrived damaged/,
    ],
    ...['-5', '1e308', 'null', '"5"', '1.5'].map((ns): [string, Parameters<typeof target>[0], RegExp] => [
      `gives ${ns} for a time`,
      (nonce, write) => {
        write(line(nonce, 0, samples(ns)));
        write(line(nonce, 1, END));
        return {};
      },
      /not understood/,
    ]),
    [
      'prints without end',
      (_, write) => {
        const piece = new Uint8Array(1 << 20);
        for (;;) write(piece);
      },
      /prints without end/,
    ],
  ];
  it.each(BROKEN)('that %s is an error that says so', async (_, act, why) => {
    const running = run(target(act));
    await expect(running).rejects.toThrow(why);
    await expect(running).rejects.toMatchObject({ code: 'runner.failed' });
  });
});
