import type { ModelInfo, VariantInfo } from '@shared/model/model';

export const sampleModel = (changes: Partial<ModelInfo> = {}): ModelInfo => ({
  id: 'a'.repeat(64),
  name: 'digits',
  path: 'models/digits',
  format: 'saved-model',
  bytes: 120_000,
  signatures: [],
  defaultSignature: 'serving_default',
  addedAt: '2026-01-02T03:04:05.000Z',
  ...changes,
});

export const sampleVariant = (changes: Partial<VariantInfo> = {}): VariantInfo => ({
  id: 'b'.repeat(64),
  modelId: 'a'.repeat(64),
  modelName: 'digits',
  recipe: 'int8',
  precision: 'int8',
  path: 'digits.int8.tflite',
  bytes: 30_000,
  originalBytes: 120_000,
  operators: [{ type: 'CONV_2D', version: 3, count: 2 }],
  minRuntimeVersion: '2.9',
  signatures: [],
  convertMs: 12,
  createdAt: '2026-01-02T03:04:05.000Z',
  validation: {
    status: 'passed',
    reasons: [],
    interfaceDifferences: [],
    stages: [
      {
        stage: 'original-to-variant',
        reference: 'TensorFlow 2.16.2 (tfjs-node)',
        candidate: 'TFLite 2.21',
        samples: 200,
        outputs: [
          {
            output: 'scores',
            maxAbs: 0.0123,
            meanAbs: 0.001,
            range: 1,
            snrDb: 38.2,
            psnrDb: 40,
            cosine: 0.99987,
            top1Agreement: 0.995,
            top5Agreement: null,
          },
        ],
      },
    ],
    accuracy: { before: 0.99, after: 0.985, samples: 200 },
    runtimes: [],
    marks: { minCosine: 0.99, minSnrDb: 30, minAccuracyRatio: 0.99 },
    data: { description: 'test.npz', samples: 200, random: false },
    warnings: [],
  },
  ...changes,
});
