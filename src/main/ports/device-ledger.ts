/** What was changed on a device to measure on it, and how it was before. */
export interface DeviceChanges {
  /** Fixed-performance mode was turned on. */
  readonly fixedPerformance?: true;
  /** Earlier value of the setting that keeps the screen on while plugged in; null when it had none. */
  readonly stayOn?: string | null;
  /** The screen was turned on. */
  readonly woken?: true;
}

export interface LedgerEntry {
  readonly id: string;
  readonly serial: string;
  readonly changes: DeviceChanges;
}

/** Changes made to devices, on disk before they are made, so that a killed program's are undone at its next start. */
export interface DeviceLedger {
  /** On the disk when it resolves. */
  write(entry: LedgerEntry): Promise<void>;
  remove(id: string): Promise<void>;
  /** Says that nobody is at work on an entry's device any more, though it could not be put back. */
  leave(id: string): Promise<void>;
  /** Entries that nobody looks after: their program has ended, or left them. Damaged ones are not among them. */
  leftovers(): Promise<readonly LedgerEntry[]>;
}
