// Set-up's voice: one line per news, "[3/9] libtensorflow 2.16.2: 120 of 149 MB", on standard error.

export class Progress {
  #quiet;
  #total;
  spoke = false;

  constructor({ quiet, total }) {
    this.#quiet = quiet;
    this.#total = total;
  }

  line(text) {
    if (this.#quiet) return;
    this.spoke = true;
    console.error(text);
  }

  /** Lines of one step; `amount` tells at most every two seconds how far it is. */
  step(number, title) {
    const head = `[${number}/${this.#total}] ${title}`;
    let last = 0;
    return {
      say: (text) => this.line(`${head}: ${text}`),
      warn: (text) => console.error(`${head}: ${text}`),
      amount: (text) => {
        if (Date.now() - last < 2000) return;
        last = Date.now();
        this.line(`${head}: ${text}`);
      },
    };
  }
}

/** Says every ten seconds that `what` still goes on, for as long as `work` lasts. */
export async function withHeartbeat(report, what, work) {
  const start = Date.now();
  const timer = setInterval(
    () => report.say(`${what}, ${Math.round((Date.now() - start) / 1000)} s`),
    10_000,
  );
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
