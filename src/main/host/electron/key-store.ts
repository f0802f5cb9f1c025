import { safeStorage } from 'electron';
import type { VaultAct } from '../engine-process/messages';

/** Linux without a key ring "encrypts" with a password that is in Electron's source: that keeps nothing. */
const NO_KEY_STORE = 'basic_text';

interface StorageBackend {
  getSelectedStorageBackend?(): string;
}

function refusal(): string | undefined {
  // The test Electron (9.4) predates safeStorage.
  if (safeStorage === undefined || !safeStorage.isEncryptionAvailable())
    return 'This system has no key store that the app can use. Give secrets in environment variables (EDGEBENCH_SECRET_NAME).';
  const isOpen =
    process.platform === 'linux' &&
    (safeStorage as StorageBackend).getSelectedStorageBackend?.() === NO_KEY_STORE;
  return isOpen
    ? 'No key ring (GNOME Keyring, KWallet) is running, so secrets cannot be kept safely. Give them in environment variables (EDGEBENCH_SECRET_NAME).'
    : undefined;
}

/** Seals and unseals texts with the operating system's key store; answers why not where there is none. */
export const electronVault: VaultAct = (act, data) => {
  const why = refusal();
  if (why !== undefined) return { refusal: why };
  try {
    return act === 'seal'
      ? { data: safeStorage.encryptString(data).toString('base64') }
      : { data: safeStorage.decryptString(Buffer.from(data, 'base64')) };
  } catch {
    return { refusal: 'The kept secret cannot be opened by this user on this machine. Enter it again.' };
  }
};
