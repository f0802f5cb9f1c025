import type { LedgerEntry } from '@shared/model/device-changes';

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
