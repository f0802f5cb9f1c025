/** Which process does what: told apart from others even when the system gives a number again. */
export interface Processes {
  /** This process. */
  readonly self: string;
  isAlive(process: string): boolean;
}
