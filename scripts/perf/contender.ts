/** What one contender achieved in one round on a newly prefilled file. */
export interface Achieved {
  iops: number;
  /** CPU time of the thread that submits, as the contender reports it. */
  cpuNsPerWrite: number;
}

export interface Load {
  file: string;
  queueDepth: number;
  blockSizeBytes: number;
  writes: number;
}
