import type { FaultGroup } from "../group.js";
import { benchKills, explainKills } from "./kills.js";
import { ring } from "./ring.js";
import { signals } from "./signals.js";
import { systemCalls } from "./system-calls.js";

/** The whole suite, in the order in which it runs. */
export const GROUPS: readonly FaultGroup[] = [systemCalls, benchKills, explainKills, signals, ring];
