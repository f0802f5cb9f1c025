/** The report's only style sheet. Its hash is in the page's content security policy. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--text:#1c2330;--soft:#5b6675;--line:#dfe3ea;--good:#147a4b;--bad:#b3261e;--warn:#8a5a00;--accent:#2f5fd0;
--c0:#2f5fd0;--c1:#d9622b;--c2:#14805e;--c3:#a23bb5;--c4:#8c6a00;--c5:#0b7d95;--c6:#c22f5a;--c7:#5f6b7a}
@media(prefers-color-scheme:dark){:root{--bg:#12161d;--card:#1a2029;--text:#e7ebf1;--soft:#9aa6b6;--line:#2d3643;--good:#5bd19a;--bad:#ff8a80;--warn:#f0c05a;--accent:#86a9ff;
--c0:#86a9ff;--c1:#ff9d6b;--c2:#56cfa4;--c3:#dc8bea;--c4:#e0bd4f;--c5:#57c7de;--c6:#ff86a9;--c7:#a5b1c1}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 20px 64px}
header h1{font-size:28px;line-height:1.2;margin:0 0 6px;overflow-wrap:anywhere}
header p{margin:0;color:var(--soft)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin-top:20px}
h2{font-size:18px;margin:0 0 12px}
h3{font-size:15px;margin:20px 0 6px}
ul{margin:0;padding-left:20px}
li+li{margin-top:4px}
.lead{font-size:16px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:7px 12px 7px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft);font-size:13px;white-space:nowrap}
tbody tr:last-child td,tbody tr:last-child th{border-bottom:0}
td.n,th.n{text-align:right}
tbody th{color:var(--text);font-size:15px;overflow-wrap:anywhere}
.soft{color:var(--soft);font-size:13px;font-weight:400}.value{white-space:nowrap}
.mark{display:inline-block;border-radius:999px;padding:0 9px;font-size:13px;font-weight:600;border:1px solid currentColor;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.chart{display:block;width:100%;height:auto;margin-top:6px}
.chart text{fill:var(--soft);font-size:12px;font-family:inherit}
.chart .name{fill:var(--text)}
.chart .grid{stroke:var(--line);stroke-width:1}
.chart .curve{fill:none;stroke-width:2.2;stroke-linejoin:round}
.chart .simulated{stroke-dasharray:7 5}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:8px 0 0;font-size:13px}
.legend li{margin:0}
.dot{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px;background:currentColor}
${Array.from({ length: 8 }, (_, i) => `.k${i}{color:var(--c${i})}.chart .k${i}{stroke:var(--c${i});color:var(--c${i})}`).join('')}
.box{fill:currentColor;fill-opacity:.18}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
footer{margin-top:24px;color:var(--soft);font-size:13px}
@media(max-width:640px){dl{grid-template-columns:1fr}dt{margin-top:6px}}
@media print{body{background:#fff}section{break-inside:avoid}}
`;
