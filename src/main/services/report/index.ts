export { comparisonTable, historyTable, variantTable, verdictTable } from './comparison-table';
export { renderReport, type ReportInput } from './report';
export { terminalTable, type Column } from './terminal-table';
