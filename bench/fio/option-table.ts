/** What `bench --fio` does with an option of a job. */
export type OptionRule =
  /** It decides the scenario: how. */
  | { use: "read"; how: string }
  /** Only these values are measured; any other is an error, for what `needs` names. Without a value it counts as "1". */
  | { use: "only"; values: readonly string[]; needs: string }
  /** It does not change which writes punt: why it may be left out. */
  | { use: "ignored"; why: string };

const only = (needs: string, ...values: string[]): OptionRule => ({ use: "only", values, needs });
const read = (how: string): OptionRule => ({ use: "read", how });
const ignored = (why: string) => (): OptionRule => ({ use: "ignored", why });

const OUTPUT = ignored("output of fio");
const PLACE = ignored("`--dir` says where; puntbench never opens a job's own files");
const CONTENT = ignored("the content of the blocks; puntbench writes its own");
const ORDER = ignored("puntbench runs one job at a time");
const BATCH = ignored(
  "puntbench submits all that is ready in one call, and reaps all that has completed",
);

/** Other names that fio has for the same option. */
export const ALIASES: Readonly<Record<string, string>> = {
  readwrite: "rw",
  blocksize: "bs",
  blocksize_range: "bsrange",
  blockalign: "ba",
  iodepth_batch_submit: "iodepth_batch",
  iodepth_batch_complete: "iodepth_batch_complete_min",
};

/** Every option that `bench --fio` knows. One that is not here is an error. Published as options.md. */
export const OPTIONS: Readonly<Record<string, OptionRule>> = {
  ioengine: read("only io_uring; jobs of other engines are left out, by name"),
  rw: read(
    "`write`, `read`, `rw`: sequential; `randwrite`, `randread`, `randrw`: random; trims are errors",
  ),
  bs: read("block size; of a list the value for the operation"),
  size: read("file size; each block is written once"),
  iodepth: read("queue depth"),
  direct: read("1 is O_DIRECT; 0, the default, goes through the page cache"),
  buffered: read("the opposite of `direct`"),
  fallocate: read(
    "`none`, `keep`, `posix` and `native` (the default) are preparations; `truncate` is an error",
  ),
  overwrite: read("1 is dd-prefill"),
  rate_iops: read(
    "pace, open-loop; of a list the value for the operation; not with reads and writes, which fio paces apart",
  ),
  runtime: read("with `time_based` the duration of a trial; without it a limit, which is ignored"),
  time_based: read(
    "only with `overwrite=1`: a second pass over other files would overwrite what the first has written",
  ),
  ramp_time: read("ramp that is not counted"),
  fixedbufs: read("registers the buffers; only together with `registerfiles`"),
  registerfiles: read("registers the file"),
  force_async: read("1 is the arm `forced`; 0 is the default"),
  norandommap: read("only with `overwrite=1`: it writes some blocks twice and others never"),

  sync: only("O_SYNC", "0", "none", "dsync"),
  fsync: read("group-fsync:N, in the same way as `fdatasync`"),
  fdatasync: read(
    "group-fdatasync:N, only with `rw=write` and `randwrite`; here the writes of a group complete before their sync begins, in fio only with `iodepth=1`",
  ),
  sync_file_range: only("sync_file_range(2) between writes"),
  end_fsync: { use: "ignored", why: "it comes after the measured writes" },
  fsync_on_close: { use: "ignored", why: "it comes after the measured writes" },
  bsrange: read(
    "sizes between two, evenly drawn from the multiples of the least; the largest must be one of them",
  ),
  bssplit: only("writes of several sizes in one stream"),
  bs_unaligned: only("writes of several sizes in one stream", "0"),
  ba: only("offsets that are no multiple of the block size"),
  nrfiles: read("files that the requests take turns in"),
  openfiles: only("files that are not all open at a time", "1"),
  numjobs: read("rings, a thread each with its own files; not together with `filename`"),
  rwmixread: read("percentage of reads"),
  rwmixwrite: only("a share of writes; rwmixread is read"),
  thinktime: read("a pause when all requests under way have completed; not with a pace or a sync"),
  thinktime_blocks: read(
    "requests before each pause; with `thinktime_blocks_type=complete`, the default, 1 or at least `iodepth`",
  ),
  thinktime_blocks_type: read("`complete` or `issue`: which requests count"),
  thinktime_spin: only("pauses that use the CPU", "0"),
  thinktime_iotime: only("pauses after a time", "0"),
  rate: only("a limit in bytes; rate_iops is read", "0"),
  rate_process: only("a pace that is not even", "linear"),
  sqthread_poll: read("1 is a ring with SQPOLL"),
  sqthread_poll_cpu: only("a thread of the kernel on a fixed CPU"),
  hipri: read("1 is a ring with IOPOLL, which needs a device with a polled queue"),
  nonvectored: read("0 uses readv and writev"),
  uncached: read("with `direct=0`: RWF_DONTCACHE"),
  nowait: only("RWF_NOWAIT", "0"),
  random_generator: read(
    "`tausworthe`, the default, is the order `random-next`: a block that is taken gives the next one that is left; `lfsr` is `random`. bench/run/streams.md has what that changes",
  ),
  random_distribution: only("a distribution that writes some blocks twice", "random"),
  io_size: only("a stream that ends before its file"),
  number_ios: only("a stream that ends before its file"),
  filesize: only("a file larger than what is written"),
  file_append: only("writes behind an existing file", "0"),
  fill_device: only("writing until the disk is full", "0"),
  offset: only("a stream that begins inside of its file", "0"),
  offset_increment: only("a stream that begins inside of its file", "0"),
  loops: only("several passes over one file", "1"),
  verify: only("reading back", "0"),
  invalidate: only("pages in the page cache", "1"),
  create_on_open: only("files that are made while they are written", "0"),
  pre_read: only("pages in the page cache", "0"),
  zonemode: only("zoned devices", "none"),
  iodepth_low: only("a queue that empties before it is filled again"),
  io_submit_mode: only("a thread for submission", "inline"),
  serialize_overlap: only("waiting for overlapping writes", "0"),
  thread: { use: "ignored", why: "io_uring treats threads and processes alike" },
  cpus_allowed: only("fixed CPUs (start puntbench with taskset instead)"),
  cpumask: only("fixed CPUs (start puntbench with taskset instead)"),
  numa_cpu_nodes: only("fixed CPUs (start puntbench with numactl instead)"),
  nice: only("another priority (start puntbench with nice instead)", "0"),
  prio: only("another I/O priority (start puntbench with ionice instead)"),
  prioclass: only("another I/O priority (start puntbench with ionice instead)"),
  ioscheduler: only("a change of the host's I/O scheduler"),
  mem: only("huge pages or shared memory as buffers", "malloc"),
  latency_target: only("a depth that changes"),
  rate_min: only("a run that ends when it is slow"),
  exec_prerun: only("commands of a job file (run them yourself)"),
  exec_postrun: only("commands of a job file (run them yourself)"),
  read_iolog: only("replayed traces"),
  kb_base: only("sizes with other units", "1024"),

  iodepth_batch: BATCH(),
  iodepth_batch_complete_min: BATCH(),
  iodepth_batch_complete_max: BATCH(),
  name: OUTPUT(),
  description: OUTPUT(),
  group_reporting: OUTPUT(),
  per_job_logs: OUTPUT(),
  write_bw_log: OUTPUT(),
  write_lat_log: OUTPUT(),
  write_iops_log: OUTPUT(),
  write_hist_log: OUTPUT(),
  log_avg_msec: OUTPUT(),
  log_hist_msec: OUTPUT(),
  log_unix_epoch: OUTPUT(),
  clat_percentiles: OUTPUT(),
  lat_percentiles: OUTPUT(),
  slat_percentiles: OUTPUT(),
  percentile_list: OUTPUT(),
  significant_figures: OUTPUT(),
  disk_util: OUTPUT(),
  stats: OUTPUT(),
  unified_rw_reporting: OUTPUT(),
  unit_base: OUTPUT(),
  gtod_reduce: OUTPUT(),
  disable_lat: OUTPUT(),
  disable_clat: OUTPUT(),
  disable_slat: OUTPUT(),
  clocksource: OUTPUT(),
  bwavgtime: OUTPUT(),
  iopsavgtime: OUTPUT(),
  filename: PLACE(),
  filename_format: PLACE(),
  directory: PLACE(),
  unlink: PLACE(),
  create_serialize: PLACE(),
  create_fsync: PLACE(),
  file_service_type: only("another order of the files", "roundrobin"),
  randrepeat: { use: "ignored", why: "`--seed` decides the order" },
  allrandrepeat: { use: "ignored", why: "`--seed` decides the order" },
  randseed: { use: "ignored", why: "`--seed` decides the order" },
  zero_buffers: CONTENT(),
  refill_buffers: CONTENT(),
  scramble_buffers: CONTENT(),
  buffer_pattern: CONTENT(),
  buffer_compress_percentage: CONTENT(),
  dedupe_percentage: CONTENT(),
  stonewall: ORDER(),
  wait_for: ORDER(),
  wait_for_previous: ORDER(),
  startdelay: ORDER(),
  new_group: ORDER(),
  exitall: ORDER(),
};
