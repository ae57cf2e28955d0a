import { FAULT_KINDS, type Fault, parseFault } from './parse-fault.ts';

/** Telnyx's faults are those of every emulated vendor. */
export type TelnyxFault = Fault;
export const parseTelnyxFault = parseFault;
export { FAULT_KINDS };
