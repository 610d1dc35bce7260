-- The tables of an export, for ClickHouse. Run it in the folder of the export, then questions.sql:
--   cat sql/clickhouse.sql sql/questions.sql | clickhouse local

-- Names of columns come before names given in the same SELECT, as in the SQL standard.
SET prefer_column_name_to_alias = 1;
-- The label stands in kernel_label; as a part of the path, 6.10 would be the number 6.1.
SET use_hive_partitioning = 0;

CREATE VIEW trials AS SELECT * FROM file('trials/*/*.parquet', Parquet);

CREATE VIEW observations AS SELECT * FROM file('observations/*/*.parquet', Parquet);

-- One row for each bucket of a trial's latency.
CREATE VIEW latencies AS
SELECT host, run_id, kernel_label, filesystem, emulated, scenario, preparation, arm, queue_depth,
       bucket.upper_ns AS upper_ns, bucket.count AS requests
FROM trials ARRAY JOIN latency AS bucket;

-- One row for each cause of the punts of one program, file and operation.
CREATE VIEW observed_causes AS
SELECT host, kernel_label, program, file, operation,
       seen.cause AS cause, seen.punts AS cause_punts
FROM observations ARRAY JOIN causes AS seen;

-- The hosts of question 7: name yours.
CREATE VIEW canaries AS
SELECT DISTINCT host FROM trials WHERE kernel_label = '7.2';
