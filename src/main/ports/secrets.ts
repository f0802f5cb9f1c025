/** Tokens and keys of endpoints, by the name that endpoints know them by. Values leave it only towards the server. */
export interface Secrets {
  /**
   * The secret for a server (scheme, host and port). AppError `usage.wrong` when there is none of this name, or when it
   * was kept for another server.
   */
  get(name: string, origin: string): Promise<string>;
  /** Keeps a secret for one server. AppError `secret.unavailable` where the system has no key store. */
  set(name: string, origin: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** What is kept: never the values. */
  list(): Promise<readonly { readonly name: string; readonly origin: string }[]>;
}

/** Seals texts with a key that the operating system keeps for this user. AppError `secret.unavailable` without one. */
export interface Vault {
  seal(text: string): Promise<string>;
  unseal(sealed: string): Promise<string>;
}
