import type { VariantInfo } from '@shared/model/model';
import type { RunFacts } from '@shared/model/run';
import { STAGE_TITLES, type ValidationReport, type ValidationStage } from '@shared/model/validation';
import { percentText, wholeText } from '@shared/text/figures';
import { makingLines } from '@shared/text/making';
import { html, type Html } from './html';

const HEAD = ['Max error', 'Mean error', 'SNR', 'PSNR', 'Cosine', 'Top-1 agrees', 'Top-5', 'Samples'];

const LAYERS_SHOWN = 10;

const figure = (value: number | null, digits = 4): string =>
  value === null ? '–' : value.toPrecision(digits);

function stageRows({ stage, signature, reference, candidate, samples, outputs }: ValidationStage): Html[] {
  return outputs.map((error) => {
    const cells = [
      figure(error.maxAbs),
      figure(error.meanAbs),
      error.snrDb === null ? '–' : `${error.snrDb.toFixed(1)} dB`,
      error.psnrDb === null ? '–' : `${error.psnrDb.toFixed(1)} dB`,
      figure(error.cosine, 6),
      percentText(error.top1Agreement),
      percentText(error.top5Agreement),
      wholeText(samples),
    ];
    return html`<tr>
      <th>
        ${STAGE_TITLES[stage]}${signature !== undefined && html` (<bdi>${signature}</bdi>)`}
        <br /><span class="soft">${reference} / ${candidate}</span>
      </th>
      <td><bdi>${error.output}</bdi></td>
      ${cells.map((text) => html`<td class="n">${text}</td>`)}
    </tr>`;
  });
}

/** The operators that lose the most, where they were looked at. */
function layerTable({ layers = [] }: ValidationReport): Html | false {
  return (
    layers.length > 0 &&
    html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Layer</th>
            <th>Operator</th>
            <th class="n">RMSE / step</th>
            <th class="n">SNR</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${layers.slice(0, LAYERS_SHOWN).map(
            ({ operator, type, rmseOverScale, snrDb, suspicious }) =>
              html`<tr>
                <td><bdi>${operator}</bdi></td>
                <td>${type}</td>
                <td class="n">${figure(rmseOverScale, 3)}</td>
                <td class="n">${snrDb === null ? '–' : `${snrDb.toFixed(1)} dB`}</td>
                <td>${suspicious && 'loses more than rounding'}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  );
}

function variantBlock(variant: VariantInfo, runs: readonly RunFacts[]): Html | undefined {
  const { validation, making } = variant;
  if (!validation) return undefined;
  // The variant knows what each device answered last; a run that is shown may have been another time, or be from elsewhere.
  const known = new Set(validation.stages.map(({ candidate }) => candidate));
  const onDevices = runs.flatMap(({ variant: { hash }, hostCheck }) =>
    hash === variant.id && hostCheck?.stage && !known.has(hostCheck.stage.candidate) ? [hostCheck.stage] : [],
  );
  const { original, rightOn, interfaceDifferences, warnings, data } = validation;
  return html`<h3><bdi>${variant.recipe}</bdi></h3>
    <p>
      ${making && html`<bdi>${makingLines(making).join('; ')}</bdi>. `}On <bdi>${data.description}</bdi>.
      ${original && html`The original: ${original.framework}.`} ${rightOn !== undefined && rightOn}
    </p>
    ${warnings.map((warning) => html`<p class="soft">${warning}</p>`)}
    ${interfaceDifferences.map(
      ({ tensor, what, explanation }) =>
        html`<p class="soft">
          <bdi>${tensor}</bdi>: ${what}${explanation !== undefined && html` (${explanation})`}
        </p>`,
    )}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Step</th>
            <th>Output</th>
            ${HEAD.map((title) => html`<th class="n">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${[...validation.stages, ...onDevices].map(stageRows)}
        </tbody>
      </table>
    </div>
    ${layerTable(validation)}`;
}

/** How far each variant is from its original, step by step: conversion, quantization, device. */
export function validationSection(variants: readonly VariantInfo[], runs: readonly RunFacts[]): Html | false {
  const blocks = variants.flatMap((variant) => variantBlock(variant, runs) ?? []);
  return (
    blocks.length > 0 &&
    html`<section>
      <h2>Where the error arises</h2>
      ${blocks}
    </section>`
  );
}
