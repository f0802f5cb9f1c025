/**
 * The one line between the page and the engine that the preload script gives the page: it carries text frames and knows no
 * procedure. `open` returns the function that sends; opening again replaces the line.
 */
export interface EngineBridge {
  open(onData: (data: string) => void, onClosed: (reason: string) => void): (data: string) => void;
}
