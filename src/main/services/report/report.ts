import type { BaselineFacts } from '@shared/model/cloud';
import type { EdgeCloudComparison } from '@shared/model/comparison';
import type { ModelInfo, VariantInfo } from '@shared/model/model';
import type { RunFacts } from '@shared/model/run';
import type { WhatIf } from '@shared/statistics/what-if';
import { SOURCE_FORMAT_TITLES } from '@shared/model/source-format';
import { conditionsSection } from './conditions-section';
import { bytesText } from '@shared/text/figures';
import { Html, html } from './html';
import { cloudSection, latencySection, variantsSection } from './sections';
import { validationSection } from './validation-section';
import { STYLE } from './style';
import { whatIfSection } from './what-if-section';

export interface ReportInput {
  readonly model: ModelInfo;
  /** With their validation, where there is one. */
  readonly variants: readonly VariantInfo[];
  readonly runs: readonly RunFacts[];
  readonly baselines: readonly BaselineFacts[];
  readonly comparison: EdgeCloudComparison;
  /** Circumstances to compute the cloud side for, besides those of the usual networks. */
  readonly whatIf?: WhatIf;
  /** ISO 8601; given, so that the same input makes the same report. */
  readonly generatedAt: string;
  readonly appVersion: string;
}

async function styleHash(): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(STYLE));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}

/** A page that stands alone: no script, no request, nothing but its own style sheet; all names escaped. */
export async function renderReport(input: ReportInput): Promise<string> {
  const { model, comparison } = input;
  const policy = `default-src 'none'; style-src 'sha256-${await styleHash()}'; base-uri 'none'; form-action 'none'`;
  // One piece: white space from the template around the style sheet would change its hash.
  const styleElement = Html.trusted(`<style>${STYLE}</style>`);
  // The policy's quotes must stay as they are for a reader of the page; they are safe in a double-quoted attribute.
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${Html.trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${model.name} · Edgebench report</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <header>
            <h1><bdi>${model.name}</bdi></h1>
            <p>
              ${SOURCE_FORMAT_TITLES[model.format]} · ${bytesText(model.bytes)} · SHA-256
              ${model.id.slice(0, 16)}…
            </p>
          </header>
          <section>
            <h2>In short</h2>
            <ul class="lead">
              ${comparison.summary.map((sentence) => html`<li>${sentence}</li>`)}
            </ul>
          </section>
          ${input.variants.length > 0 && variantsSection(input.variants)} ${latencySection(comparison)}
          ${validationSection(input.variants, input.runs)} ${cloudSection(comparison)}
          ${whatIfSection(comparison, input.whatIf)} ${conditionsSection(input.runs, input.baselines)}
          <footer>
            Edgebench ${input.appVersion} · ${input.generatedAt}. Percentiles are exact and shown only where
            the sample supports them.
          </footer>
        </main>
      </body>
    </html> `;
  return page.toString();
}
