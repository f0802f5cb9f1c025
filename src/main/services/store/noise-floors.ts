import type { SqlDatabase } from '@main/ports/sql';

/** Differences that A/A comparisons showed (the same variant in both arms), by device and profile. */
export class NoiseFloors {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async add(deviceSerial: string, profile: string, differencePercent: number): Promise<void> {
    await this.#database.run(
      'INSERT INTO noise_floor (device_serial, profile, difference_percent) VALUES (?, ?, ?)',
      [deviceSerial, profile, Math.abs(differencePercent)],
    );
  }

  /** The largest difference among the last ten, in percent; undefined when none was measured. */
  async get(deviceSerial: string, profile: string): Promise<number | undefined> {
    const rows = await this.#database.all(
      `SELECT max(difference_percent) AS floor FROM (SELECT difference_percent FROM noise_floor
       WHERE device_serial = ? AND profile = ? ORDER BY sequence DESC LIMIT 10)`,
      [deviceSerial, profile],
    );
    const floor = rows[0]?.['floor'];
    return floor == null ? undefined : Number(floor);
  }
}
