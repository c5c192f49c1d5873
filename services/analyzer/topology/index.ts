export { readTopology, type TopologyReading } from './read-topology.ts';
export { openTopology, type Topology, type TopologyOptions } from './topology.ts';
