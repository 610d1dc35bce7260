/** What one contender achieved in one round on one freshly prefilled file. */
export interface Achieved {
  iops: number;
  /** CPU time of the thread that submits, as the contender's own process counts it. */
  cpuNsPerWrite: number;
}

export interface Load {
  file: string;
  queueDepth: number;
  blockSizeBytes: number;
  writes: number;
}
