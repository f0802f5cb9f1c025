import { app, session, shell } from 'electron';
import { ORIGIN } from './app-protocol';

/** Pages outside the app that may be opened in the user's browser. */
const OPENABLE = /^https:\/\/(ai\.google\.dev|developer\.android\.com|www\.tensorflow\.org)\//;

interface LegacyContents {
  on(event: 'new-window', listener: (event: { preventDefault(): void }, url: string) => void): void;
}

/** No navigation away, no new windows, no webviews, no permissions: whatever a page tries. */
export function lockDown(): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault(): void }, url: string): void => {
      if (!url.startsWith(`${ORIGIN}/`)) event.preventDefault();
    };
    contents.on('will-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    const openOutside = (url: string): void => {
      if (OPENABLE.test(url)) void shell.openExternal(url);
    };
    if (typeof contents.setWindowOpenHandler === 'function') {
      contents.setWindowOpenHandler(({ url }) => {
        openOutside(url);
        return { action: 'deny' };
      });
    } else {
      // The test Electron (9.4) predates setWindowOpenHandler.
      (contents as unknown as LegacyContents).on('new-window', (event, url) => {
        event.preventDefault();
        openOutside(url);
      });
    }
  });
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
}
