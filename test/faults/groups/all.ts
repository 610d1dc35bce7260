import type { FaultGroup } from "../group.js";
import { cache } from "./cache.js";
import { devices } from "./devices.js";
import { hostileGuests } from "./hostile-guests.js";
import { hostileRecordings } from "./hostile-recordings.js";
import { hostileResults } from "./hostile-results.js";
import { benchKills, explainKills, guestKills, labKills } from "./kills.js";
import { limits } from "./limits.js";
import { missing } from "./missing.js";
import { missingPrograms } from "./missing-programs.js";
import { recordingKills } from "./recording-kills.js";
import { recordings } from "./recordings.js";
import { ring } from "./ring.js";
import { signals } from "./signals.js";
import { streams } from "./streams.js";
import { swaps } from "./swaps.js";
import { systemCalls } from "./system-calls.js";
import { twoCommands } from "./two-commands.js";

/** The whole suite, in the order in which it runs. */
export const GROUPS: readonly FaultGroup[] = [
  systemCalls,
  benchKills,
  explainKills,
  labKills,
  guestKills,
  signals,
  streams,
  twoCommands,
  limits,
  missing,
  missingPrograms,
  ring,
  swaps,
  recordingKills,
  recordings,
  hostileResults,
  hostileRecordings,
  hostileGuests,
  cache,
  devices,
];
