-- The ten usual questions of a fleet, in SQL that DuckDB, ClickHouse and Spark share. The tables trials, observations,
-- latencies, observed_causes and canaries are made by the file of your engine beside this one.
--
-- The host is what is repeated: a figure of a group is the median over its hosts, each with the median of its trials.
-- Times of emulated CPUs compare with nothing, so they are left out; counts are exact there too. null is "not measured".

-- 1. Which hosts punt, and how much? Writes of the inline arm: the forced arms punt on purpose.
SELECT host,
       count(DISTINCT kernel_label) AS kernels,
       sum(writes) AS all_writes,
       sum(punt_ratio * writes) / sum(writes) AS punts_per_write,
       max(punts_per_second) AS most_punts_per_second
FROM trials
WHERE status = 'ok' AND arm = 'inline' AND punt_ratio IS NOT NULL
GROUP BY host
HAVING sum(punt_ratio * writes) > 0
ORDER BY punts_per_write DESC, host;

-- 2. How do kernels differ? Punts, speed and CPU of each preparation.
WITH per_host AS (
  SELECT kernel_label, preparation, queue_depth, host,
         median(punt_ratio) AS host_punt_ratio,
         median(CASE WHEN NOT emulated THEN iops END) AS host_iops,
         median(CASE WHEN NOT emulated THEN cpu_ns END) AS host_cpu_ns
  FROM trials
  WHERE status = 'ok' AND arm = 'inline' AND interval_ns = 0 AND request = 'write'
  GROUP BY kernel_label, preparation, queue_depth, host
)
SELECT kernel_label, preparation, queue_depth,
       count(*) AS hosts,
       median(host_punt_ratio) AS punts_per_write,
       sum(CASE WHEN host_punt_ratio > 0.01 THEN 1 ELSE 0 END) AS hosts_that_punt,
       median(host_iops) AS median_iops,
       median(host_cpu_ns) AS median_cpu_ns
FROM per_host
GROUP BY kernel_label, preparation, queue_depth
ORDER BY kernel_label, preparation, queue_depth;

-- 3. How do filesystems differ?
WITH per_host AS (
  SELECT filesystem, kernel_label, preparation, host,
         median(punt_ratio) AS host_punt_ratio,
         median(CASE WHEN NOT emulated THEN latency_ns_p99 END) AS host_latency_ns_p99
  FROM trials
  WHERE status = 'ok' AND arm = 'inline' AND interval_ns = 0 AND request = 'write'
  GROUP BY filesystem, kernel_label, preparation, host
)
SELECT filesystem, kernel_label, preparation,
       count(*) AS hosts,
       median(host_punt_ratio) AS punts_per_write,
       median(host_latency_ns_p99) AS median_latency_ns_p99
FROM per_host
GROUP BY filesystem, kernel_label, preparation
ORDER BY filesystem, kernel_label, preparation;

-- 4. What does a write that punts cost in CPU, against one that does not? At equal depth, on the same kernel.
WITH per_host AS (
  SELECT kernel_label, queue_depth, host,
         median(CASE WHEN punt_ratio >= 0.99 THEN cpu_ns END) AS host_punting,
         median(CASE WHEN punt_ratio < 0.01 THEN cpu_ns END) AS host_inline
  FROM trials
  WHERE status = 'ok' AND arm = 'inline' AND NOT emulated AND interval_ns = 0 AND request = 'write'
  GROUP BY kernel_label, queue_depth, host
)
SELECT kernel_label, queue_depth,
       count(*) AS hosts,
       median(host_punting) AS punting_cpu_ns,
       median(host_inline) AS inline_cpu_ns,
       median(host_punting / host_inline) AS times_as_much
FROM per_host
WHERE host_punting IS NOT NULL AND host_inline IS NOT NULL
GROUP BY kernel_label, queue_depth
ORDER BY kernel_label, queue_depth;

-- 5. How long do 99 % of all writes of all hosts take at most? From the merged buckets: the upper end of one of them.
WITH merged AS (
  SELECT kernel_label, preparation, queue_depth, upper_ns, sum(requests) AS writes_in_bucket
  FROM latencies
  WHERE arm = 'inline' AND NOT emulated
  GROUP BY kernel_label, preparation, queue_depth, upper_ns
), running AS (
  SELECT kernel_label, preparation, queue_depth, upper_ns,
         sum(writes_in_bucket) OVER (PARTITION BY kernel_label, preparation, queue_depth ORDER BY upper_ns) AS seen,
         sum(writes_in_bucket) OVER (PARTITION BY kernel_label, preparation, queue_depth) AS total
  FROM merged
)
SELECT kernel_label, preparation, queue_depth,
       max(total) AS all_writes,
       min(CASE WHEN seen >= 0.99 * total THEN upper_ns END) AS latency_ns_p99
FROM running
GROUP BY kernel_label, preparation, queue_depth
ORDER BY kernel_label, preparation, queue_depth;

-- 6. Which ten hosts are the slowest for what they run? p99 over that of the median host of the same kernel and scenario.
WITH per_host AS (
  SELECT kernel_label, filesystem, scenario, host, median(latency_ns_p99) AS host_p99
  FROM trials
  WHERE status = 'ok' AND arm = 'inline' AND NOT emulated AND latency_ns_p99 > 0
  GROUP BY kernel_label, filesystem, scenario, host
), usual AS (
  SELECT kernel_label, filesystem, scenario, median(host_p99) AS usual_p99
  FROM per_host
  GROUP BY kernel_label, filesystem, scenario
)
SELECT per_host.host AS host,
       count(*) AS scenarios,
       exp(avg(ln(host_p99 / usual_p99))) AS times_the_usual,
       max(host_p99 / usual_p99) AS worst_times_the_usual
FROM per_host
JOIN usual ON per_host.kernel_label = usual.kernel_label
  AND per_host.filesystem = usual.filesystem AND per_host.scenario = usual.scenario
GROUP BY per_host.host
ORDER BY times_the_usual DESC, host
LIMIT 10;

-- 7. How do the canaries do against the rest? The hosts of the table canaries. `puntbench fleet --canaries` adds intervals and verdicts.
WITH per_host AS (
  SELECT scenario, host,
         CASE WHEN host IN (SELECT host FROM canaries) THEN 1 ELSE 0 END AS is_canary,
         median(punt_ratio) AS host_punt_ratio,
         median(CASE WHEN NOT emulated THEN cpu_ns END) AS host_cpu_ns,
         median(CASE WHEN NOT emulated THEN latency_ns_p99 END) AS host_p99
  FROM trials
  WHERE status = 'ok' AND arm = 'inline'
  GROUP BY scenario, host
)
SELECT scenario,
       sum(is_canary) AS canary_hosts,
       sum(1 - is_canary) AS other_hosts,
       median(CASE WHEN is_canary = 1 THEN host_punt_ratio END) AS canary_punts_per_write,
       median(CASE WHEN is_canary = 0 THEN host_punt_ratio END) AS other_punts_per_write,
       median(CASE WHEN is_canary = 1 THEN host_cpu_ns END) AS canary_cpu_ns,
       median(CASE WHEN is_canary = 0 THEN host_cpu_ns END) AS other_cpu_ns,
       median(CASE WHEN is_canary = 1 THEN host_p99 END) AS canary_latency_ns_p99,
       median(CASE WHEN is_canary = 0 THEN host_p99 END) AS other_latency_ns_p99
FROM per_host
GROUP BY scenario
ORDER BY scenario;

-- 8. Which hosts have a doubtful environment? Counts should be one or none; a kernel may keep some memory for itself.
SELECT host,
       count(DISTINCT cpu_model) AS cpu_models,
       max(memory_bytes) / min(memory_bytes) AS most_memory_over_least,
       count(DISTINCT governor) AS governors,
       count(DISTINCT CASE WHEN emulated THEN run_id END) AS emulated_runs,
       count(DISTINCT CASE WHEN container IS NOT NULL THEN run_id END) AS runs_in_a_container,
       count(DISTINCT CASE WHEN NOT punts_counted THEN run_id END) AS runs_without_punts,
       count(DISTINCT CASE WHEN nop_punt_ratio > 0 OR forced_punt_ratio < 1 THEN run_id END) AS runs_with_a_wrong_instrument,
       sum(CASE WHEN status = 'ok' THEN 0 ELSE 1 END) AS trials_not_ok,
       max(run_warnings) AS a_warning
FROM trials
GROUP BY host
HAVING count(DISTINCT cpu_model) > 1 OR max(memory_bytes) > 1.1 * min(memory_bytes) OR count(DISTINCT governor) > 1
  OR sum(CASE WHEN emulated OR container IS NOT NULL OR NOT punts_counted THEN 1 ELSE 0 END) > 0
  OR sum(CASE WHEN nop_punt_ratio > 0 OR forced_punt_ratio < 1 THEN 1 ELSE 0 END) > 0
  OR sum(CASE WHEN status = 'ok' THEN 0 ELSE 1 END) > 0
  OR max(run_warnings) IS NOT NULL
ORDER BY host;

-- 9. Which files and operations of watched programs punt the most, and why? The cause that was seen most often.
WITH causes_by_file AS (
  SELECT program, file, operation, cause, sum(cause_punts) AS looked_at
  FROM observed_causes
  GROUP BY program, file, operation, cause
), ranked AS (
  SELECT program, file, operation, cause,
         row_number() OVER (PARTITION BY program, file, operation ORDER BY looked_at DESC, cause) AS place
  FROM causes_by_file
), punting AS (
  SELECT program, file, operation,
         count(DISTINCT host) AS hosts,
         sum(requests) AS all_requests,
         sum(punts) AS all_punts,
         sum(punts / (wall_ns / 1e9)) AS punts_per_second
  FROM observations
  GROUP BY program, file, operation
  HAVING sum(punts) > 0
)
SELECT punting.program AS program, punting.file AS file, punting.operation AS operation,
       hosts, all_requests, all_punts, punts_per_second, cause
FROM punting
LEFT JOIN ranked ON punting.program = ranked.program AND punting.file = ranked.file
  AND punting.operation = ranked.operation AND ranked.place = 1
ORDER BY all_punts DESC, program, file, operation
LIMIT 20;

-- 10. How many cores does the fleet lose to io-wq workers? CPU time of the workers of watched programs, over time.
WITH programs AS (
  SELECT kernel_label, host, run_id, process,
         max(program_worker_cpu_ns) AS worker_ns,
         max(wall_ns) AS watched_ns
  FROM observations
  GROUP BY kernel_label, host, run_id, process
), runs AS (
  SELECT kernel_label, host, run_id, sum(worker_ns / watched_ns) AS cores
  FROM programs
  GROUP BY kernel_label, host, run_id
), hosts AS (
  SELECT kernel_label, host, avg(cores) AS host_cores
  FROM runs
  GROUP BY kernel_label, host
)
SELECT kernel_label,
       count(*) AS watched_hosts,
       sum(host_cores) AS cores_in_workers,
       median(host_cores) AS cores_of_the_median_host,
       max(host_cores) AS cores_of_the_worst_host
FROM hosts
GROUP BY kernel_label
ORDER BY kernel_label;
