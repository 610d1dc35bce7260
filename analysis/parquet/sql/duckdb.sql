-- The tables of an export, for DuckDB. Run it in the folder of the export, then questions.sql:
--   duckdb -init sql/duckdb.sql < sql/questions.sql

-- Labels are text: without hive_types_autocast = false, 6.10 would be the number 6.1.
CREATE VIEW trials AS
SELECT * FROM read_parquet('trials/*/*.parquet', hive_partitioning = true, hive_types_autocast = false);

CREATE VIEW observations AS
SELECT * FROM read_parquet('observations/*/*.parquet', hive_partitioning = true, hive_types_autocast = false);

-- One row for each bucket of a trial's latency.
CREATE VIEW latencies AS
SELECT host, run_id, kernel_label, filesystem, emulated, scenario, preparation, arm, queue_depth,
       bucket.upper_ns AS upper_ns, bucket.count AS requests
FROM (SELECT *, unnest(latency) AS bucket FROM trials);

-- One row for each cause of the punts of one program, file and operation.
CREATE VIEW observed_causes AS
SELECT host, kernel_label, program, file, operation,
       seen.cause AS cause, seen.punts AS cause_punts
FROM (SELECT *, unnest(causes) AS seen FROM observations);

-- The hosts of question 7: name yours.
CREATE VIEW canaries AS
SELECT DISTINCT host FROM trials WHERE kernel_label = '7.2';
