import { EASY_WRITE, type WriteQuestion } from "../../../bench/rules/question.js";

const extending = { extending: true } as const;

/** What kernels answered to pwritev2(RWF_NOWAIT), each time for a new file in this state. */
export const WRITES: readonly [name: string, Partial<WriteQuestion>][] = [
  ["written", {}],
  ["unwritten", { extent: "unwritten" }],
  ["hole", { extent: "hole" }],
  ["from unwritten to written", { extent: "unwritten", crossesExtents: true }],
  ["from written to unwritten", { extent: "unwritten", crossesExtents: true }],
  ["from written to a hole", { extent: "hole", crossesExtents: true }],
  ["from written to written elsewhere", { crossesExtents: true }],
  ["512 bytes of written", { aligned: false }],
  ["512 bytes of unwritten", { extent: "unwritten", aligned: false }],
  ["512 bytes of a hole", { extent: "hole", aligned: false }],
  ["cached, clean", { cached: true }],
  ["append", { extent: "hole", ...extending }],
  ["append to keep-size", { extent: "unwritten", ...extending }],
  ["keep-size after a gap", { extent: "unwritten", ...extending, afterGap: true }],
  ["a hole after a gap", { extent: "hole", ...extending, afterGap: true }],
];

/**
 * What they said, in the order of WRITES: P for -EAGAIN, - for a write issued inline, ? for a state that the
 * file did not get into. The last letter: an overwrite 30 ms after the file's timestamps, all others within
 * the tick. Debian's kernels in virtual machines; 6.18.44 is a cloud vendor's build.
 */
export const OBSERVED: readonly [filesystem: string, release: string, answers: string][] = [
  ["ext4", "5.10.262", "-PPPPPPPPPPPPPP-"],
  ["ext4", "6.1.192", "-PPPPPPPPPPPPPP-"],
  ["ext4", "6.12.117", "--PPPPP-PPPPPPP-"],
  ["ext4", "6.18.44", "--PPPPP-PPPPPPP-"],
  ["ext4", "7.2.13", "--PPPPP-PPPPPPP-"],
  ["ext4", "7.3.4", "--P--P--PPPPPPPP"],
  ["xfs", "5.10.262", "--PPPPPPPPPP--P-"],
  ["xfs", "6.1.192", "--PPPPP-PPPP-PPP"],
  ["xfs", "6.12.117", "--PPPPP-PPPP-PPP"],
  ["xfs", "6.18.44", "--PPPP?-PPPP-PPP"],
  ["xfs", "7.2.13", "--PPPPP-PPPP-PPP"],
  ["xfs", "7.3.4", "--PPPPP-PPPP-PPP"],
  // Of chattr +C files.
  ["btrfs", "5.10.262", "--PPPPP--PPP--P-"],
  ["btrfs", "6.1.192", "--PPPPPPPPPP--P-"],
  ["btrfs", "6.12.117", "--PPPPPPPPPP--P-"],
  ["btrfs", "6.18.44", "--PPPPPPPPPP--P-"],
  ["btrfs", "7.2.13", "--PPPPPPPPPP--P-"],
  ["btrfs", "7.3.4", "--PPPPPPPPPP--P-"],
];

export const NO_COW = { ...EASY_WRITE.inode, noCow: true };
