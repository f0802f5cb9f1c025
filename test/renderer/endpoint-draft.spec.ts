import { cloudInputSchema } from '@shared/api/jobs';
import { describe, expect, it } from 'vitest';
import { emptyDraft, endpointInput, lackingOf, outputPaths } from '@renderer/stores/endpoint-draft';

const draft = (changes: Partial<ReturnType<typeof emptyDraft>>) => ({ ...emptyDraft(), ...changes });
const url = 'https://host:8501';

describe('a server elsewhere', () => {
  it.each([
    [draft({}), /address/],
    [draft({ url: 'ftp://host' }), /address/],
    [draft({ url, pin: 'abc' }), /64 hexadecimal/],
    [draft({ url, protocol: 'http' }), /request body/],
    [draft({ url, protocol: 'http', body: '{}' }), /outputs/],
    [draft({ url, protocol: 'http', body: '{}', outputs: 'no path here' }), /outputs/],
  ])('says what is lacking (%#)', (given, lacking) => {
    expect(lackingOf(given)).toMatch(lacking);
  });

  it('becomes a request that the engine takes, without the value of the secret', () => {
    const given = draft({
      url,
      protocol: 'http',
      body: '{"x": {{input:x}}}',
      outputs: 'y = result.0\n\nz=',
      secret: 'prod',
      secretValue: 'canary',
      pin: 'AB:'.repeat(31) + 'AB',
      servedName: 'left over from another protocol',
    });
    expect(lackingOf(given)).toBe('');
    const input = cloudInputSchema.parse({ model: '/m', ...endpointInput(given) });
    expect(input).toEqual({
      model: '/m',
      url,
      protocol: 'http',
      template: {
        path: '/predict',
        contentType: 'application/json',
        body: '{"x": {{input:x}}}',
        outputs: { y: 'result.0', z: '' },
      },
      secret: 'prod',
      pinnedCertificate: 'ab'.repeat(32),
    });
    expect(JSON.stringify(input)).not.toContain('canary');
  });

  it('keeps the paths of outputs as they are written, and takes no other lines', () => {
    expect(outputPaths('a = b.c = d')).toEqual({ a: 'b.c = d' });
    expect(outputPaths('= b')).toBeUndefined();
  });
});
