export { renderReport, type ReportInput } from './report';
