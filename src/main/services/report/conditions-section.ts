import { deviceTitle } from '@shared/model/device-title';
import type { BaselineFacts } from '@shared/model/cloud';
import { delegateText } from '@shared/model/delegate';
import type { DeviceConditions } from '@shared/model/device';
import type { RunFacts } from '@shared/model/run';
import { bytesText, durationText } from '@shared/text/figures';
import { VALIDATION_TITLES } from '@shared/model/validation';
import { energyText, hostCheckText } from '@shared/text/run-figures';
import { html, type Html } from './html';
import { baselineFacts } from './sections';

type Fact = readonly [name: string, value: string | undefined];

const list = (facts: readonly Fact[]): Html =>
  html`<dl>
    ${facts.flatMap(([name, value]) =>
      value === undefined || value === ''
        ? []
        : html`<dt>${name}</dt>
            <dd><bdi>${value}</bdi></dd>`,
    )}
  </dl>`;

function conditionsText(conditions: DeviceConditions | undefined): string | undefined {
  if (conditions === undefined) return undefined;
  const { batteryPercent, charging, hottestC, thermalStatus, governors, fixedPerformance, load } = conditions;
  const parts = [
    batteryPercent !== undefined && `battery ${batteryPercent} %`,
    charging !== undefined && (charging ? 'charging' : 'not charging'),
    hottestC !== undefined && `${hottestC.toFixed(1)} °C`,
    thermalStatus !== undefined && `thermal status ${thermalStatus}`,
    governors !== undefined && `governors ${governors.join(' ')}`,
    fixedPerformance !== undefined && `fixed-performance mode ${fixedPerformance ? 'on' : 'off'}`,
    load !== undefined && `load ${load.toFixed(2)}`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

function runFacts(run: RunFacts): readonly Fact[] {
  const { device, provenance, memory } = run;
  const first = run.launches[0];
  return [
    ['Run', `${run.name} (${run.id})`],
    ['Status', run.reason === undefined ? run.status : `${run.status}: ${run.reason}`],
    ['Device', [deviceTitle(device), device.soc].filter(Boolean).join(', ')],
    ['System', [device.osVersion, device.build].filter(Boolean).join(', ')],
    ['Profile', `${run.profile.name}, ${run.launches.length} launches, ${run.threads} threads`],
    ['Delegate', delegateText(provenance)],
    ['Runtime', [provenance.runtime, provenance.runner, provenance.runnerVersion].filter(Boolean).join(', ')],
    [
      'First launch',
      first && `init ${durationText(first.initNs)}, first inference ${durationText(first.firstInferenceNs)}`,
    ],
    [
      'Memory',
      memory &&
        `after load ${bytesText(memory.afterLoadBytes)}, steady ${bytesText(memory.steadyBytes)}, peak ${bytesText(memory.peakBytes)}`,
    ],
    ['Energy of an inference', run.energy && energyText(run.energy)],
    ['Outputs', run.hostCheck && hostCheckText(run.hostCheck)],
    ['Before', conditionsText(first?.before)],
    ['After', conditionsText(run.launches.at(-1)?.after)],
    ['Model', run.model.hash],
    ['Variant', run.variant.hash],
    ['Measured', `${run.startedAt}, Edgebench ${provenance.appVersion}`],
  ];
}

/** Under which conditions each figure came about. */
export const conditionsSection = (runs: readonly RunFacts[], baselines: readonly BaselineFacts[]): Html =>
  html`<section>
    <h2>Conditions and provenance</h2>
    ${runs.map(
      (run) =>
        html`<h3>
            <bdi>${deviceTitle(run.device)}</bdi> ·
            <bdi>${run.variant.recipe}</bdi
            >${run.variant.validation === 'failed' && html` <span class="mark bad">${VALIDATION_TITLES.failed}</span>`}
          </h3>
          ${list(runFacts(run))}`,
    )}
    ${baselines.map(
      (baseline) =>
        html`<h3><bdi>${baseline.endpoint.title}</bdi> · ${baseline.network.name}</h3>
          ${list(baselineFacts(baseline))}`,
    )}
  </section>`;
