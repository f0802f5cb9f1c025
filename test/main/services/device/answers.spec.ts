import { describe, expect, it } from 'vitest';
import { readConditions } from '@main/services/device/conditions';
import { readFingerprint } from '@main/services/device/fingerprint';
import { readSections, sectionScript } from '@main/services/device/sections';

const PROPS = `[ro.product.manufacturer]: [Google]
[ro.product.model]: [<img src=x onerror=alert(1)>]
[ro.product.cpu.abilist]: [arm64-v8a,armeabi-v7a]
[ro.build.version.release]: [14]
[ro.build.version.sdk]: [34]
[ro.soc.model]: [Tensor G2]`;

describe('what devices answer', () => {
  it('is taken apart at marker lines, and what was cut off is missing', () => {
    expect(sectionScript('m', { a: 'one' })).toContain(`echo 'm a'; { one; }`);
    const whole = readSections('m', 'm a\r\n1\r\n2\r\nm b\n\nm end\n');
    expect([...whole]).toEqual([
      ['a', '1\n2'],
      ['b', ''],
    ]);
    expect([...readSections('m', 'm a\n1\nm b\n2')].map(([name]) => name)).toEqual(['a']);
  });

  it('makes a fingerprint, whatever text is in it', () => {
    const sections = new Map([
      ['props', PROPS],
      ['meminfo', 'MemTotal:        7733248 kB'],
      ['cpus', '0 1803000\n1 1803000\n10 2850000\n2 1803000\nx y'],
    ]);
    expect(readFingerprint('S1', sections)).toEqual({
      kind: 'android',
      serial: 'S1',
      manufacturer: 'Google',
      model: '<img src=x onerror=alert(1)>',
      abis: ['arm64-v8a', 'armeabi-v7a'],
      soc: 'Tensor G2',
      osVersion: '14',
      sdk: 34,
      ramBytes: 7733248 * 1024,
      wearable: false,
      clusters: [
        { cores: [0, 1, 2], maxKHz: 1_803_000 },
        { cores: [10], maxKHz: 2_850_000 },
      ],
    });
    expect(readFingerprint('S2', new Map())).toMatchObject({ serial: 'S2', abis: [] });
  });

  it('names GPU and accelerators in whatever way they are told', () => {
    const of = (gpu: string, accelerators = ''): object => {
      const told = readFingerprint('S', new Map(Object.entries({ gpu, accelerators })));
      return { gpu: told.gpu, accelerators: told.accelerators };
    };
    expect(of('kgsl Adreno740v2')).toEqual({ gpu: 'Adreno740v2' });
    expect(
      of(
        'GLES: ARM, Mali-G710, OpenGL ES 3.2 v1.r38p1',
        '12\tandroid.hardware.neuralnetworks.IDevice/google-edgetpu: [android.hardware.neuralnetworks.IDevice]\n' +
          'android.hardware.neuralnetworks@1.3::IDevice/armnn\nandroid.hardware.neuralnetworks@1.2::IDevice/armnn',
      ),
    ).toEqual({ gpu: 'ARM Mali-G710', accelerators: ['armnn', 'google-edgetpu'] });
    expect(of('GLES: nonsense', 'neuralnetworks')).toEqual({});
  });

  it('says that an emulator is one, and a watch a watch', () => {
    const of = (props: string) => readFingerprint('S', new Map([['props', props]]));
    expect(of('[ro.kernel.qemu]: [1]').simulated).toBe(true);
    expect(of('[ro.hardware]: [ranchu]').simulated).toBe(true);
    expect(of('[ro.hardware]: [panther]').simulated).toBeUndefined();
    expect(of('[ro.build.characteristics]: [nosdcard,watch]').wearable).toBe(true);
  });

  it('reads the meters of power rails, in both ways that drivers write them', () => {
    const rails =
      't=473848\nCH0(T=473848)[VSYS_PWR_MODEM], 8253985\nCH1(T=473848)[S4M_VDD_CPUCL0], 17\nt=12\nCH0[DDR], 3\n' +
      'CH2[__proto__], 4\nCH3[no number], x\nCH4[negative], -1';
    const { railsMicroJ } = readConditions(new Map([['rails', rails]]));
    expect(Object.entries(railsMicroJ ?? {})).toEqual([
      ['VSYS_PWR_MODEM', 8253985],
      ['S4M_VDD_CPUCL0', 17],
      ['DDR', 3],
      ['__proto__', 4],
    ]);
    expect(readConditions(new Map([['rails', '']])).railsMicroJ).toBeUndefined();
  });

  it('tells temperatures in whatever unit a driver writes them, and leaves out what cannot be one', () => {
    const zones = 'BIG 43000\nbattery 305\nskin 33\nbroken -274000\nodd name with spaces 1\nnone ';
    expect(readConditions(new Map([['zones', zones]]))).toEqual({
      zonesC: { BIG: 43, battery: 30.5, skin: 33 },
      hottestC: 43,
    });
  });

  it('reads battery, heat, cores and screen', () => {
    const sections = new Map([
      [
        'battery',
        'AC powered: false\n  USB powered: true\n  level: 87\n  voltage: 4287\n  Charge counter: 3954000\n  temperature: 291',
      ],
      ['thermal', 'IsStatusOverride: false\nThermal Status: 2'],
      ['policies', 'schedutil 1803000 576000\nschedutil 2850000 2850000'],
      ['current', '-412000'],
      ['load', '1.25 1.0 0.9 2/300 1234'],
      ['memory', 'MemTotal: 10 kB\nMemAvailable:     933866 kB'],
      ['power', 'mWakefulness=Awake\nDisplay Power: state=OFF'],
    ]);
    expect(readConditions(sections)).toEqual({
      batteryPercent: 87,
      charging: true,
      batteryC: 29.1,
      thermalStatus: 2,
      governors: ['schedutil'],
      maxKHz: [1_803_000, 2_850_000],
      cpuKHz: [576_000, 2_850_000],
      chargeMicroAh: 3_954_000,
      batteryMilliV: 4287,
      batteryMicroA: -412_000,
      load: 1.25,
      freeRamBytes: 933866 * 1024,
      screenOn: true,
    });
    expect(readConditions(new Map())).toEqual({});
  });
});
