export { measureCloud, type CloudPlan, type CloudPorts } from './measure';
export { NETWORK_PROFILES, networkProfile } from './networks';
