-- The tables of an export, for Spark 3.4 and newer. Run it in the folder of the export, then questions.sql:
--   cat sql/spark.sql sql/questions.sql > all.sql && spark-sql -f all.sql

-- Labels are text: with inferred types, 6.10 would be the number 6.1.
SET spark.sql.sources.partitionColumnTypeInference.enabled = false;

CREATE TEMPORARY VIEW trials USING parquet OPTIONS (path 'trials');

CREATE TEMPORARY VIEW observations USING parquet OPTIONS (path 'observations');

-- One row for each bucket of a trial's latency.
CREATE TEMPORARY VIEW latencies AS
SELECT host, run_id, kernel_label, filesystem, emulated, scenario, preparation, arm, queue_depth,
       bucket.upper_ns AS upper_ns, bucket.count AS requests
FROM trials LATERAL VIEW explode(latency) exploded AS bucket;

-- One row for each cause of the punts of one program, file and operation.
CREATE TEMPORARY VIEW observed_causes AS
SELECT host, kernel_label, program, file, operation,
       seen.cause AS cause, seen.punts AS cause_punts
FROM observations LATERAL VIEW explode(causes) exploded AS seen;

-- The hosts of question 7: name yours.
CREATE TEMPORARY VIEW canaries AS
SELECT DISTINCT host FROM trials WHERE kernel_label = '7.2';
