/** A point in the unit square: x to the right, y down. */
export type Point = readonly [x: number, y: number];
/** A pen stroke: points joined by straight lines. */
export type Stroke = readonly Point[];

const line = (...points: Point[]): Stroke => points;

/** Part of an ellipse from angle `from` to `to` (degrees; 0 is right, 90 is down). */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Stroke {
  const steps = 14;
  return Array.from({ length: steps + 1 }, (_, step) => {
    const angle = ((from + ((to - from) * step) / steps) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)] as const;
  });
}

/** The ways each digit is written here: our own drawings, one to three a digit. */
export const digitStrokes: readonly (readonly (readonly Stroke[])[])[] = [
  [[arc(0.5, 0.5, 0.26, 0.38, 0, 360)], [arc(0.5, 0.5, 0.33, 0.37, -60, 300)]],
  [
    [line([0.36, 0.26], [0.54, 0.12], [0.54, 0.88])],
    [line([0.52, 0.12], [0.5, 0.88])],
    [line([0.34, 0.28], [0.52, 0.12], [0.52, 0.88]), line([0.34, 0.88], [0.7, 0.88])],
  ],
  [
    [arc(0.5, 0.33, 0.25, 0.21, -170, 40), line([0.7, 0.46], [0.25, 0.87], [0.77, 0.87])],
    [arc(0.48, 0.32, 0.26, 0.2, -150, 60), line([0.6, 0.5], [0.24, 0.86]), line([0.24, 0.86], [0.76, 0.84])],
  ],
  [
    [arc(0.47, 0.31, 0.24, 0.19, -150, 90), arc(0.47, 0.69, 0.27, 0.2, -90, 150)],
    [line([0.26, 0.13], [0.7, 0.13], [0.46, 0.44]), arc(0.46, 0.66, 0.26, 0.22, -90, 150)],
  ],
  [
    [line([0.58, 0.12], [0.22, 0.62], [0.8, 0.62]), line([0.62, 0.36], [0.62, 0.9])],
    [line([0.28, 0.12], [0.26, 0.54], [0.74, 0.54]), line([0.68, 0.12], [0.64, 0.9])],
  ],
  [
    [line([0.72, 0.13], [0.32, 0.13], [0.29, 0.46]), arc(0.46, 0.64, 0.27, 0.23, -120, 140)],
    [line([0.7, 0.14], [0.34, 0.14], [0.32, 0.44], [0.5, 0.42]), arc(0.48, 0.65, 0.24, 0.23, -90, 150)],
  ],
  [
    [line([0.64, 0.12], [0.4, 0.34], [0.28, 0.62]), arc(0.5, 0.67, 0.22, 0.21, 0, 360)],
    [arc(0.62, 0.5, 0.34, 0.38, -100, -190), arc(0.5, 0.68, 0.21, 0.19, 0, 360)],
  ],
  [
    [line([0.24, 0.14], [0.76, 0.14], [0.42, 0.88])],
    [line([0.26, 0.15], [0.74, 0.13], [0.46, 0.88]), line([0.36, 0.5], [0.7, 0.5])],
  ],
  [
    [arc(0.5, 0.31, 0.21, 0.19, 0, 360), arc(0.5, 0.69, 0.25, 0.2, 0, 360)],
    [arc(0.52, 0.3, 0.19, 0.17, 0, 360), arc(0.48, 0.67, 0.24, 0.21, 0, 360)],
  ],
  [
    [arc(0.5, 0.34, 0.22, 0.21, 0, 360), line([0.72, 0.36], [0.68, 0.64], [0.54, 0.88])],
    [arc(0.48, 0.33, 0.22, 0.2, 0, 360), line([0.7, 0.3], [0.68, 0.88])],
  ],
];
